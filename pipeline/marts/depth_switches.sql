-- grain: participant (working table: changes of needle length from one session day to the next, over all of follow-up)
WITH days AS (
    SELECT
        s.participant_id,
        s.performed_day,
        min(s.needle_length_mm) AS shortest_mm,
        max(s.needle_length_mm) AS longest_mm
    FROM sessions AS s
    INNER JOIN time_zero AS z ON z.participant_id = s.participant_id
    WHERE z.is_needling AND s.performed_day >= z.time_zero_day
    GROUP BY s.participant_id, s.performed_day
),

steps AS (
    SELECT
        participant_id,
        shortest_mm <> lag(shortest_mm) OVER (PARTITION BY participant_id ORDER BY performed_day)
        OR longest_mm <> lag(longest_mm) OVER (PARTITION BY participant_id ORDER BY performed_day) AS is_switch
    FROM days
)

SELECT participant_id, CAST(sum(CASE WHEN is_switch THEN 1 ELSE 0 END) AS INTEGER) AS n_depth_switches
FROM steps
GROUP BY participant_id

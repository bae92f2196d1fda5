-- grain: participant (working table: changes of needle length from one session day to the next, over all of follow-up)
WITH steps AS (
    SELECT
        d.participant_id,
        d.shortest_mm <> lag(d.shortest_mm) OVER (PARTITION BY d.participant_id ORDER BY d.performed_day)
        OR d.longest_mm <> lag(d.longest_mm) OVER (PARTITION BY d.participant_id ORDER BY d.performed_day) AS is_switch
    FROM session_days AS d
    INNER JOIN time_zero AS z ON z.participant_id = d.participant_id
    WHERE z.is_needling AND d.performed_day >= z.time_zero_day
)

SELECT participant_id, CAST(sum(CASE WHEN is_switch THEN 1 ELSE 0 END) AS INTEGER) AS n_depth_switches
FROM steps
GROUP BY participant_id

-- grain: participant (working table: changes of needle length from one session day to the next, over all of follow-up)
SELECT
    d.participant_id,
    CAST(
        sum(CASE WHEN d.is_switch AND d.performed_day - d.gap_days >= z.time_zero_day THEN 1 ELSE 0 END) AS INTEGER
    ) AS n_depth_switches
FROM session_days AS d
INNER JOIN time_zero AS z ON z.participant_id = d.participant_id
WHERE z.is_needling AND d.performed_day >= z.time_zero_day
GROUP BY d.participant_id

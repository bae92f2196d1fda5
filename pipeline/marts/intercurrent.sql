-- grain: participant x event (the first one from time zero on; days count from time zero)
SELECT
    e.participant_id,
    e.event,
    min(e.occurred_day - z.time_zero_day) AS first_day
FROM events AS e
INNER JOIN time_zero AS z ON z.participant_id = e.participant_id
WHERE e.occurred_day >= z.time_zero_day
GROUP BY e.participant_id, e.event
ORDER BY e.participant_id, e.event

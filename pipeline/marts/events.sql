-- grain: event record (days count from enrolment)
SELECT
    p.participant_id,
    e.occurred_day - CASE WHEN e.relative_days THEN 0 ELSE p.enrolled_day END AS occurred_day,
    e.event,
    e.lag_days,
    e.flags
FROM landing_events AS e
INNER JOIN participant_key AS p ON p.participant = e.participant
ORDER BY p.participant_id, e.occurred_day, e.record

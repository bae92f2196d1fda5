-- grain: treatment record (days count from enrolment; a start or stop known by month or year is an interval)
SELECT
    p.participant_id,
    t.treatment,
    t.asked_day - CASE WHEN t.relative_days THEN 0 ELSE p.enrolled_day END AS asked_day,
    t.strength,
    t.strength_unit,
    t.times_per_week,
    t.started_from_day - CASE WHEN t.relative_days THEN 0 ELSE p.enrolled_day END AS started_from_day,
    t.started_to_day - CASE WHEN t.relative_days THEN 0 ELSE p.enrolled_day END AS started_to_day,
    t.stopped_from_day - CASE WHEN t.relative_days THEN 0 ELSE p.enrolled_day END AS stopped_from_day,
    t.stopped_to_day - CASE WHEN t.relative_days THEN 0 ELSE p.enrolled_day END AS stopped_to_day,
    t.ongoing,
    t.as_prescribed_pct,
    t.lag_days,
    t.flags
FROM landing_treatments AS t
INNER JOIN participant_key AS p ON p.participant = t.participant
ORDER BY p.participant_id, t.treatment, t.record

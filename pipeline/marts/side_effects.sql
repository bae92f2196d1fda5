-- grain: side effect record (days count from enrolment; session_id is NULL where no session is named or it is not there)
SELECT
    p.participant_id,
    k.session_id,
    e.asked_day - CASE WHEN e.relative_days THEN 0 ELSE p.enrolled_day END AS asked_day,
    e.solicited,
    e.asked_after_hours,
    e.effect,
    e.severity,
    e.ctcae_grade,
    e.ctcae_version,
    e.onset_hours,
    e.resolved_after_hours,
    e.still_present_at_hours,
    e.action,
    e.serious,
    e.lag_days,
    e.flags
FROM landing_side_effects AS e
INNER JOIN participant_key AS p ON p.participant = e.participant
-- a session of somebody else is no session of this person
LEFT JOIN session_key AS k ON k.record = e.session AND k.participant_id = p.participant_id
ORDER BY p.participant_id, e.asked_day, e.record

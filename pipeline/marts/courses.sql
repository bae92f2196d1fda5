-- grain: course (days count from enrolment)
SELECT
    k.course_id,
    p.participant_id,
    c.started_day - CASE WHEN c.relative_days THEN 0 ELSE p.enrolled_day END AS started_day,
    c.ended_day - CASE WHEN c.relative_days THEN 0 ELSE p.enrolled_day END AS ended_day,
    c.planned_interval_days,
    c.planned_sessions,
    c.done_sessions,
    c.needle_length_mm,
    c.device,
    c.setting,
    c.end_reason,
    c.lag_days,
    c.flags
FROM landing_courses AS c
INNER JOIN course_key AS k ON k.record = c.record
INNER JOIN participant_key AS p ON p.participant = c.participant
ORDER BY k.course_id

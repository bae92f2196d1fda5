-- grain: session (days count from enrolment)
SELECT
    k.session_id,
    k.participant_id,
    k.performed_day,
    c.course_id,
    s.device,
    s.needle_length_mm,
    s.depth_basis,
    s.setting,
    s.operator,
    s.region,
    s.side,
    s.passes,
    s.endpoint,
    s.area_cm2,
    s.pain_nrs,
    s.topical_delay_h,
    s.new_cartridge,
    s.shared_device,
    s.lag_days,
    s.flags
FROM landing_sessions AS s
INNER JOIN session_key AS k ON k.record = s.record
LEFT JOIN course_key AS c ON c.record = s.course
ORDER BY k.session_id

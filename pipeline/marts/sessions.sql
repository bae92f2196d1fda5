-- grain: session (days count from enrolment)
-- session_id counts person by person, and a person's sessions by day and record. Each person's are put in order for
-- themselves, and start after those of the people before: to sort all of them at once takes twice as long.
WITH placed AS (
    SELECT
        n.participant_id,
        n.n_before,
        s.performed_day - CASE WHEN s.relative_days THEN 0 ELSE n.enrolled_day END AS performed_day,
        s.record,
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
    FROM coded_sessions AS s
    INNER JOIN session_count AS n ON n.participant = s.participant
    LEFT JOIN course_key AS c ON c.record = s.course
    WHERE n.participant_id IS NOT NULL
)

SELECT
    CAST(n_before + row_number() OVER (PARTITION BY participant_id ORDER BY performed_day, record) AS INTEGER)
        AS session_id,
    participant_id,
    performed_day,
    course_id,
    device,
    needle_length_mm,
    depth_basis,
    setting,
    operator,
    region,
    side,
    passes,
    endpoint,
    area_cm2,
    pain_nrs,
    topical_delay_h,
    new_cartridge,
    shared_device,
    lag_days,
    flags
FROM placed

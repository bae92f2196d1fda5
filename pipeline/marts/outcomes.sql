-- grain: outcome record (days count from enrolment; value is an integer on the instrument's own scale)
SELECT
    p.participant_id,
    o.assessed_day - CASE WHEN o.relative_days THEN 0 ELSE p.enrolled_day END AS assessed_day,
    o.instrument,
    o.value,
    o.unit,
    o.area_cm2,
    o.region,
    o.side,
    o.site,
    o.replicate,
    o.rater,
    o.method,
    o.blinded,
    o.device_software,
    o.days_since_wash,
    o.hair_length_mm,
    o.lag_days,
    o.flags
FROM landing_outcomes AS o
INNER JOIN participant_key AS p ON p.participant = o.participant
ORDER BY p.participant_id, o.instrument, o.assessed_day, o.record

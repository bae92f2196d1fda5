-- grain: session x effect (a view: one row with effect NULL where nobody asked, else the rows of safety_answers)
-- Not asked is not the same as nothing happened; of a session that nobody asked about there is nothing more to keep.
SELECT
    session_id,
    participant_id,
    TRUE AS was_asked,
    effect,
    asked_after_hours,
    severity,
    ctcae_grade,
    onset_hours,
    resolved_after_hours,
    still_present_at_hours,
    serious,
    device,
    setting,
    needle_length_mm
FROM safety_answers
UNION ALL
SELECT
    s.session_id,
    s.participant_id,
    FALSE,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    s.device,
    s.setting,
    s.needle_length_mm
FROM sessions AS s
WHERE NOT EXISTS (SELECT 1 FROM safety_answers AS a WHERE a.session_id = s.session_id)

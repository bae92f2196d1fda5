-- grain: session that somebody asked about x effect (with effect 'none' where there was none)
-- Answers that name no session of the person stay in side_effects: they cannot be counted per session. So does what
-- was told without being asked: it tells of those who complain, and makes no session an asked one.
WITH answers AS (
    SELECT
        session_id,
        effect,
        CAST(max(asked_after_hours) AS DECIMAL(9, 1)) AS asked_after_hours,
        max(severity) AS severity,
        max(ctcae_grade) AS ctcae_grade,
        min(onset_hours) AS onset_hours,
        max(resolved_after_hours) AS resolved_after_hours,
        max(still_present_at_hours) AS still_present_at_hours,
        bool_or(serious) AS serious
    FROM side_effects
    WHERE session_id IS NOT NULL AND coalesce(solicited, '') <> 'spontaneous'
    GROUP BY session_id, effect
),

-- asked twice, none at first and redness later: the answer of the session is redness
telling AS (
    SELECT *, max(CASE WHEN effect <> 'none' THEN 1 ELSE 0 END) OVER (PARTITION BY session_id) AS has_effect
    FROM answers
)

SELECT
    s.session_id,
    s.participant_id,
    a.effect,
    a.asked_after_hours,
    a.severity,
    a.ctcae_grade,
    a.onset_hours,
    a.resolved_after_hours,
    a.still_present_at_hours,
    a.serious,
    s.device,
    s.setting,
    s.needle_length_mm
FROM sessions AS s
INNER JOIN telling AS a ON a.session_id = s.session_id
WHERE a.effect <> 'none' OR a.has_effect = 0

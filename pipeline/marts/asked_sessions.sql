-- grain: participant x kind of needling x answer (working table: n sessions asked about; severity is the worst of a session)
WITH asked AS (
    SELECT
        session_id,
        participant_id,
        device,
        setting,
        needle_length_mm,
        max(CASE WHEN effect <> 'none' THEN 1 ELSE 0 END) AS has_effect,
        max(CASE WHEN serious AND effect <> 'none' THEN 1 ELSE 0 END) AS has_serious,
        max(CASE WHEN effect <> 'none' THEN severity END) AS severity,
        max(CASE WHEN effect <> 'none' THEN ctcae_grade END) AS ctcae_grade
    FROM safety_answers
    GROUP BY session_id, participant_id, device, setting, needle_length_mm
)

SELECT
    participant_id,
    device,
    setting,
    needle_length_mm,
    has_effect,
    has_serious,
    severity,
    ctcae_grade,
    count(*) AS n
FROM asked
GROUP BY ALL

-- grain: clinic x measure (people who consented to comparisons between clinics; no totals, so that nothing can be differenced)
WITH people AS (
    SELECT participant_id, clinic_id FROM participants WHERE consent_benchmark AND clinic_id IS NOT NULL
),

needled AS (SELECT DISTINCT participant_id FROM sessions),

followed AS (SELECT DISTINCT participant_id FROM outcome_change),

counted AS (
    SELECT clinic_id, 'participants' AS measure, count(*) AS n
    FROM people
    GROUP BY clinic_id
    UNION ALL
    SELECT p.clinic_id, 'participants_with_sessions', count(s.participant_id)
    FROM people AS p
    LEFT JOIN needled AS s ON s.participant_id = p.participant_id
    GROUP BY p.clinic_id
    UNION ALL
    SELECT p.clinic_id, 'participants_with_followup', count(f.participant_id)
    FROM people AS p
    LEFT JOIN followed AS f ON f.participant_id = p.participant_id
    GROUP BY p.clinic_id
)

SELECT
    clinic_id,
    measure,
    CAST(
        CASE WHEN n > $suppress_up_to THEN (n + $round_to // 2) // $round_to * $round_to END AS INTEGER
    ) AS n_shown,
    n <= $suppress_up_to AS is_suppressed,
    CAST($rule AS VARCHAR) AS rule
FROM counted
ORDER BY clinic_id, measure

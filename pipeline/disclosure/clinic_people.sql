-- grain: participant (of those who consented to comparisons between clinics): the cell of every table a clinic gets
-- Exposure as settled by day 84, which every schedule allows. Several ways of measuring one visit: their mean, a whole
-- number of thousandths, so that sums come out the same for any number of threads.
WITH visits AS (
    SELECT
        participant_id,
        max(CASE WHEN visit_week = 12 THEN follow_up END) AS follow_up_12,
        max(CASE WHEN visit_week = 24 THEN follow_up END) AS follow_up_24,
        max(CASE WHEN visit_week = 52 THEN follow_up END) AS follow_up_52
    FROM (
        SELECT
            participant_id,
            visit_week,
            CASE
                WHEN is_due IS NULL THEN 'unknown' WHEN NOT is_due THEN 'not_due' WHEN is_seen THEN 'seen' ELSE 'not_seen'
            END AS follow_up
        FROM retention
    )
    GROUP BY participant_id
),

results AS (
    SELECT participant_id, instrument, visit_week, sum(improvement_milli) // count(*) AS milli
    FROM outcome_change
    WHERE improvement_milli IS NOT NULL AND instrument IN ('hair_density', 'ga_participant')
    GROUP BY participant_id, instrument, visit_week
),

changes AS (
    SELECT
        participant_id,
        max(CASE WHEN instrument = 'hair_density' AND visit_week = 12 THEN milli END) AS density_milli_12,
        max(CASE WHEN instrument = 'hair_density' AND visit_week = 24 THEN milli END) AS density_milli_24,
        max(CASE WHEN instrument = 'hair_density' AND visit_week = 52 THEN milli END) AS density_milli_52,
        max(CASE WHEN instrument = 'ga_participant' AND visit_week = 12 THEN milli END) AS global_milli_12,
        max(CASE WHEN instrument = 'ga_participant' AND visit_week = 24 THEN milli END) AS global_milli_24,
        max(CASE WHEN instrument = 'ga_participant' AND visit_week = 52 THEN milli END) AS global_milli_52
    FROM results
    GROUP BY participant_id
),

effects AS (
    SELECT
        participant_id,
        CASE
            WHEN bool_or(coalesce(serious, FALSE) OR coalesce(severity, 0) >= 3 OR coalesce(ctcae_grade, 0) >= 3)
                THEN 'severe'
            WHEN bool_or(effect <> 'none') THEN 'mild'
            ELSE 'none'
        END AS worst
    FROM safety_answers
    GROUP BY participant_id
),

prices AS (
    SELECT
        participant_id,
        CASE
            WHEN count(DISTINCT currency) > 1 THEN 'other'
            WHEN min(currency) NOT IN ('EUR', 'USD', 'GBP', 'CHF') THEN 'other'
            WHEN count(*) > count(per_month) THEN 'unspread'
            ELSE lower(min(currency))
        END AS price,
        sum(CAST(round(per_month * 1000) AS BIGINT)) AS milli
    FROM cost
    GROUP BY participant_id
)

SELECT
    p.participant_id,
    p.clinic_id,
    p.pseudonym,
    'people' AS people,
    p.diagnosis,
    p.sex,
    p.age_band,
    CASE WHEN e.is_settled THEN CASE WHEN e.depth_band = 'none' THEN 'none' ELSE 'needling' END END AS needling,
    CASE WHEN e.is_settled THEN e.depth_band END AS depth_band,
    CASE WHEN e.is_settled THEN e.frequency_band END AS frequency_band,
    CASE WHEN e.is_settled THEN e.device END AS device,
    CASE WHEN e.is_settled THEN e.setting END AS setting,
    coalesce(s.worst, 'not_asked') AS side_effects,
    v.follow_up_12,
    v.follow_up_24,
    v.follow_up_52,
    CASE WHEN c.density_milli_12 IS NULL THEN 'not_measured' ELSE 'measured' END AS density_12,
    CASE WHEN c.density_milli_24 IS NULL THEN 'not_measured' ELSE 'measured' END AS density_24,
    CASE WHEN c.density_milli_52 IS NULL THEN 'not_measured' ELSE 'measured' END AS density_52,
    c.density_milli_12,
    c.density_milli_24,
    c.density_milli_52,
    CASE
        WHEN c.global_milli_12 > 0 THEN 'better' WHEN c.global_milli_12 = 0 THEN 'same'
        WHEN c.global_milli_12 < 0 THEN 'worse' ELSE 'not_asked'
    END AS global_12,
    CASE
        WHEN c.global_milli_24 > 0 THEN 'better' WHEN c.global_milli_24 = 0 THEN 'same'
        WHEN c.global_milli_24 < 0 THEN 'worse' ELSE 'not_asked'
    END AS global_24,
    CASE
        WHEN c.global_milli_52 > 0 THEN 'better' WHEN c.global_milli_52 = 0 THEN 'same'
        WHEN c.global_milli_52 < 0 THEN 'worse' ELSE 'not_asked'
    END AS global_52,
    CASE
        WHEN p.diagnosis IS DISTINCT FROM 'androgenetic_alopecia' THEN 'other'
        WHEN p.is_early IS NULL THEN 'unstaged' WHEN p.is_early THEN 'early' ELSE 'later'
    END AS case_mix,
    coalesce(m.price, 'not_told') AS price,
    CASE WHEN m.price IN ('eur', 'usd', 'gbp', 'chf') THEN m.milli END AS price_milli
FROM participants AS p
LEFT JOIN exposure AS e ON e.participant_id = p.participant_id AND e.landmark_days = 84
LEFT JOIN visits AS v ON v.participant_id = p.participant_id
LEFT JOIN changes AS c ON c.participant_id = p.participant_id
LEFT JOIN effects AS s ON s.participant_id = p.participant_id
LEFT JOIN prices AS m ON m.participant_id = p.participant_id
WHERE p.consent_benchmark AND p.clinic_id IS NOT NULL

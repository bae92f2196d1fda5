-- grain: column x value (what the main columns hold, as sums over people: a share is y / n, a mean y / n / scale)
-- Kept so that the next version can be held against this one without reading anybody's rows.
WITH described AS (
    SELECT 'sex' AS col, coalesce(sex, 'not_recorded') AS val, 1 AS y FROM participants
    UNION ALL
    SELECT 'age_band', coalesce(age_band, 'not_recorded'), 1 FROM participants
    UNION ALL
    SELECT 'diagnosis', coalesce(diagnosis, 'not_recorded'), 1 FROM participants
    UNION ALL
    SELECT 'source', coalesce(source, 'not_recorded'), 1 FROM participants
    UNION ALL
    SELECT 'depth_band', coalesce(depth_band, 'not_settled'), 1 FROM exposure
    WHERE landmark_days = (SELECT min(days) FROM landmarks)
    UNION ALL
    SELECT 'frequency_band', coalesce(frequency_band, 'not_settled'), 1 FROM exposure
    WHERE landmark_days = (SELECT min(days) FROM landmarks)
    UNION ALL
    SELECT 'device', coalesce(device, 'not_settled'), 1 FROM exposure
    WHERE landmark_days = (SELECT min(days) FROM landmarks)
    UNION ALL
    SELECT 'setting', coalesce(setting, 'not_settled'), 1 FROM exposure
    WHERE landmark_days = (SELECT min(days) FROM landmarks)
),

of_sessions AS (
    SELECT
        participant_id,
        count(*) AS n_all,
        CAST(sum(CAST(needle_length_mm * 100 AS BIGINT)) AS BIGINT) AS depth_sum,
        count(pain_nrs) AS n_pain,
        CAST(coalesce(sum(pain_nrs), 0) AS BIGINT) AS pain_sum
    FROM sessions
    GROUP BY participant_id
),

of_asking AS (
    SELECT participant_id, count(DISTINCT session_id) AS n_asked
    FROM safety_answers
    GROUP BY participant_id
),

of_density AS (
    SELECT participant_id, count(*) AS n_all, CAST(sum(value) AS BIGINT) AS density_sum
    FROM outcomes
    WHERE instrument = 'hair_density'
    GROUP BY participant_id
),

-- per person: how many things, and their sum
summed AS (
    SELECT 'needle_length_mm' AS col, '' AS val, 'mean' AS kind, 100 AS scale, n_all AS n, depth_sum AS y
    FROM of_sessions
    UNION ALL
    SELECT 'pain_nrs', '', 'mean', 1, n_pain, pain_sum FROM of_sessions WHERE n_pain > 0
    UNION ALL
    SELECT 'hair_density', '', 'mean', 10, n_all, density_sum FROM of_density
    UNION ALL
    SELECT 'was_asked', 'asked', 'share', 1, s.n_all, coalesce(a.n_asked, 0)
    FROM of_sessions AS s
    LEFT JOIN of_asking AS a ON a.participant_id = s.participant_id
),

everybody AS (
    SELECT col, count(*) AS n FROM described GROUP BY col
)

SELECT
    d.col AS column_name,
    d.val AS value,
    'share' AS kind,
    1 AS scale,
    e.n AS people,
    e.n,
    CAST(sum(d.y) AS BIGINT) AS y,
    e.n AS nn,
    CAST(sum(d.y) AS BIGINT) AS ny,
    CAST(sum(d.y) AS BIGINT) AS yy
FROM described AS d
INNER JOIN everybody AS e ON e.col = d.col
GROUP BY d.col, d.val, e.n
UNION ALL
SELECT
    col,
    val,
    kind,
    scale,
    count(*),
    CAST(sum(n) AS BIGINT),
    CAST(sum(y) AS BIGINT),
    CAST(sum(n * n) AS BIGINT),
    CAST(sum(n * y) AS BIGINT),
    CAST(sum(y * y) AS BIGINT)
FROM summed
GROUP BY col, val, kind, scale
ORDER BY column_name, value

-- grain: place x dimension x code (sessions of each kind, and how many of them somebody asked about)
WITH every AS (
    -- no kind at all: where there is no session, all of them are nought
    SELECT
        CAST(NULL AS VARCHAR) AS device, CAST(NULL AS VARCHAR) AS setting, CAST(NULL AS DECIMAL(4, 2)) AS needle_length_mm,
        0 AS n_sessions, 0 AS n_asked
    UNION ALL
    SELECT CAST(device AS VARCHAR), CAST(setting AS VARCHAR), needle_length_mm, count(*), 0
    FROM sessions GROUP BY device, setting, needle_length_mm
    UNION ALL
    SELECT CAST(device AS VARCHAR), CAST(setting AS VARCHAR), needle_length_mm, 0, sum(n)
    FROM asked_sessions GROUP BY device, setting, needle_length_mm
),

described AS (
    SELECT 'all' AS "all", d.code AS depth, e.device, e.setting, e.setting AS setting_place, e.n_sessions, e.n_asked
    FROM every AS e
    LEFT JOIN depth_bands AS d ON e.needle_length_mm >= d.low_mm AND e.needle_length_mm < d.high_mm
),

cells AS (
    SELECT setting_place, dimension, code, n_sessions, n_asked
    FROM described
    UNPIVOT (code FOR dimension IN ("all", depth, device, setting))
),

placed AS (
    SELECT 'all' AS place, dimension, code, n_sessions, n_asked FROM cells
    UNION ALL
    SELECT setting_place, dimension, code, n_sessions, n_asked
    FROM cells
    WHERE setting_place IS NOT NULL AND dimension IN ('depth', 'device')
)

SELECT
    place,
    dimension,
    code,
    CAST(sum(n_sessions) AS BIGINT) AS n_sessions,
    CAST(sum(n_asked) AS BIGINT) AS n_asked
FROM placed
GROUP BY place, dimension, code
ORDER BY place, dimension, code

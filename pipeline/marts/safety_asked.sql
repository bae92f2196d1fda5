-- grain: place x dimension x code (sessions of each kind, and how many of them somebody asked about)
WITH counted AS (
    SELECT
        s.needle_length_mm,
        CAST(s.device AS VARCHAR) AS device,
        CAST(s.setting AS VARCHAR) AS setting,
        count(DISTINCT s.session_id) AS n_sessions,
        count(DISTINCT CASE WHEN s.was_asked THEN s.session_id END) AS n_asked
    FROM safety AS s
    GROUP BY s.needle_length_mm, s.device, s.setting
),

banded AS (
    SELECT c.*, d.code AS depth
    FROM counted AS c
    LEFT JOIN depth_bands AS d ON c.needle_length_mm >= d.low_mm AND c.needle_length_mm < d.high_mm
),

cells AS (
    SELECT
        CASE WHEN grouping(setting) = 0 AND grouping(depth) + grouping(device) < 2 THEN setting ELSE 'all' END AS place,
        CASE
            WHEN grouping(depth) = 0 THEN 'depth' WHEN grouping(device) = 0 THEN 'device'
            WHEN grouping(setting) = 0 THEN 'setting' ELSE 'all'
        END AS dimension,
        CASE
            WHEN grouping(depth) = 0 THEN depth WHEN grouping(device) = 0 THEN device
            WHEN grouping(setting) = 0 THEN setting ELSE 'all'
        END AS code,
        CAST(coalesce(sum(n_sessions), 0) AS BIGINT) AS n_sessions,
        CAST(coalesce(sum(n_asked), 0) AS BIGINT) AS n_asked
    FROM banded
    GROUP BY GROUPING SETS ((), (depth), (device), (setting), (setting, depth), (setting, device))
)

SELECT place, dimension, code, n_sessions, n_asked
FROM cells
WHERE code IS NOT NULL
ORDER BY place, dimension, code

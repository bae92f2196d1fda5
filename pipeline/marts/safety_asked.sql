-- grain: place x dimension x code (sessions of each kind, and how many of them somebody asked about)
WITH asked AS (
    SELECT
        session_id,
        min(needle_length_mm) AS needle_length_mm,
        min(device) AS device,
        min(setting) AS setting
    FROM safety
    WHERE was_asked
    GROUP BY session_id
),

-- a session that nobody asked about has one row
every AS (
    SELECT needle_length_mm, device, setting, count(*) AS n_sessions, 0 AS n_asked
    FROM safety WHERE NOT was_asked GROUP BY needle_length_mm, device, setting
    UNION ALL
    SELECT needle_length_mm, device, setting, count(*), count(*)
    FROM asked GROUP BY needle_length_mm, device, setting
),

counted AS (
    SELECT
        needle_length_mm, CAST(device AS VARCHAR) AS device, CAST(setting AS VARCHAR) AS setting, n_sessions, n_asked
    FROM every
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

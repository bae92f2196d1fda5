-- grain: place x dimension x code x measure x level (sums over people; n: sessions asked, or those with a severity told)
-- From these sums follows an interval that knows that one person's sessions are alike. place: all, or one setting.
-- A level that nobody told has no row: its count is nought of the n that stands at `any`.
WITH placed AS (
    SELECT
        s.session_id,
        s.participant_id,
        s.effect,
        s.severity,
        s.ctcae_grade,
        s.serious,
        CAST(s.device AS VARCHAR) AS device,
        CAST(s.setting AS VARCHAR) AS setting,
        d.code AS depth
    FROM safety AS s
    LEFT JOIN depth_bands AS d ON s.needle_length_mm >= d.low_mm AND s.needle_length_mm < d.high_mm
    WHERE s.was_asked
),

asked AS (
    SELECT
        session_id,
        min(participant_id) AS participant_id,
        min(device) AS device,
        min(setting) AS setting,
        min(depth) AS depth,
        max(CASE WHEN effect <> 'none' THEN 1 ELSE 0 END) AS has_one,
        max(CASE WHEN serious AND effect <> 'none' THEN 1 ELSE 0 END) AS has_serious,
        max(CASE WHEN effect <> 'none' THEN severity END) AS severity,
        max(CASE WHEN effect <> 'none' THEN ctcae_grade END) AS ctcae_grade
    FROM placed
    GROUP BY session_id
),

-- what is divided by, and what is divided: a person's sessions of one kind
below AS (
    SELECT participant_id, device, setting, depth, 'effect' AS measure, count(*) AS n
    FROM asked GROUP BY participant_id, device, setting, depth
    UNION ALL
    SELECT participant_id, device, setting, depth, 'severity', count(*)
    FROM asked WHERE severity IS NOT NULL GROUP BY participant_id, device, setting, depth
    UNION ALL
    SELECT participant_id, device, setting, depth, 'ctcae_grade', count(*)
    FROM asked WHERE ctcae_grade IS NOT NULL GROUP BY participant_id, device, setting, depth
),

above AS (
    SELECT participant_id, device, setting, depth, 'effect' AS measure, effect AS level, count(*) AS y
    FROM placed WHERE effect <> 'none' GROUP BY participant_id, device, setting, depth, effect
    UNION ALL
    SELECT participant_id, device, setting, depth, 'effect', 'any', sum(has_one)
    FROM asked GROUP BY participant_id, device, setting, depth
    UNION ALL
    SELECT participant_id, device, setting, depth, 'effect', 'serious', count(*)
    FROM asked WHERE has_serious = 1 GROUP BY participant_id, device, setting, depth
    UNION ALL
    SELECT participant_id, device, setting, depth, 'severity', CAST(severity AS VARCHAR), count(*)
    FROM asked WHERE severity IS NOT NULL GROUP BY participant_id, device, setting, depth, severity
    UNION ALL
    SELECT participant_id, device, setting, depth, 'ctcae_grade', CAST(ctcae_grade AS VARCHAR), count(*)
    FROM asked WHERE ctcae_grade IS NOT NULL GROUP BY participant_id, device, setting, depth, ctcae_grade
),

below_cells AS (
    SELECT
        participant_id,
        measure,
        CASE WHEN grouping(setting) = 0 AND grouping(depth) + grouping(device) < 2 THEN setting ELSE 'all' END AS place,
        CASE
            WHEN grouping(depth) = 0 THEN 'depth' WHEN grouping(device) = 0 THEN 'device'
            WHEN grouping(setting) = 0 THEN 'setting' ELSE 'all'
        END AS dimension,
        CASE
            WHEN grouping(depth) = 0 THEN depth WHEN grouping(device) = 0 THEN device
            WHEN grouping(setting) = 0 THEN setting ELSE 'all'
        END AS code,
        CAST(sum(n) AS BIGINT) AS n
    FROM below
    GROUP BY GROUPING SETS (
        (participant_id, measure),
        (participant_id, measure, depth),
        (participant_id, measure, device),
        (participant_id, measure, setting),
        (participant_id, measure, setting, depth),
        (participant_id, measure, setting, device)
    )
),

above_cells AS (
    SELECT
        participant_id,
        measure,
        level,
        CASE WHEN grouping(setting) = 0 AND grouping(depth) + grouping(device) < 2 THEN setting ELSE 'all' END AS place,
        CASE
            WHEN grouping(depth) = 0 THEN 'depth' WHEN grouping(device) = 0 THEN 'device'
            WHEN grouping(setting) = 0 THEN 'setting' ELSE 'all'
        END AS dimension,
        CASE
            WHEN grouping(depth) = 0 THEN depth WHEN grouping(device) = 0 THEN device
            WHEN grouping(setting) = 0 THEN setting ELSE 'all'
        END AS code,
        CAST(sum(y) AS BIGINT) AS y
    FROM above
    GROUP BY GROUPING SETS (
        (participant_id, measure, level),
        (participant_id, measure, level, depth),
        (participant_id, measure, level, device),
        (participant_id, measure, level, setting),
        (participant_id, measure, level, setting, depth),
        (participant_id, measure, level, setting, device)
    )
),

below_sums AS (
    SELECT
        place,
        dimension,
        code,
        measure,
        count(*) AS people,
        CAST(sum(n) AS BIGINT) AS n,
        CAST(sum(n * n) AS BIGINT) AS nn
    FROM below_cells
    WHERE code IS NOT NULL
    GROUP BY place, dimension, code, measure
),

above_sums AS (
    SELECT
        a.place,
        a.dimension,
        a.code,
        a.measure,
        a.level,
        CAST(sum(a.y) AS BIGINT) AS y,
        CAST(sum(a.y * b.n) AS BIGINT) AS ny,
        CAST(sum(a.y * a.y) AS BIGINT) AS yy
    FROM above_cells AS a
    INNER JOIN below_cells AS b
        ON
            b.participant_id = a.participant_id AND b.measure = a.measure AND b.place = a.place
            AND b.dimension = a.dimension AND b.code = a.code
    GROUP BY a.place, a.dimension, a.code, a.measure, a.level
)

SELECT
    b.place,
    b.dimension,
    b.code,
    b.measure,
    a.level,
    b.people,
    b.n,
    a.y,
    b.nn,
    a.ny,
    a.yy
FROM below_sums AS b
INNER JOIN above_sums AS a
    ON a.place = b.place AND a.dimension = b.dimension AND a.code = b.code AND a.measure = b.measure
ORDER BY b.place, b.dimension, b.code, b.measure, a.level

-- grain: place x dimension x code x measure x level (sums over people; n: sessions asked, or those with a severity told)
-- From these sums follows an interval that knows that one person's sessions are alike. place: all, or one setting.
-- A level that nobody told has no row: its count is nought of the n that stands at `any`.
-- A spot is what people are added up at: a cell, or for the many who always needled alike their one kind, whose sums are
-- those of each of its cells.
WITH effects AS (
    SELECT participant_id, device, setting, needle_length_mm, effect, count(*) AS n
    FROM safety_answers
    WHERE effect <> 'none'
    GROUP BY participant_id, device, setting, needle_length_mm, effect
),

-- level `of`: what is divided by
told AS (
    SELECT participant_id, device, setting, needle_length_mm, 'effect' AS measure, 'of' AS level, n FROM asked_sessions
    UNION ALL
    SELECT participant_id, device, setting, needle_length_mm, 'effect', 'any', n * has_effect FROM asked_sessions
    UNION ALL
    SELECT participant_id, device, setting, needle_length_mm, 'effect', 'serious', n
    FROM asked_sessions WHERE has_serious = 1
    UNION ALL
    SELECT participant_id, device, setting, needle_length_mm, 'effect', effect, n FROM effects
    UNION ALL
    SELECT participant_id, device, setting, needle_length_mm, 'severity', 'of', n
    FROM asked_sessions WHERE severity IS NOT NULL
    UNION ALL
    SELECT participant_id, device, setting, needle_length_mm, 'severity', CAST(severity AS VARCHAR), n
    FROM asked_sessions WHERE severity IS NOT NULL
    UNION ALL
    SELECT participant_id, device, setting, needle_length_mm, 'ctcae_grade', 'of', n
    FROM asked_sessions WHERE ctcae_grade IS NOT NULL
    UNION ALL
    SELECT participant_id, device, setting, needle_length_mm, 'ctcae_grade', CAST(ctcae_grade AS VARCHAR), n
    FROM asked_sessions WHERE ctcae_grade IS NOT NULL
),

kinds AS (
    SELECT
        CAST(row_number() OVER (ORDER BY device, setting, needle_length_mm) AS INTEGER) AS kind,
        device,
        setting,
        needle_length_mm
    FROM asked_sessions
    GROUP BY device, setting, needle_length_mm
),

described AS (
    SELECT
        k.kind,
        'all' AS "all",
        d.code AS depth,
        CAST(k.device AS VARCHAR) AS device,
        CAST(k.setting AS VARCHAR) AS setting,
        CAST(k.setting AS VARCHAR) AS setting_place
    FROM kinds AS k
    LEFT JOIN depth_bands AS d ON k.needle_length_mm >= d.low_mm AND k.needle_length_mm < d.high_mm
),

dimensions AS (
    SELECT kind, setting_place, dimension, code
    FROM described
    UNPIVOT (code FOR dimension IN ("all", depth, device, setting))
),

placed AS (
    SELECT kind, 'all' AS place, dimension, code FROM dimensions
    UNION ALL
    SELECT kind, setting_place, dimension, code
    FROM dimensions
    WHERE setting_place IS NOT NULL AND dimension IN ('depth', 'device')
),

cells AS (
    SELECT kind, place, dimension, code, CAST(dense_rank() OVER (ORDER BY place, dimension, code) AS INTEGER) AS cell
    FROM placed
),

spots AS (
    SELECT kind, FALSE AS is_alike, cell AS spot FROM cells
    UNION ALL
    SELECT kind, TRUE, -kind FROM kinds
),

people AS (
    SELECT a.participant_id, min(k.kind) = max(k.kind) AS is_alike
    FROM asked_sessions AS a
    INNER JOIN kinds AS k
        ON
            k.device IS NOT DISTINCT FROM a.device AND k.setting IS NOT DISTINCT FROM a.setting
            AND k.needle_length_mm IS NOT DISTINCT FROM a.needle_length_mm
    GROUP BY a.participant_id
),

added AS (
    SELECT t.participant_id, s.spot, t.measure, t.level, CAST(sum(t.n) AS BIGINT) AS n
    FROM told AS t
    INNER JOIN people AS p ON p.participant_id = t.participant_id
    INNER JOIN kinds AS k
        ON
            k.device IS NOT DISTINCT FROM t.device AND k.setting IS NOT DISTINCT FROM t.setting
            AND k.needle_length_mm IS NOT DISTINCT FROM t.needle_length_mm
    INNER JOIN spots AS s ON s.kind = k.kind AND s.is_alike = p.is_alike
    GROUP BY t.participant_id, s.spot, t.measure, t.level
),

sums AS (
    SELECT
        a.spot,
        a.measure,
        a.level,
        count(*) AS people,
        sum(a.n) AS y,
        sum(a.n * b.n) AS ny,
        sum(a.n * a.n) AS yy
    FROM added AS a
    INNER JOIN added AS b
        ON b.participant_id = a.participant_id AND b.spot = a.spot AND b.measure = a.measure AND b.level = 'of'
    GROUP BY a.spot, a.measure, a.level
),

cell_sums AS (
    SELECT
        c.place,
        c.dimension,
        c.code,
        s.measure,
        s.level,
        CAST(sum(s.people) AS BIGINT) AS people,
        CAST(sum(s.y) AS BIGINT) AS y,
        CAST(sum(s.ny) AS BIGINT) AS ny,
        CAST(sum(s.yy) AS BIGINT) AS yy
    FROM sums AS s
    INNER JOIN (
        SELECT DISTINCT cell AS spot, place, dimension, code FROM cells
        UNION ALL
        SELECT -kind, place, dimension, code FROM cells
    ) AS c ON c.spot = s.spot
    GROUP BY c.place, c.dimension, c.code, s.measure, s.level
)

SELECT
    b.place,
    b.dimension,
    b.code,
    b.measure,
    a.level,
    b.people,
    b.y AS n,
    a.y,
    b.yy AS nn,
    a.ny,
    a.yy
FROM cell_sums AS b
INNER JOIN cell_sums AS a
    ON a.place = b.place AND a.dimension = b.dimension AND a.code = b.code AND a.measure = b.measure
WHERE b.level = 'of' AND a.level <> 'of'
ORDER BY b.place, b.dimension, b.code, b.measure, a.level

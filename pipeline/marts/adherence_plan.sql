-- grain: dimension x code x visit_week (sums over people with a plan and a log: n sessions planned, y days with one logged)
WITH cells AS (
    SELECT
        visit_week,
        CASE
            WHEN grouping(depth) = 0 THEN 'depth' WHEN grouping(device) = 0 THEN 'device'
            WHEN grouping(setting) = 0 THEN 'setting' WHEN grouping(diagnosis) = 0 THEN 'diagnosis'
            WHEN grouping(sex) = 0 THEN 'sex' WHEN grouping(age) = 0 THEN 'age'
            WHEN grouping(stage) = 0 THEN 'stage' ELSE 'all'
        END AS dimension,
        CASE
            WHEN grouping(depth) = 0 THEN depth WHEN grouping(device) = 0 THEN device
            WHEN grouping(setting) = 0 THEN setting WHEN grouping(diagnosis) = 0 THEN diagnosis
            WHEN grouping(sex) = 0 THEN sex WHEN grouping(age) = 0 THEN age
            WHEN grouping(stage) = 0 THEN stage ELSE 'all'
        END AS code,
        count(*) AS n_due,
        count(n_planned) AS n_with_plan,
        count(n_planned + n_done) AS people,
        CAST(coalesce(sum(CASE WHEN n_done IS NOT NULL THEN n_planned END), 0) AS BIGINT) AS n,
        CAST(coalesce(sum(CASE WHEN n_planned IS NOT NULL THEN n_done END), 0) AS BIGINT) AS y,
        CAST(coalesce(sum(CASE WHEN n_done IS NOT NULL THEN n_planned * n_planned END), 0) AS BIGINT) AS nn,
        CAST(coalesce(sum(n_planned * n_done), 0) AS BIGINT) AS ny,
        CAST(coalesce(sum(CASE WHEN n_planned IS NOT NULL THEN n_done * n_done END), 0) AS BIGINT) AS yy
    FROM followed_needling
    GROUP BY GROUPING SETS (
        (visit_week),
        (visit_week, depth),
        (visit_week, device),
        (visit_week, setting),
        (visit_week, diagnosis),
        (visit_week, sex),
        (visit_week, age),
        (visit_week, stage)
    )
)

SELECT dimension, code, visit_week, n_due, n_with_plan, people, n, y, nn, ny, yy
FROM cells
WHERE code IS NOT NULL
ORDER BY dimension, code, visit_week

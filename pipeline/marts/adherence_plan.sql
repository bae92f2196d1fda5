-- grain: dimension x code x visit_week (sums over people with a plan and a log: n sessions planned, y days with one logged)
WITH told AS (
    SELECT
        visit_week,
        'all' AS "all",
        depth,
        device,
        setting,
        diagnosis,
        sex,
        age,
        stage,
        n_planned,
        CASE WHEN n_done IS NOT NULL THEN n_planned END AS n,
        CASE WHEN n_planned IS NOT NULL THEN n_done END AS y
    FROM followed_needling
)

SELECT
    dimension,
    code,
    visit_week,
    count(*) AS n_due,
    count(n_planned) AS n_with_plan,
    count(n) AS people,
    CAST(coalesce(sum(n), 0) AS BIGINT) AS n,
    CAST(coalesce(sum(y), 0) AS BIGINT) AS y,
    CAST(coalesce(sum(n * n), 0) AS BIGINT) AS nn,
    CAST(coalesce(sum(n * y), 0) AS BIGINT) AS ny,
    CAST(coalesce(sum(y * y), 0) AS BIGINT) AS yy
FROM told
UNPIVOT (code FOR dimension IN ("all", depth, device, setting, diagnosis, sex, age, stage))
GROUP BY dimension, code, visit_week
ORDER BY dimension, code, visit_week

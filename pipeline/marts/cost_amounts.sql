-- grain: dimension x code x currency x item x per x cents (how many people pay about so much, to three figures)
-- Medians and their intervals are read off these counts; currencies stay apart.
WITH amounts AS (
    SELECT device, setting, paid_year AS "year", currency, item, 'month' AS per, month_cents AS cents
    FROM cost_paid WHERE month_cents IS NOT NULL
    UNION ALL
    SELECT device, setting, paid_year, currency, item, 'session', session_cents
    FROM cost_paid WHERE session_cents IS NOT NULL
),

stepped AS (
    SELECT
        *,
        'all' AS "all",
        CASE
            WHEN cents < 1000 THEN 1 WHEN cents < 10000 THEN 10 WHEN cents < 100000 THEN 100
            WHEN cents < 1000000 THEN 1000 WHEN cents < 10000000 THEN 10000 ELSE 100000
        END AS step
    FROM amounts
),

-- everybody alike first, so that few rows are counted for each dimension
rounded AS (
    SELECT
        "all", device, setting, "year", currency, item, per,
        CAST(round(CAST(cents AS DOUBLE) / step) AS BIGINT) * step AS cents,
        count(*) AS n_people
    FROM stepped
    GROUP BY ALL
)

SELECT dimension, code, currency, item, per, cents, CAST(sum(n_people) AS BIGINT) AS n_people
FROM rounded
UNPIVOT (code FOR dimension IN ("all", device, setting, "year"))
GROUP BY dimension, code, currency, item, per, cents
ORDER BY dimension, code, currency, item, per, cents

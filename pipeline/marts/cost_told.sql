-- grain: dimension x code x currency x item (who told a cost, and of whom it can be said by the month and by the session)
-- currency and item any: everybody who told any. n_needling: people of that kind who needle, whether they told or not;
-- NULL for a year, in which nobody who paid nothing stands.
WITH told AS (
    SELECT currency, item, device, setting, paid_year, participant_id, n_payments, month_cents, session_cents
    FROM cost_paid
    UNION ALL
    SELECT
        'any', 'any', device, setting, NULL, participant_id, CAST(sum(n_payments) AS INTEGER), max(month_cents),
        max(session_cents)
    FROM cost_paid
    WHERE item <> 'needling'
    GROUP BY device, setting, participant_id
),

alike AS (
    SELECT
        'all' AS "all",
        device,
        setting,
        paid_year AS "year",
        currency,
        item,
        count(*) AS n_people,
        sum(n_payments) AS n_payments,
        count(month_cents) AS n_month,
        count(session_cents) AS n_session
    FROM told
    GROUP BY device, setting, paid_year, currency, item
),

cells AS (
    SELECT
        dimension,
        code,
        currency,
        item,
        CAST(sum(n_people) AS BIGINT) AS n_people,
        CAST(sum(n_payments) AS BIGINT) AS n_payments,
        CAST(sum(n_month) AS BIGINT) AS n_month,
        CAST(sum(n_session) AS BIGINT) AS n_session
    FROM alike
    UNPIVOT (code FOR dimension IN ("all", device, setting, "year"))
    GROUP BY dimension, code, currency, item
),

habits AS (
    SELECT 'all' AS "all", device, setting, count(*) AS n_people
    FROM exposure
    WHERE is_needling AND landmark_days = (SELECT max(days) FROM landmarks)
    GROUP BY device, setting
),

needling AS (
    SELECT dimension, code, CAST(sum(n_people) AS BIGINT) AS n_needling
    FROM habits
    UNPIVOT (code FOR dimension IN ("all", device, setting))
    GROUP BY dimension, code
)

SELECT
    c.dimension,
    c.code,
    c.currency,
    c.item,
    CASE WHEN c.dimension = 'year' THEN NULL ELSE coalesce(n.n_needling, 0) END AS n_needling,
    c.n_people,
    c.n_payments,
    c.n_month,
    c.n_session
FROM cells AS c
LEFT JOIN needling AS n ON n.dimension = c.dimension AND n.code = c.code
ORDER BY c.dimension, c.code, c.currency, c.item

-- grain: participant x currency x item
-- per_month: session fees by how often they were paid, first to last; everything else spread over its stated life, at most
-- from the first purchase to the end of the last one's life. NULL where neither can be said. A month is 30.4375 days.
WITH ranged AS (
    SELECT *, max(incurred_day) OVER (PARTITION BY participant_id, currency, item) AS last_day
    FROM costs
),

totals AS (
    SELECT
        participant_id,
        currency,
        item,
        CAST(sum(amount) AS DECIMAL(18, 2)) AS amount,
        CAST(count(*) AS INTEGER) AS n_payments,
        max(incurred_day) - min(incurred_day) AS span_days,
        sum(lasts_months) AS life_months,
        count(*) = count(lasts_months) AS is_life_known,
        max(CASE WHEN incurred_day = last_day THEN lasts_months END) AS last_life_months
    FROM ranged
    GROUP BY participant_id, currency, item
)

SELECT
    participant_id,
    currency,
    item,
    amount,
    n_payments,
    CASE
        WHEN is_life_known
            THEN CAST(amount AS DOUBLE)
            / least(CAST(life_months AS DOUBLE), CAST(span_days AS DOUBLE) / 30.4375 + CAST(last_life_months AS DOUBLE))
        WHEN item = 'session_fee' AND span_days > 0
            THEN CAST(amount AS DOUBLE) / CAST(n_payments AS DOUBLE)
            * CAST(n_payments - 1 AS DOUBLE) * 30.4375 / CAST(span_days AS DOUBLE)
    END AS per_month
FROM totals
ORDER BY participant_id, currency, item

-- grain: participant x currency x item (working table: what it comes to a month and a session, in cents, for a kind of needling)
-- item needling: device, cartridges and fees together, where each of those that were paid can be spread over months.
-- A session: a fee by how many were paid; anything else by how often the person needles. NULL where it cannot be said.
WITH habits AS (
    SELECT
        e.participant_id,
        e.device,
        e.setting,
        e.sessions_per_week * 30.4375 / 7.0 AS sessions_per_month
    FROM exposure AS e
    WHERE e.landmark_days = (SELECT max(days) FROM landmarks)
),

-- days are kept from enrolment, and of enrolment the quarter: its middle stands for it
first_paid AS (
    SELECT
        c.participant_id,
        c.currency,
        CAST(
            CAST(substr(p.enrolled_quarter, 1, 4) AS INTEGER)
            + floor((91.3125 * (CAST(substr(p.enrolled_quarter, 6, 1) AS INTEGER) - 0.5) + min(c.incurred_day)) / 365.25)
            AS INTEGER
        ) AS paid_year
    FROM costs AS c
    INNER JOIN participants AS p ON p.participant_id = c.participant_id
    GROUP BY c.participant_id, c.currency, p.enrolled_quarter
),

paid AS (
    SELECT participant_id, currency, item, n_payments, amount, per_month FROM cost
    UNION ALL
    SELECT
        participant_id,
        currency,
        'needling',
        CAST(sum(n_payments) AS INTEGER),
        CAST(sum(amount) AS DECIMAL(18, 2)),
        CASE WHEN count(*) = count(per_month) THEN sum(per_month) END
    FROM cost
    WHERE item IN ('device', 'cartridge', 'session_fee')
    GROUP BY participant_id, currency
)

SELECT
    p.participant_id,
    p.currency,
    p.item,
    p.n_payments,
    h.device,
    h.setting,
    CAST(f.paid_year AS VARCHAR) AS paid_year,
    CAST(round(p.per_month * 100) AS BIGINT) AS month_cents,
    CAST(
        round(
            100 * CASE
                WHEN p.item = 'session_fee' THEN CAST(p.amount AS DOUBLE) / CAST(p.n_payments AS DOUBLE)
                WHEN h.sessions_per_month > 0 THEN p.per_month / h.sessions_per_month
            END
        ) AS BIGINT
    ) AS session_cents
FROM paid AS p
LEFT JOIN habits AS h ON h.participant_id = p.participant_id
LEFT JOIN first_paid AS f ON f.participant_id = p.participant_id AND f.currency = p.currency

-- grain: cost record (days count from enrolment; amounts are never converted between currencies)
SELECT
    p.participant_id,
    c.incurred_day - CASE WHEN c.relative_days THEN 0 ELSE p.enrolled_day END AS incurred_day,
    c.item,
    c.amount,
    c.currency,
    c.lasts_months,
    c.lag_days,
    c.flags
FROM landing_costs AS c
INNER JOIN participant_key AS p ON p.participant = c.participant
ORDER BY p.participant_id, c.incurred_day, c.record

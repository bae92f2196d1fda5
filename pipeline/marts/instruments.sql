-- grain: instrument (the reference rows this version was made with)
SELECT
    *,
    -- a stored value counts steps of 10^-decimals of the unit; marts count thousandths
    CAST(power(10, 3 - decimals) AS BIGINT) AS milli_per_step
FROM reference_instruments
ORDER BY code

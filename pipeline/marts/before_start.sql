-- grain: participant x instrument x region x side x rater x method
-- The first and the last day measured in the two years before time zero, day 0 included, where they tell a course: 28
-- days apart or more. Days count from time zero, values are whole thousandths of the instrument's unit (hair_count: of
-- hairs/cm2); a day's value is the mean of its records. An instrument that is itself a change has none.
WITH ends AS (
    SELECT
        participant_id, instrument, region, side, rater, method,
        min(day) AS first_day,
        max(day) AS last_day,
        arg_min(milli, day) AS first_milli,
        arg_max(milli, day) AS last_milli
    FROM outcome_days
    WHERE day <= 0 AND NOT is_change
    GROUP BY ALL
)

SELECT participant_id, instrument, region, side, rater, method, first_day, last_day, first_milli, last_milli
FROM ends
WHERE last_day - first_day >= 28
ORDER BY participant_id, instrument, region, side, rater, method

-- grain: participant x instrument x region x side x rater x method
-- The day nearest to time zero from day -42 to the second session, the earlier on a tie; its value is the mean of its
-- n_values records. Days count from time zero, values are whole thousandths of the instrument's unit (hair_count: of
-- hairs/cm2). An instrument that is itself a change has none. Whether anybody came back does not matter here.
WITH placed AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY participant_id, instrument, region, side, rater, method
            ORDER BY abs(day), day
        ) AS place
    FROM outcome_days
    WHERE may_be_baseline
)

SELECT
    participant_id,
    instrument,
    region,
    side,
    rater,
    method,
    day AS baseline_day,
    milli AS baseline_milli,
    n_values
FROM placed
WHERE place = 1
ORDER BY participant_id, instrument, region, side, rater, method

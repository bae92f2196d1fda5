-- grain: participant x instrument x region x side x rater x method x visit_week
-- Days count from time zero, values are whole thousandths of the instrument's unit (hair_count: of hairs/cm2).
-- A day's value belongs to the nearest visit, the earlier on a tie, and each visit takes the day nearest to it.
-- No baseline: the change is NULL, unless the instrument is itself a change.
WITH visit_days AS (
    SELECT
        d.day,
        v.week AS visit_week,
        row_number() OVER (PARTITION BY d.day ORDER BY abs(d.day - 7 * v.week), v.week) AS place
    FROM (SELECT DISTINCT day FROM outcome_days WHERE day > 0) AS d
    INNER JOIN visits AS v ON d.day BETWEEN 7 * (v.week - v.half_width_weeks) AND 7 * (v.week + v.half_width_weeks)
),

chosen AS (
    SELECT
        d.*,
        b.baseline_day,
        b.baseline_milli,
        v.visit_week,
        row_number() OVER (
            PARTITION BY d.participant_id, d.instrument, d.region, d.side, d.rater, d.method, v.visit_week
            ORDER BY abs(d.day - 7 * v.visit_week), d.day
        ) AS place
    FROM outcome_days AS d
    INNER JOIN visit_days AS v ON v.day = d.day AND v.place = 1
    LEFT JOIN baseline AS b
        ON
            b.participant_id = d.participant_id
            AND b.instrument = d.instrument
            AND b.region IS NOT DISTINCT FROM d.region
            AND b.side IS NOT DISTINCT FROM d.side
            AND b.rater IS NOT DISTINCT FROM d.rater
            AND b.method IS NOT DISTINCT FROM d.method
    -- a value is never compared with itself: what serves as baseline, or lies before it, is no follow-up
    WHERE d.day > coalesce(b.baseline_day, 0)
)

SELECT
    participant_id,
    instrument,
    region,
    side,
    rater,
    method,
    visit_week,
    baseline_day,
    day AS visit_day,
    baseline_milli,
    milli AS value_milli,
    CASE WHEN is_change THEN milli ELSE milli - baseline_milli END AS change_milli,
    CASE WHEN direction = 'lower' THEN -1 ELSE 1 END
    * CASE WHEN is_change THEN milli ELSE milli - baseline_milli END AS improvement_milli
FROM chosen
WHERE place = 1
ORDER BY participant_id, instrument, visit_week, region, side, rater, method

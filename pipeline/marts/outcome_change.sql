-- grain: participant x instrument x region x side x rater x method x visit_week
-- Days count from time zero, values are whole thousandths of the instrument's unit (hair_count: of hairs/cm2).
-- Baseline: nearest to time zero from day -42 to the second session, the earlier on a tie. A day's value is the mean of
-- its records; it belongs to the nearest visit, the earlier on a tie, and each visit takes the day nearest to it.
-- No baseline: the change is NULL, unless the instrument is itself a change. Every division rounds half away from zero.
WITH measured AS (
    SELECT
        o.participant_id,
        o.instrument,
        o.region,
        o.side,
        o.rater,
        o.method,
        o.assessed_day - z.time_zero_day AS day,
        z.baseline_until_day - z.time_zero_day AS baseline_until,
        i.is_change,
        i.direction,
        CASE
            WHEN NOT i.needs_area THEN CAST(o.value AS BIGINT) * i.milli_per_step
            -- per cm2: the area is known to a thousandth, so numerator and divisor are whole numbers
            ELSE (2000 * CAST(o.value AS BIGINT) * i.milli_per_step + CAST(o.area_cm2 * 1000 AS BIGINT))
                // nullif(2 * CAST(o.area_cm2 * 1000 AS BIGINT), 0)
        END AS milli
    FROM outcomes AS o
    INNER JOIN time_zero AS z ON z.participant_id = o.participant_id
    INNER JOIN instruments AS i ON i.code = o.instrument
    WHERE
        o.assessed_day - z.time_zero_day
        BETWEEN -42 AND (SELECT max(7 * (week + half_width_weeks)) FROM visits)
),

daily AS (
    SELECT
        participant_id, instrument, region, side, rater, method, day, baseline_until, is_change, direction,
        CAST(sum(milli) AS BIGINT) AS total,
        CAST(count(*) AS BIGINT) AS n
    FROM measured
    WHERE milli IS NOT NULL
    GROUP BY ALL
),

valued AS (
    SELECT
        participant_id, instrument, region, side, rater, method, day, is_change, direction,
        (2 * total + CAST(sign(total) AS BIGINT) * n) // (2 * n) AS milli,
        NOT is_change AND day <= baseline_until AS may_be_baseline
    FROM daily
),

based AS (
    SELECT
        *,
        first_value(CASE WHEN may_be_baseline THEN day END) OVER nearest AS baseline_day,
        first_value(CASE WHEN may_be_baseline THEN milli END) OVER nearest AS baseline_milli
    FROM valued
    WINDOW
        nearest AS (
            PARTITION BY participant_id, instrument, region, side, rater, method
            ORDER BY CASE WHEN may_be_baseline THEN 0 ELSE 1 END, abs(day), day
        )
),

visit_days AS (
    SELECT
        d.day,
        v.week AS visit_week,
        row_number() OVER (PARTITION BY d.day ORDER BY abs(d.day - 7 * v.week), v.week) AS place
    FROM (SELECT DISTINCT day FROM valued WHERE day > 0) AS d
    INNER JOIN visits AS v ON d.day BETWEEN 7 * (v.week - v.half_width_weeks) AND 7 * (v.week + v.half_width_weeks)
),

chosen AS (
    SELECT
        b.*,
        v.visit_week,
        row_number() OVER (
            PARTITION BY b.participant_id, b.instrument, b.region, b.side, b.rater, b.method, v.visit_week
            ORDER BY abs(b.day - 7 * v.visit_week), b.day
        ) AS place
    FROM based AS b
    INNER JOIN visit_days AS v ON v.day = b.day AND v.place = 1
    -- a value is never compared with itself: what serves as baseline, or lies before it, is no follow-up
    WHERE b.day > coalesce(b.baseline_day, 0)
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

-- grain: participant x instrument x region x side x rater x method x day (working table: what was measured on a day)
-- Days count from time zero, values are whole thousandths of the instrument's unit (hair_count: of hairs/cm2). A day's
-- value is the mean of its records. Every division rounds half away from zero.
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
        -- two years of history tell a course before the start; a baseline is not older than six weeks
        BETWEEN -730 AND (SELECT max(7 * (week + half_width_weeks)) FROM visits)
),

daily AS (
    SELECT
        participant_id, instrument, region, side, rater, method, day, baseline_until, is_change, direction,
        CAST(sum(milli) AS BIGINT) AS total,
        CAST(count(*) AS BIGINT) AS n
    FROM measured
    WHERE milli IS NOT NULL
    GROUP BY ALL
)

SELECT
    participant_id, instrument, region, side, rater, method, day, is_change, direction,
    (2 * total + CAST(sign(total) AS BIGINT) * n) // (2 * n) AS milli,
    CAST(n AS INTEGER) AS n_values,
    NOT is_change AND day BETWEEN -42 AND baseline_until AS may_be_baseline
FROM daily

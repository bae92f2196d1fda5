-- grain: source x measure (sums over people: of n things of a person, y show what the measure is named for)
-- same_pain: people with five or more painful sessions who always gave one figure. Needles on half millimetres, intervals
-- of whole weeks and counts on fives: rounder than people are. Entry: written down within a day, or over 30 days later.
WITH pain AS (
    SELECT participant_id, 'same_pain' AS measure, 1 AS n, CASE WHEN min(pain_nrs) = max(pain_nrs) THEN 1 ELSE 0 END AS y
    FROM sessions
    WHERE pain_nrs > 0
    GROUP BY participant_id
    HAVING count(*) >= 5
),

needles AS (
    SELECT
        participant_id,
        'half_millimetre' AS measure,
        count(*) AS n,
        sum(CASE WHEN CAST(needle_length_mm * 100 AS INTEGER) % 50 = 0 THEN 1 ELSE 0 END) AS y
    FROM sessions
    GROUP BY participant_id
),

weeks AS (
    SELECT
        participant_id,
        'whole_weeks' AS measure,
        count(*) AS n,
        sum(CASE WHEN gap_days % 7 = 0 THEN 1 ELSE 0 END) AS y
    FROM session_days
    WHERE gap_days IS NOT NULL
    GROUP BY participant_id
),

counts AS (
    SELECT
        participant_id,
        'count_on_five' AS measure,
        count(*) AS n,
        sum(CASE WHEN value % 5 = 0 THEN 1 ELSE 0 END) AS y
    FROM outcomes
    WHERE instrument = 'comb_count_60s' AND value > 0
    GROUP BY participant_id
),

entered AS (
    SELECT 'sessions' AS told, participant_id, lag_days FROM sessions WHERE lag_days IS NOT NULL
    UNION ALL
    SELECT 'outcomes', participant_id, lag_days FROM outcomes WHERE lag_days IS NOT NULL
    UNION ALL
    SELECT 'side_effects', participant_id, lag_days FROM side_effects WHERE lag_days IS NOT NULL
),

entry AS (
    SELECT
        participant_id,
        concat(told, '_within_a_day') AS measure,
        count(*) AS n,
        sum(CASE WHEN lag_days <= 1 THEN 1 ELSE 0 END) AS y
    FROM entered
    GROUP BY participant_id, told
    UNION ALL
    SELECT
        participant_id,
        concat(told, '_over_30_days') AS measure,
        count(*) AS n,
        sum(CASE WHEN lag_days > 30 THEN 1 ELSE 0 END) AS y
    FROM entered
    GROUP BY participant_id, told
),

every AS (
    SELECT participant_id, measure, n, y FROM pain
    UNION ALL
    SELECT participant_id, measure, n, y FROM needles
    UNION ALL
    SELECT participant_id, measure, n, y FROM weeks
    UNION ALL
    SELECT participant_id, measure, n, y FROM counts
    UNION ALL
    SELECT participant_id, measure, n, y FROM entry
),

cells AS (
    SELECT
        CASE WHEN grouping(p.source) = 0 THEN p.source ELSE 'all' END AS source,
        e.measure,
        count(*) AS people,
        CAST(sum(e.n) AS BIGINT) AS n,
        CAST(sum(e.y) AS BIGINT) AS y,
        CAST(sum(e.n * e.n) AS BIGINT) AS nn,
        CAST(sum(e.n * e.y) AS BIGINT) AS ny,
        CAST(sum(e.y * e.y) AS BIGINT) AS yy
    FROM every AS e
    INNER JOIN participants AS p ON p.participant_id = e.participant_id
    GROUP BY GROUPING SETS ((e.measure), (e.measure, p.source))
)

SELECT source, measure, people, n, y, nn, ny, yy
FROM cells
WHERE source IS NOT NULL
ORDER BY source, measure

-- grain: landing table (counted on landing itself, to reconcile the version with)
-- checksum: the sum of one stored number of the table, in its smallest step, which no join may change
SELECT
    'participants' AS table_name,
    count(*) AS n_records,
    count(DISTINCT participant) AS n_participants,
    CAST(coalesce(sum(CAST(years_since_onset * 10 AS BIGINT)), 0) AS BIGINT) AS checksum
FROM landing_participants
UNION ALL
SELECT
    'courses', count(*), count(DISTINCT participant),
    CAST(coalesce(sum(CAST(needle_length_mm * 100 AS BIGINT)), 0) AS BIGINT)
FROM landing_courses
UNION ALL
SELECT
    'sessions', CAST(coalesce(sum(n_sessions), 0) AS BIGINT), count(*), CAST(coalesce(sum(checksum), 0) AS BIGINT)
FROM session_count
UNION ALL
SELECT
    'treatments', count(*), count(DISTINCT participant),
    CAST(coalesce(sum(CAST(strength * 1000 AS BIGINT)), 0) AS BIGINT)
FROM landing_treatments
UNION ALL
SELECT 'outcomes', count(*), count(DISTINCT participant), CAST(coalesce(sum(CAST(value AS BIGINT)), 0) AS BIGINT)
FROM landing_outcomes
UNION ALL
SELECT
    'side_effects', count(*), count(DISTINCT participant), CAST(coalesce(sum(CAST(severity AS BIGINT)), 0) AS BIGINT)
FROM landing_side_effects
UNION ALL
SELECT 'events', count(*), count(DISTINCT participant), CAST(0 AS BIGINT)
FROM landing_events
UNION ALL
SELECT
    'costs', count(*), count(DISTINCT participant), CAST(coalesce(sum(CAST(amount * 100 AS BIGINT)), 0) AS BIGINT)
FROM landing_costs
ORDER BY table_name

-- grain: place x dimension x code x dealt x low_hours x high_hours (sessions after which all was over after low and by high)
-- People are dealt into 25 groups, whose differences tell how far people differ. Hours are widened to the marks below:
-- between two of them nothing more is said. -1: nobody saw it there; 1000000: nobody saw the end. dimension effect: that one.
WITH told AS (
    SELECT
        session_id,
        participant_id,
        effect,
        needle_length_mm,
        CAST(device AS VARCHAR) AS device,
        CAST(setting AS VARCHAR) AS setting,
        CASE
            WHEN resolved_after_hours IS NULL OR resolved_after_hours = asked_after_hours
                THEN coalesce(floor(still_present_at_hours), -1)
            ELSE ceil(resolved_after_hours) - 1
        END AS low,
        CASE WHEN resolved_after_hours IS NULL THEN 1000000 ELSE ceil(resolved_after_hours) END AS high
    FROM safety
    WHERE was_asked AND effect <> 'none'
),

-- back to normal when the last of its effects is over
ended AS (
    SELECT
        session_id, participant_id, needle_length_mm, device, setting, CAST(NULL AS VARCHAR) AS effect,
        least(max(low), max(high) - 1) AS low, max(high) AS high
    FROM told
    GROUP BY session_id, participant_id, needle_length_mm, device, setting
    UNION ALL
    SELECT session_id, participant_id, NULL, NULL, NULL, effect, least(low, high - 1), high
    FROM told
),

widened AS (
    SELECT
        e.participant_id,
        e.effect,
        e.device,
        e.setting,
        d.code AS depth,
        CAST(e.participant_id % 25 AS INTEGER) AS dealt,
        CASE
            WHEN e.low >= 672 THEN 672 WHEN e.low >= 336 THEN 336 WHEN e.low >= 168 THEN 168 WHEN e.low >= 120 THEN 120
            WHEN e.low >= 72 THEN 72 WHEN e.low >= 48 THEN 48 WHEN e.low >= 24 THEN 24 WHEN e.low >= 12 THEN 12
            WHEN e.low >= 8 THEN 8 WHEN e.low >= 4 THEN 4 WHEN e.low >= 2 THEN 2 WHEN e.low >= 1 THEN 1
            WHEN e.low >= 0 THEN 0 ELSE -1
        END AS low_hours,
        CASE
            WHEN e.high <= 0 THEN 0 WHEN e.high <= 1 THEN 1 WHEN e.high <= 2 THEN 2 WHEN e.high <= 4 THEN 4
            WHEN e.high <= 8 THEN 8 WHEN e.high <= 12 THEN 12 WHEN e.high <= 24 THEN 24 WHEN e.high <= 48 THEN 48
            WHEN e.high <= 72 THEN 72 WHEN e.high <= 120 THEN 120 WHEN e.high <= 168 THEN 168
            WHEN e.high <= 336 THEN 336 WHEN e.high <= 672 THEN 672 ELSE 1000000
        END AS high_hours
    FROM ended AS e
    LEFT JOIN depth_bands AS d ON e.needle_length_mm >= d.low_mm AND e.needle_length_mm < d.high_mm
),

kinds AS (
    SELECT 'all' AS place, 'all' AS dimension, 'all' AS code, participant_id, dealt, low_hours, high_hours
    FROM widened WHERE effect IS NULL
    UNION ALL
    SELECT 'all', 'depth', depth, participant_id, dealt, low_hours, high_hours FROM widened WHERE depth IS NOT NULL
    UNION ALL
    SELECT 'all', 'device', device, participant_id, dealt, low_hours, high_hours FROM widened WHERE device IS NOT NULL
    UNION ALL
    SELECT 'all', 'setting', setting, participant_id, dealt, low_hours, high_hours
    FROM widened WHERE setting IS NOT NULL
    UNION ALL
    SELECT setting, 'depth', depth, participant_id, dealt, low_hours, high_hours
    FROM widened WHERE depth IS NOT NULL AND setting IS NOT NULL
    UNION ALL
    SELECT setting, 'device', device, participant_id, dealt, low_hours, high_hours
    FROM widened WHERE device IS NOT NULL AND setting IS NOT NULL
    UNION ALL
    SELECT 'all', 'effect', effect, participant_id, dealt, low_hours, high_hours FROM widened WHERE effect IS NOT NULL
),

people AS (
    SELECT place, dimension, code, count(DISTINCT participant_id) AS people FROM kinds GROUP BY place, dimension, code
)

SELECT k.place, k.dimension, k.code, k.dealt, k.low_hours, k.high_hours, count(*) AS n, p.people
FROM kinds AS k
INNER JOIN people AS p ON p.place = k.place AND p.dimension = k.dimension AND p.code = k.code
GROUP BY k.place, k.dimension, k.code, k.dealt, k.low_hours, k.high_hours, p.people
ORDER BY k.place, k.dimension, k.code, k.dealt, k.low_hours, k.high_hours

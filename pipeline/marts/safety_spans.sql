-- grain: place x dimension x code x dealt x low_hours x high_hours (sessions after which all was over after low and by high)
-- People are dealt into 25 groups, whose differences tell how far people differ. Hours are widened to the marks below:
-- between two of them nothing more is said. -1: nobody saw it there; 1000000: nobody saw the end. dimension effect: that one.
WITH told AS (
    SELECT
        session_id,
        participant_id,
        effect,
        needle_length_mm,
        device,
        setting,
        CASE
            WHEN resolved_after_hours IS NULL OR resolved_after_hours = asked_after_hours
                THEN coalesce(floor(still_present_at_hours), -1)
            ELSE ceil(resolved_after_hours) - 1
        END AS low,
        CASE WHEN resolved_after_hours IS NULL THEN 1000000 ELSE ceil(resolved_after_hours) END AS high
    FROM safety_answers
    WHERE effect <> 'none'
),

-- back to normal when the last of its effects is over
ended AS (
    SELECT
        participant_id, device, setting, needle_length_mm, CAST(NULL AS VARCHAR) AS effect,
        least(max(low), max(high) - 1) AS low, max(high) AS high
    FROM told
    GROUP BY session_id, participant_id, device, setting, needle_length_mm
    UNION ALL
    SELECT participant_id, NULL, NULL, NULL, effect, least(low, high - 1), high
    FROM told
),

widened AS (
    SELECT
        participant_id,
        device,
        setting,
        needle_length_mm,
        effect,
        CAST(participant_id % 25 AS INTEGER) AS dealt,
        CASE
            WHEN low >= 672 THEN 672 WHEN low >= 336 THEN 336 WHEN low >= 168 THEN 168 WHEN low >= 120 THEN 120
            WHEN low >= 72 THEN 72 WHEN low >= 48 THEN 48 WHEN low >= 24 THEN 24 WHEN low >= 12 THEN 12
            WHEN low >= 8 THEN 8 WHEN low >= 4 THEN 4 WHEN low >= 2 THEN 2 WHEN low >= 1 THEN 1
            WHEN low >= 0 THEN 0 ELSE -1
        END AS low_hours,
        CASE
            WHEN high <= 0 THEN 0 WHEN high <= 1 THEN 1 WHEN high <= 2 THEN 2 WHEN high <= 4 THEN 4
            WHEN high <= 8 THEN 8 WHEN high <= 12 THEN 12 WHEN high <= 24 THEN 24 WHEN high <= 48 THEN 48
            WHEN high <= 72 THEN 72 WHEN high <= 120 THEN 120 WHEN high <= 168 THEN 168
            WHEN high <= 336 THEN 336 WHEN high <= 672 THEN 672 ELSE 1000000
        END AS high_hours
    FROM ended
),

counted AS (
    SELECT device, setting, needle_length_mm, effect, dealt, low_hours, high_hours, count(*) AS n
    FROM widened
    GROUP BY device, setting, needle_length_mm, effect, dealt, low_hours, high_hours
),

described AS (
    SELECT DISTINCT
        c.device AS kind_device,
        c.setting AS kind_setting,
        c.needle_length_mm,
        CASE WHEN c.effect IS NULL THEN 'all' END AS "all",
        d.code AS depth,
        CAST(c.device AS VARCHAR) AS device,
        CAST(c.setting AS VARCHAR) AS setting,
        c.effect,
        c.effect AS kind_effect
    FROM counted AS c
    LEFT JOIN depth_bands AS d ON c.needle_length_mm >= d.low_mm AND c.needle_length_mm < d.high_mm
),

dimensions AS (
    SELECT kind_device, kind_setting, needle_length_mm, kind_effect, dimension, code
    FROM described
    UNPIVOT (code FOR dimension IN ("all", depth, device, setting, effect))
),

cells AS (
    SELECT kind_device, kind_setting, needle_length_mm, kind_effect, 'all' AS place, dimension, code FROM dimensions
    UNION ALL
    SELECT kind_device, kind_setting, needle_length_mm, kind_effect, CAST(kind_setting AS VARCHAR), dimension, code
    FROM dimensions
    WHERE kind_setting IS NOT NULL AND dimension IN ('depth', 'device')
),

people AS (
    SELECT c.place, c.dimension, c.code, count(DISTINCT w.participant_id) AS people
    FROM (SELECT DISTINCT participant_id, device, setting, needle_length_mm, effect FROM widened) AS w
    INNER JOIN cells AS c
        ON
            c.kind_device IS NOT DISTINCT FROM w.device AND c.kind_setting IS NOT DISTINCT FROM w.setting
            AND c.needle_length_mm IS NOT DISTINCT FROM w.needle_length_mm AND c.kind_effect IS NOT DISTINCT FROM w.effect
    GROUP BY c.place, c.dimension, c.code
)

SELECT
    c.place, c.dimension, c.code, w.dealt, w.low_hours, w.high_hours, CAST(sum(w.n) AS BIGINT) AS n, p.people
FROM counted AS w
INNER JOIN cells AS c
    ON
        c.kind_device IS NOT DISTINCT FROM w.device AND c.kind_setting IS NOT DISTINCT FROM w.setting
        AND c.needle_length_mm IS NOT DISTINCT FROM w.needle_length_mm AND c.kind_effect IS NOT DISTINCT FROM w.effect
INNER JOIN people AS p ON p.place = c.place AND p.dimension = c.dimension AND p.code = c.code
GROUP BY c.place, c.dimension, c.code, w.dealt, w.low_hours, w.high_hours, p.people
ORDER BY c.place, c.dimension, c.code, w.dealt, w.low_hours, w.high_hours

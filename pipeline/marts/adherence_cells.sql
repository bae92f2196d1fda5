-- grain: dimension x code x visit_week x measure x level (people; everybody stands at one level of a measure, or at none)
-- plan: sessions logged of those planned. gap: longest time between two sessions. Needling that was given up is no gap.
-- reason: of those who gave up needling or reporting, what was told of why.
WITH told AS (
    SELECT
        visit_week, depth, device, setting, diagnosis, sex, age, stage, 'plan' AS measure,
        CASE
            WHEN n_done < 0.5 * n_planned THEN 'under_half'
            WHEN n_done < 0.8 * n_planned THEN 'half_to_most'
            WHEN n_done <= 1.2 * n_planned THEN 'as_planned'
            ELSE 'more'
        END AS level
    FROM followed_needling
    WHERE n_planned IS NOT NULL AND n_done IS NOT NULL
    UNION ALL
    SELECT
        visit_week, depth, device, setting, diagnosis, sex, age, stage, 'gap',
        CASE
            WHEN longest_gap_days IS NULL THEN 'one_session'
            WHEN longest_gap_days <= 7 THEN 'up_to_7'
            WHEN longest_gap_days <= 14 THEN '8_to_14'
            WHEN longest_gap_days <= 28 THEN '15_to_28'
            WHEN longest_gap_days <= 56 THEN '29_to_56'
            ELSE 'over_56'
        END
    FROM followed_needling
    WHERE n_done IS NOT NULL
    UNION ALL
    SELECT
        visit_week, depth, device, setting, diagnosis, sex, age, stage, 'switched_depth',
        CASE WHEN switched_depth THEN 'yes' ELSE 'no' END
    FROM followed_needling
    WHERE n_done IS NOT NULL
    UNION ALL
    SELECT
        visit_week, depth, device, setting, diagnosis, sex, age, stage, 'switched_device',
        CASE WHEN switched_device THEN 'yes' ELSE 'no' END
    FROM followed_needling
    WHERE n_done IS NOT NULL
    UNION ALL
    SELECT
        visit_week, depth, device, setting, diagnosis, sex, age, stage, 'switched_setting',
        CASE WHEN switched_setting THEN 'yes' ELSE 'no' END
    FROM followed_needling
    WHERE n_done IS NOT NULL
    UNION ALL
    SELECT
        visit_week, depth, device, setting, diagnosis, sex, age, stage, 'stopped_needling',
        CASE WHEN stopped_needling THEN 'yes' ELSE 'no' END
    FROM followed_needling
    WHERE stopped_needling IS NOT NULL
    UNION ALL
    SELECT
        visit_week, depth, device, setting, diagnosis, sex, age, stage, 'stopped_reporting',
        CASE WHEN stopped_reporting THEN 'yes' ELSE 'no' END
    FROM followed_needling
    WHERE stopped_reporting IS NOT NULL
    UNION ALL
    SELECT visit_week, depth, device, setting, diagnosis, sex, age, stage, 'reason', coalesce(reason, 'not_told')
    FROM followed_needling
    WHERE stopped_needling OR stopped_reporting
),

cells AS (
    SELECT
        visit_week,
        measure,
        level,
        CASE
            WHEN grouping(depth) = 0 THEN 'depth' WHEN grouping(device) = 0 THEN 'device'
            WHEN grouping(setting) = 0 THEN 'setting' WHEN grouping(diagnosis) = 0 THEN 'diagnosis'
            WHEN grouping(sex) = 0 THEN 'sex' WHEN grouping(age) = 0 THEN 'age'
            WHEN grouping(stage) = 0 THEN 'stage' ELSE 'all'
        END AS dimension,
        CASE
            WHEN grouping(depth) = 0 THEN depth WHEN grouping(device) = 0 THEN device
            WHEN grouping(setting) = 0 THEN setting WHEN grouping(diagnosis) = 0 THEN diagnosis
            WHEN grouping(sex) = 0 THEN sex WHEN grouping(age) = 0 THEN age
            WHEN grouping(stage) = 0 THEN stage ELSE 'all'
        END AS code,
        count(*) AS n
    FROM told
    GROUP BY GROUPING SETS (
        (visit_week, measure, level),
        (visit_week, measure, level, depth),
        (visit_week, measure, level, device),
        (visit_week, measure, level, setting),
        (visit_week, measure, level, diagnosis),
        (visit_week, measure, level, sex),
        (visit_week, measure, level, age),
        (visit_week, measure, level, stage)
    )
)

SELECT dimension, code, visit_week, measure, level, n
FROM cells
WHERE code IS NOT NULL
ORDER BY dimension, code, visit_week, measure, level

-- grain: dimension x code x visit_week x measure x level (people; everybody stands at one level of a measure, or at none)
-- plan: sessions logged of those planned. gap: longest time between two sessions. Needling that was given up is no gap.
-- reason: of those who gave up needling or reporting, what was told of why.
WITH measures AS (
    SELECT measure
    FROM (
        VALUES ('plan'), ('gap'), ('switched_depth'), ('switched_device'), ('switched_setting'), ('stopped_needling'),
        ('stopped_reporting'), ('reason')
    ) AS m(measure)
),

told AS (
    SELECT
        f.visit_week, f.depth, f.device, f.setting, f.diagnosis, f.sex, f.age, f.stage,
        m.measure,
        CASE
            WHEN m.measure = 'plan' AND f.n_done < 0.5 * f.n_planned THEN 'under_half'
            WHEN m.measure = 'plan' AND f.n_done < 0.8 * f.n_planned THEN 'half_to_most'
            WHEN m.measure = 'plan' AND f.n_done <= 1.2 * f.n_planned THEN 'as_planned'
            WHEN m.measure = 'plan' AND f.n_done > 1.2 * f.n_planned THEN 'more'
            WHEN m.measure = 'gap' AND f.n_done = 1 THEN 'one_session'
            WHEN m.measure = 'gap' AND f.longest_gap_days <= 7 THEN 'up_to_7'
            WHEN m.measure = 'gap' AND f.longest_gap_days <= 14 THEN '8_to_14'
            WHEN m.measure = 'gap' AND f.longest_gap_days <= 28 THEN '15_to_28'
            WHEN m.measure = 'gap' AND f.longest_gap_days <= 56 THEN '29_to_56'
            WHEN m.measure = 'gap' AND f.longest_gap_days > 56 THEN 'over_56'
            WHEN m.measure = 'switched_depth' AND f.switched_depth THEN 'yes'
            WHEN m.measure = 'switched_depth' AND NOT f.switched_depth THEN 'no'
            WHEN m.measure = 'switched_device' AND f.switched_device THEN 'yes'
            WHEN m.measure = 'switched_device' AND NOT f.switched_device THEN 'no'
            WHEN m.measure = 'switched_setting' AND f.switched_setting THEN 'yes'
            WHEN m.measure = 'switched_setting' AND NOT f.switched_setting THEN 'no'
            WHEN m.measure = 'stopped_needling' AND f.stopped_needling THEN 'yes'
            WHEN m.measure = 'stopped_needling' AND NOT f.stopped_needling THEN 'no'
            WHEN m.measure = 'stopped_reporting' AND f.stopped_reporting THEN 'yes'
            WHEN m.measure = 'stopped_reporting' AND NOT f.stopped_reporting THEN 'no'
            WHEN m.measure = 'reason' AND (f.stopped_needling OR f.stopped_reporting) THEN coalesce(f.reason, 'not_told')
        END AS level
    FROM followed_needling AS f
    CROSS JOIN measures AS m
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
    WHERE level IS NOT NULL
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

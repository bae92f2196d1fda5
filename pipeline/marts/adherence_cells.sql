-- grain: dimension x code x visit_week x measure x level (people; everybody stands at one level of a measure, or at none)
-- plan: sessions logged of those planned. gap: longest time between two sessions. Needling that was given up is no gap.
-- reason: of those who gave up needling or reporting, what was told of why.
WITH told AS (
    SELECT
        visit_week,
        'all' AS "all",
        depth,
        device,
        setting,
        diagnosis,
        sex,
        age,
        stage,
        CASE
            WHEN n_done < 0.5 * n_planned THEN 'under_half'
            WHEN n_done < 0.8 * n_planned THEN 'half_to_most'
            WHEN n_done <= 1.2 * n_planned THEN 'as_planned'
            WHEN n_done > 1.2 * n_planned THEN 'more'
        END AS plan,
        CASE
            WHEN n_done = 1 THEN 'one_session'
            WHEN longest_gap_days <= 7 THEN 'up_to_7'
            WHEN longest_gap_days <= 14 THEN '8_to_14'
            WHEN longest_gap_days <= 28 THEN '15_to_28'
            WHEN longest_gap_days <= 56 THEN '29_to_56'
            WHEN longest_gap_days > 56 THEN 'over_56'
        END AS gap,
        CASE WHEN switched_depth THEN 'yes' WHEN NOT switched_depth THEN 'no' END AS switched_depth,
        CASE WHEN switched_device THEN 'yes' WHEN NOT switched_device THEN 'no' END AS switched_device,
        CASE WHEN switched_setting THEN 'yes' WHEN NOT switched_setting THEN 'no' END AS switched_setting,
        CASE WHEN stopped_needling THEN 'yes' WHEN NOT stopped_needling THEN 'no' END AS stopped_needling,
        CASE WHEN stopped_reporting THEN 'yes' WHEN NOT stopped_reporting THEN 'no' END AS stopped_reporting,
        CASE WHEN stopped_needling OR stopped_reporting THEN coalesce(reason, 'not_told') END AS reason
    FROM followed_needling
),

-- everybody alike first, so that few rows are counted for each dimension
measured AS (
    SELECT visit_week, "all", depth, device, setting, diagnosis, sex, age, stage, measure, level, count(*) AS n
    FROM told
    UNPIVOT (
        level FOR measure IN (
            plan, gap, switched_depth, switched_device, switched_setting, stopped_needling, stopped_reporting, reason
        )
    )
    GROUP BY visit_week, "all", depth, device, setting, diagnosis, sex, age, stage, measure, level
)

SELECT dimension, code, visit_week, measure, level, CAST(sum(n) AS BIGINT) AS n
FROM measured
UNPIVOT (code FOR dimension IN ("all", depth, device, setting, diagnosis, sex, age, stage))
GROUP BY dimension, code, visit_week, measure, level
ORDER BY dimension, code, visit_week, measure, level

-- grain: participant x visit_week (working table: people who needle and whose visit has passed, from time zero to the visit)
-- What a person was by day 28 tells which row they are counted in: later changes are what is counted.
WITH ends AS (
    SELECT week AS visit_week, 7 * week AS last_day FROM visits WHERE week IN (12, 24, 52)
),

logged AS (
    SELECT
        d.participant_id,
        e.visit_week,
        count(*) AS n_days,
        max(CASE WHEN d.performed_day - d.gap_days >= z.time_zero_day THEN d.gap_days END) AS longest_gap_days,
        min(d.shortest_mm) <> max(d.longest_mm) AS switched_depth,
        min(d.a_device) <> max(d.z_device) AS switched_device,
        min(d.a_setting) <> max(d.z_setting) AS switched_setting
    FROM session_days AS d
    INNER JOIN time_zero AS z ON z.participant_id = d.participant_id
    INNER JOIN ends AS e ON d.performed_day - z.time_zero_day <= e.last_day
    WHERE z.is_needling AND d.performed_day >= z.time_zero_day
    GROUP BY d.participant_id, e.visit_week
),

planned AS (
    SELECT
        p.participant_id,
        e.visit_week,
        CAST(
            least(
                floor(CAST(e.last_day AS DOUBLE) / CAST(p.planned_interval_days AS DOUBLE)) + 1,
                coalesce(p.planned_sessions, 100000)
            ) AS INTEGER
        ) AS n_planned
    FROM plan AS p
    CROSS JOIN ends AS e
    WHERE p.planned_interval_days IS NOT NULL
),

began AS (
    SELECT participant_id, depth_band, device, setting
    FROM exposure
    WHERE is_needling AND landmark_days = (SELECT min(days) FROM landmarks)
)

SELECT
    r.participant_id,
    r.visit_week,
    b.depth_band AS depth,
    b.device,
    b.setting,
    p.diagnosis,
    p.sex,
    p.age_band AS age,
    CASE WHEN p.is_early THEN 'early' WHEN NOT p.is_early THEN 'later' END AS stage,
    n.n_planned,
    CAST(g.n_days AS INTEGER) AS n_done,
    g.longest_gap_days,
    g.switched_depth,
    g.switched_device,
    g.switched_setting,
    r.stopped_needling,
    r.stopped_reporting,
    r.reason
FROM retention AS r
INNER JOIN began AS b ON b.participant_id = r.participant_id
INNER JOIN participants AS p ON p.participant_id = r.participant_id
LEFT JOIN logged AS g ON g.participant_id = r.participant_id AND g.visit_week = r.visit_week
LEFT JOIN planned AS n ON n.participant_id = r.participant_id AND n.visit_week = r.visit_week
WHERE r.is_due

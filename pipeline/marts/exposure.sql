-- grain: participant x landmark
-- The arm is the plan where a course records one (intention), else what the sessions up to the landmark show.
-- Written later than the landmark, and never used to assign: n_depth_switches, adjuncts_started_later, started_needling_later.
WITH arms AS (
    SELECT
        z.participant_id,
        m.days AS landmark_days,
        z.is_needling,
        z.is_prevalent,
        z.started_needling_later,
        z.time_zero_day,
        CASE
            WHEN NOT z.is_needling THEN 'none' WHEN c.participant_id IS NOT NULL THEN 'course' ELSE 'sessions'
        END AS exposure_source,
        coalesce(h.n_session_days, 0) AS n_session_days,
        coalesce(c.needle_length_mm, h.needle_length_mm) AS needle_length_mm,
        CASE WHEN c.needle_length_mm IS NOT NULL THEN FALSE ELSE h.is_depth_tied END AS is_depth_tied,
        coalesce(c.sessions_per_week, h.sessions_per_week) AS sessions_per_week,
        h.median_interval_days,
        h.longest_gap_days,
        CASE WHEN z.is_needling THEN coalesce(w.n_depth_switches, 0) END AS n_depth_switches,
        CASE WHEN z.is_needling THEN coalesce(c.device, h.device) ELSE 'none' END AS device,
        CASE WHEN z.is_needling THEN coalesce(c.setting, h.setting) ELSE 'none' END AS setting,
        coalesce(z.left_day < z.time_zero_day + m.days, FALSE) AS has_left,
        coalesce(
            z.observed_until_day < greatest(z.time_zero_day + m.days, z.start_known_day), FALSE
        ) AS is_not_yet_observed
    FROM time_zero AS z
    CROSS JOIN landmarks AS m
    LEFT JOIN plan AS c ON c.participant_id = z.participant_id
    LEFT JOIN session_habit AS h ON h.participant_id = z.participant_id AND h.landmark_days = m.days
    LEFT JOIN depth_switches AS w ON w.participant_id = z.participant_id
),

settled AS (
    SELECT
        *,
        CASE
            WHEN has_left THEN 'left_before_landmark'
            WHEN is_not_yet_observed THEN 'not_yet_observed'
            WHEN is_needling AND (needle_length_mm IS NULL OR sessions_per_week IS NULL) THEN 'too_few_sessions'
        END AS unsettled_reason
    FROM arms
)

SELECT
    s.participant_id,
    s.landmark_days,
    s.exposure_source,
    s.is_needling,
    s.is_prevalent,
    s.started_needling_later,
    s.time_zero_day,
    s.unsettled_reason IS NULL AS is_settled,
    s.unsettled_reason,
    s.n_session_days,
    s.needle_length_mm,
    s.is_depth_tied,
    CASE WHEN s.is_needling THEN d.code ELSE 'none' END AS depth_band,
    s.sessions_per_week,
    CASE WHEN s.is_needling THEN f.code ELSE 'none' END AS frequency_band,
    CASE
        WHEN NOT s.is_needling THEN 'none'
        WHEN s.needle_length_mm IS NOT NULL AND s.sessions_per_week IS NOT NULL THEN coalesce(g.code, 'other')
    END AS schedule,
    s.median_interval_days,
    s.longest_gap_days,
    s.n_depth_switches,
    s.device,
    s.setting,
    coalesce(a.adjuncts_asked, FALSE) AS adjuncts_asked,
    a.adjuncts_at_zero,
    a.adjuncts_over_6_months,
    a.adjuncts_under_6_months,
    coalesce(a.adjuncts_started_later, CAST([] AS VARCHAR[])) AS adjuncts_started_later,
    a.adjunct
FROM settled AS s
LEFT JOIN adjuncts AS a ON a.participant_id = s.participant_id AND a.landmark_days = s.landmark_days
LEFT JOIN depth_bands AS d ON s.needle_length_mm >= d.low_mm AND s.needle_length_mm < d.high_mm
LEFT JOIN frequency_bands AS f
    ON s.sessions_per_week >= f.low_per_week AND s.sessions_per_week < f.high_per_week
LEFT JOIN schedules AS g
    ON
        s.needle_length_mm >= g.depth_low_mm AND s.needle_length_mm < g.depth_high_mm
        AND s.sessions_per_week >= g.weekly_low AND s.sessions_per_week < g.weekly_high
ORDER BY s.landmark_days, s.participant_id

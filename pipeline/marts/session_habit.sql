-- grain: participant x landmark (working table: what the sessions up to the landmark say; counts participant-days,
-- not sessions)
-- Each day is counted once, for the first landmark it lies before, and those counts are added up for the later ones.
WITH spans AS (
    SELECT days AS until_days, lag(days, 1, -1) OVER (ORDER BY days) AS after_days FROM landmarks
),

in_window AS (
    SELECT
        d.*,
        p.until_days,
        CASE WHEN d.performed_day - d.gap_days >= z.time_zero_day THEN d.gap_days END AS interval_days
    FROM session_days AS d
    INNER JOIN time_zero AS z ON z.participant_id = d.participant_id
    INNER JOIN spans AS p
        ON d.performed_day - z.time_zero_day > p.after_days AND d.performed_day - z.time_zero_day <= p.until_days
    -- most days are later than every landmark: told before each is held against all of them
    WHERE z.is_needling AND d.performed_day - z.time_zero_day <= (SELECT max(days) FROM landmarks)
),

rhythm AS (
    SELECT
        w.participant_id,
        m.days AS landmark_days,
        CAST(count(*) AS INTEGER) AS n_session_days,
        7.0 * CAST(count(*) - 1 AS DOUBLE)
        / CAST(nullif(max(w.performed_day) - min(w.performed_day), 0) AS DOUBLE) AS sessions_per_week,
        median(w.interval_days) AS median_interval_days,
        max(w.interval_days) AS longest_gap_days
    FROM in_window AS w
    INNER JOIN landmarks AS m ON m.days >= w.until_days
    GROUP BY w.participant_id, m.days
),

-- of the other days session_days says it all; what a day says, it says once, however many sessions it has
mixed AS (
    SELECT w.participant_id, w.until_days, w.performed_day, s.needle_length_mm, s.device, s.setting
    FROM in_window AS w
    INNER JOIN sessions AS s ON s.participant_id = w.participant_id AND s.performed_day = w.performed_day
    WHERE NOT w.is_single
),

depths AS (
    SELECT participant_id, until_days, shortest_mm AS needle_length_mm, count(*) AS n
    FROM in_window WHERE is_single GROUP BY participant_id, until_days, shortest_mm
    UNION ALL
    SELECT participant_id, until_days, needle_length_mm, count(DISTINCT performed_day)
    FROM mixed GROUP BY participant_id, until_days, needle_length_mm
),

devices AS (
    SELECT participant_id, until_days, a_device AS device, count(*) AS n
    FROM in_window WHERE is_single GROUP BY participant_id, until_days, a_device
    UNION ALL
    SELECT participant_id, until_days, device, count(DISTINCT performed_day)
    FROM mixed GROUP BY participant_id, until_days, device
),

settings AS (
    SELECT participant_id, until_days, a_setting AS setting, count(*) AS n
    FROM in_window WHERE is_single GROUP BY participant_id, until_days, a_setting
    UNION ALL
    SELECT participant_id, until_days, setting, count(DISTINCT performed_day)
    FROM mixed GROUP BY participant_id, until_days, setting
),

depth_places AS (
    SELECT
        d.participant_id,
        m.days AS landmark_days,
        d.needle_length_mm,
        rank() OVER (PARTITION BY d.participant_id, m.days ORDER BY sum(d.n) DESC) AS place
    FROM depths AS d
    INNER JOIN landmarks AS m ON m.days >= d.until_days
    GROUP BY d.participant_id, m.days, d.needle_length_mm
),

-- a tie is flagged, and the shortest of the tied lengths taken, so that a run without the tied ones is possible
modal_depth AS (
    SELECT participant_id, landmark_days, min(needle_length_mm) AS needle_length_mm, count(*) > 1 AS is_depth_tied
    FROM depth_places
    WHERE place = 1
    GROUP BY participant_id, landmark_days
),

modal_device AS (
    SELECT
        d.participant_id,
        m.days AS landmark_days,
        d.device,
        row_number() OVER (PARTITION BY d.participant_id, m.days ORDER BY sum(d.n) DESC, d.device) AS place
    FROM devices AS d
    INNER JOIN landmarks AS m ON m.days >= d.until_days
    GROUP BY d.participant_id, m.days, d.device
),

modal_setting AS (
    SELECT
        s.participant_id,
        m.days AS landmark_days,
        s.setting,
        row_number() OVER (PARTITION BY s.participant_id, m.days ORDER BY sum(s.n) DESC, s.setting) AS place
    FROM settings AS s
    INNER JOIN landmarks AS m ON m.days >= s.until_days
    GROUP BY s.participant_id, m.days, s.setting
),

-- fewer than three session days say neither how deep nor how often
regular AS (
    SELECT participant_id, landmark_days, sessions_per_week FROM rhythm WHERE n_session_days >= 3
)

SELECT
    r.participant_id,
    r.landmark_days,
    r.n_session_days,
    r.median_interval_days,
    r.longest_gap_days,
    g.sessions_per_week,
    m.needle_length_mm,
    m.is_depth_tied,
    d.device,
    s.setting
FROM rhythm AS r
LEFT JOIN regular AS g ON g.participant_id = r.participant_id AND g.landmark_days = r.landmark_days
LEFT JOIN modal_depth AS m ON m.participant_id = g.participant_id AND m.landmark_days = g.landmark_days
LEFT JOIN modal_device AS d
    ON d.participant_id = g.participant_id AND d.landmark_days = g.landmark_days AND d.place = 1
LEFT JOIN modal_setting AS s
    ON s.participant_id = g.participant_id AND s.landmark_days = g.landmark_days AND s.place = 1

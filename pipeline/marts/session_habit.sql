-- grain: participant x landmark (working table: what the sessions up to the landmark say; counts participant-days,
-- not sessions)
WITH in_window AS (
    SELECT d.participant_id, l.days AS landmark_days, d.performed_day
    FROM session_days AS d
    INNER JOIN time_zero AS z ON z.participant_id = d.participant_id
    INNER JOIN landmarks AS l ON d.performed_day <= z.time_zero_day + l.days
    WHERE z.is_needling AND d.performed_day >= z.time_zero_day
),

intervals AS (
    SELECT
        *,
        performed_day
        - lag(performed_day) OVER (PARTITION BY participant_id, landmark_days ORDER BY performed_day) AS interval_days
    FROM in_window
),

rhythm AS (
    SELECT
        participant_id,
        landmark_days,
        CAST(count(*) AS INTEGER) AS n_session_days,
        7.0 * CAST(count(*) - 1 AS DOUBLE)
        / CAST(nullif(max(performed_day) - min(performed_day), 0) AS DOUBLE) AS sessions_per_week,
        median(interval_days) AS median_interval_days,
        max(interval_days) AS longest_gap_days
    FROM intervals
    GROUP BY participant_id, landmark_days
),

-- fewer than three session days say neither how deep nor how often
regular AS (
    SELECT r.participant_id, r.landmark_days, z.time_zero_day, z.time_zero_day + r.landmark_days AS until_day
    FROM rhythm AS r
    INNER JOIN time_zero AS z ON z.participant_id = r.participant_id
    WHERE r.n_session_days >= 3
),

-- what a day says, it says once, however many sessions it has
said AS (
    SELECT DISTINCT g.participant_id, g.landmark_days, s.performed_day, s.needle_length_mm, s.device, s.setting
    FROM sessions AS s
    INNER JOIN regular AS g
        ON g.participant_id = s.participant_id AND s.performed_day BETWEEN g.time_zero_day AND g.until_day
),

depth_places AS (
    SELECT
        participant_id,
        landmark_days,
        needle_length_mm,
        rank() OVER (PARTITION BY participant_id, landmark_days ORDER BY count(*) DESC) AS place
    FROM (SELECT DISTINCT participant_id, landmark_days, performed_day, needle_length_mm FROM said)
    GROUP BY participant_id, landmark_days, needle_length_mm
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
        participant_id,
        landmark_days,
        device,
        row_number() OVER (PARTITION BY participant_id, landmark_days ORDER BY count(*) DESC, device) AS place
    FROM (SELECT DISTINCT participant_id, landmark_days, performed_day, device FROM said)
    GROUP BY participant_id, landmark_days, device
),

modal_setting AS (
    SELECT
        participant_id,
        landmark_days,
        setting,
        row_number() OVER (PARTITION BY participant_id, landmark_days ORDER BY count(*) DESC, setting) AS place
    FROM (SELECT DISTINCT participant_id, landmark_days, performed_day, setting FROM said)
    GROUP BY participant_id, landmark_days, setting
)

SELECT
    r.participant_id,
    r.landmark_days,
    r.n_session_days,
    r.median_interval_days,
    r.longest_gap_days,
    CASE WHEN r.n_session_days >= 3 THEN r.sessions_per_week END AS sessions_per_week,
    m.needle_length_mm,
    m.is_depth_tied,
    d.device,
    s.setting
FROM rhythm AS r
LEFT JOIN modal_depth AS m ON m.participant_id = r.participant_id AND m.landmark_days = r.landmark_days
LEFT JOIN modal_device AS d
    ON d.participant_id = r.participant_id AND d.landmark_days = r.landmark_days AND d.place = 1
LEFT JOIN modal_setting AS s
    ON s.participant_id = r.participant_id AND s.landmark_days = r.landmark_days AND s.place = 1

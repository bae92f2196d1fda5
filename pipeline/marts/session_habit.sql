-- grain: participant (working table: what the sessions up to one landmark say; counts participant-days, not sessions)
WITH in_window AS (
    SELECT s.participant_id, s.performed_day, s.needle_length_mm, s.device, s.setting
    FROM sessions AS s
    INNER JOIN time_zero AS z ON z.participant_id = s.participant_id
    WHERE z.is_needling AND s.performed_day BETWEEN z.time_zero_day AND z.time_zero_day + $landmark_days
),

intervals AS (
    SELECT
        participant_id,
        performed_day,
        performed_day - lag(performed_day) OVER (PARTITION BY participant_id ORDER BY performed_day) AS interval_days
    FROM (SELECT DISTINCT participant_id, performed_day FROM in_window)
),

rhythm AS (
    SELECT
        participant_id,
        CAST(count(*) AS INTEGER) AS n_session_days,
        7.0 * CAST(count(*) - 1 AS DOUBLE)
        / CAST(nullif(max(performed_day) - min(performed_day), 0) AS DOUBLE) AS sessions_per_week,
        median(interval_days) AS median_interval_days,
        max(interval_days) AS longest_gap_days
    FROM intervals
    GROUP BY participant_id
),

depth_days AS (
    SELECT participant_id, needle_length_mm, count(*) AS n_days
    FROM (SELECT DISTINCT participant_id, performed_day, needle_length_mm FROM in_window)
    GROUP BY participant_id, needle_length_mm
),

depth_places AS (
    SELECT
        participant_id,
        needle_length_mm,
        rank() OVER (PARTITION BY participant_id ORDER BY n_days DESC) AS place
    FROM depth_days
),

-- a tie is flagged, and the shortest of the tied lengths taken, so that a run without the tied ones is possible
modal_depth AS (
    SELECT participant_id, min(needle_length_mm) AS needle_length_mm, count(*) > 1 AS is_depth_tied
    FROM depth_places
    WHERE place = 1
    GROUP BY participant_id
),

modal_device AS (
    SELECT
        participant_id,
        device,
        row_number() OVER (PARTITION BY participant_id ORDER BY count(*) DESC, device) AS place
    FROM (SELECT DISTINCT participant_id, performed_day, device FROM in_window)
    GROUP BY participant_id, device
),

modal_setting AS (
    SELECT
        participant_id,
        setting,
        row_number() OVER (PARTITION BY participant_id ORDER BY count(*) DESC, setting) AS place
    FROM (SELECT DISTINCT participant_id, performed_day, setting FROM in_window)
    GROUP BY participant_id, setting
)

SELECT
    r.participant_id,
    r.n_session_days,
    r.median_interval_days,
    r.longest_gap_days,
    -- fewer than three session days say neither how deep nor how often
    r.n_session_days >= 3 AS is_regular,
    CASE WHEN r.n_session_days >= 3 THEN r.sessions_per_week END AS sessions_per_week,
    CASE WHEN r.n_session_days >= 3 THEN m.needle_length_mm END AS needle_length_mm,
    CASE WHEN r.n_session_days >= 3 THEN m.is_depth_tied END AS is_depth_tied,
    CASE WHEN r.n_session_days >= 3 THEN d.device END AS device,
    CASE WHEN r.n_session_days >= 3 THEN s.setting END AS setting
FROM rhythm AS r
INNER JOIN modal_depth AS m ON m.participant_id = r.participant_id
INNER JOIN modal_device AS d ON d.participant_id = r.participant_id AND d.place = 1
INNER JOIN modal_setting AS s ON s.participant_id = r.participant_id AND s.place = 1

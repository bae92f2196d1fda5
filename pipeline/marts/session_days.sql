-- grain: participant x day with a session (working table; days count from enrolment)
-- gap_days: since the person's day with a session before, of all there are; is_switch: another needle length than on it.
WITH days AS (
    SELECT
        participant_id,
        performed_day,
        count(*) = 1 AS is_single,
        min(needle_length_mm) AS shortest_mm,
        max(needle_length_mm) AS longest_mm,
        -- two of them on one day where these differ
        min(device) AS a_device,
        max(device) AS z_device,
        min(setting) AS a_setting,
        max(setting) AS z_setting
    FROM sessions
    GROUP BY participant_id, performed_day
)

SELECT
    *,
    performed_day - lag(performed_day) OVER (PARTITION BY participant_id ORDER BY performed_day) AS gap_days,
    shortest_mm <> lag(shortest_mm) OVER (PARTITION BY participant_id ORDER BY performed_day)
    OR longest_mm <> lag(longest_mm) OVER (PARTITION BY participant_id ORDER BY performed_day) AS is_switch
FROM days

-- grain: participant x day with a session (working table; days count from enrolment)
SELECT
    participant_id,
    performed_day,
    min(needle_length_mm) AS shortest_mm,
    max(needle_length_mm) AS longest_mm,
    -- two of them on one day where these differ
    min(device) AS a_device,
    max(device) AS z_device,
    min(setting) AS a_setting,
    max(setting) AS z_setting
FROM sessions
GROUP BY participant_id, performed_day

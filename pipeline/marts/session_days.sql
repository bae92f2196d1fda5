-- grain: participant x day with a session (working table; days count from enrolment)
SELECT
    participant_id,
    performed_day,
    min(needle_length_mm) AS shortest_mm,
    max(needle_length_mm) AS longest_mm
FROM sessions
GROUP BY participant_id, performed_day

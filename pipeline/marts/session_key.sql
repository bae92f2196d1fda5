-- grain: session (working table: the small integer that stands for the record key; a person's sessions lie together)
WITH placed AS (
    SELECT
        p.participant_id,
        s.record,
        s.performed_day - CASE WHEN s.relative_days THEN 0 ELSE p.enrolled_day END AS performed_day
    FROM landing_sessions AS s
    INNER JOIN participant_key AS p ON p.participant = s.participant
)

SELECT
    CAST(row_number() OVER (ORDER BY participant_id, performed_day, record) AS INTEGER) AS session_id,
    participant_id,
    record,
    performed_day
FROM placed

-- grain: session of somebody with a side effect after one (working table: the small integer that stands for the record)
-- The numbers are those of sessions.sql.
WITH asked AS (
    SELECT DISTINCT participant FROM landing_side_effects WHERE session IS NOT NULL
),

placed AS (
    SELECT
        n.participant_id,
        n.n_before,
        s.record,
        s.performed_day - CASE WHEN s.relative_days THEN 0 ELSE n.enrolled_day END AS performed_day
    FROM landing_sessions AS s
    INNER JOIN session_count AS n ON n.participant = s.participant
    INNER JOIN asked AS a ON a.participant = s.participant
)

SELECT
    CAST(n_before + row_number() OVER (PARTITION BY participant_id ORDER BY performed_day, record) AS INTEGER)
        AS session_id,
    participant_id,
    record
FROM placed
WHERE participant_id IS NOT NULL

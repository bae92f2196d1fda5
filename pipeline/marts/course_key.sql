-- grain: course (working table: the small integer that stands for the record key)
WITH placed AS (
    SELECT
        p.participant_id,
        c.record,
        c.started_day - CASE WHEN c.relative_days THEN 0 ELSE p.enrolled_day END AS started_day
    FROM landing_courses AS c
    INNER JOIN participant_key AS p ON p.participant = c.participant
)

SELECT
    CAST(row_number() OVER (ORDER BY participant_id, started_day, record) AS INTEGER) AS course_id,
    record
FROM placed

-- grain: participant (working table: the course in force at time zero, if it records needle length or interval)
WITH near AS (
    SELECT
        c.participant_id,
        c.needle_length_mm,
        c.planned_interval_days,
        c.planned_sessions,
        c.device,
        c.setting,
        row_number() OVER (
            PARTITION BY c.participant_id
            ORDER BY abs(c.started_day - z.time_zero_day), c.started_day, c.course_id
        ) AS place
    FROM courses AS c
    INNER JOIN time_zero AS z ON z.participant_id = c.participant_id
    WHERE
        z.is_needling
        AND (c.needle_length_mm IS NOT NULL OR c.planned_interval_days IS NOT NULL)
        -- a plan is often entered a few days after the first session; later than a week it is a new plan, not the intention
        AND c.started_day <= z.time_zero_day + 7
        AND coalesce(c.ended_day, z.time_zero_day) >= z.time_zero_day
)

SELECT
    participant_id,
    needle_length_mm,
    7.0 / CAST(planned_interval_days AS DOUBLE) AS sessions_per_week,
    planned_interval_days,
    planned_sessions,
    device,
    setting
FROM near
WHERE place = 1

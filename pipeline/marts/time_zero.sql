-- grain: participant (working table: where a person's clock starts, and what is known around that day)
-- Time zero is the first session or course start from enrolment on. Who starts none within the longest landmark is
-- not needling, and the clock starts at enrolment. Needling in the 90 days before it makes a prevalent user.
WITH session_span AS (
    SELECT
        participant_id,
        min(CASE WHEN performed_day >= 0 THEN performed_day END) AS first_day,
        max(CASE WHEN performed_day < 0 THEN performed_day END) AS last_day_before
    FROM session_days
    GROUP BY participant_id
),

second_session AS (
    SELECT s.participant_id, min(s.performed_day) AS second_session_day
    FROM session_days AS s
    INNER JOIN session_span AS f ON f.participant_id = s.participant_id
    WHERE s.performed_day > f.first_day
    GROUP BY s.participant_id
),

course_span AS (
    SELECT
        participant_id,
        min(CASE WHEN started_day >= 0 THEN started_day END) AS first_day,
        -- a course from before that has no end is still running
        max(CASE WHEN started_day < 0 THEN coalesce(ended_day, 0) END) AS last_day_before
    FROM courses
    GROUP BY participant_id
),

started AS (
    SELECT
        p.participant_id,
        p.prior_microneedling,
        p.observed_until_day,
        least(s.first_day, c.first_day) AS first_day,
        greatest(s.last_day_before, c.last_day_before) AS last_day_before,
        (SELECT max(days) FROM landmarks) AS latest_start_day
    FROM participants AS p
    LEFT JOIN session_span AS s ON s.participant_id = p.participant_id
    LEFT JOIN course_span AS c ON c.participant_id = p.participant_id
),

clocked AS (
    SELECT
        participant_id,
        prior_microneedling,
        observed_until_day,
        last_day_before,
        latest_start_day,
        coalesce(first_day <= latest_start_day, FALSE) AS is_needling,
        coalesce(first_day > latest_start_day, FALSE) AS started_needling_later,
        CASE WHEN first_day <= latest_start_day THEN first_day ELSE 0 END AS time_zero_day
    FROM started
),

departure AS (
    SELECT e.participant_id, min(e.occurred_day) AS left_day
    FROM events AS e
    INNER JOIN clocked AS z ON z.participant_id = e.participant_id
    -- the other events end or change the needling, not the person's being followed
    WHERE e.event IN ('lost', 'moved', 'withdrew_consent', 'died') AND e.occurred_day >= z.time_zero_day
    GROUP BY e.participant_id
)

SELECT
    z.participant_id,
    z.is_needling,
    z.started_needling_later,
    z.time_zero_day,
    coalesce(z.last_day_before >= z.time_zero_day - 90, FALSE)
    OR coalesce(z.prior_microneedling = 'within_90d', FALSE) AS is_prevalent,
    z.observed_until_day,
    -- whether somebody needles is known only once the latest day to start has passed
    CASE WHEN z.is_needling THEN z.time_zero_day ELSE z.latest_start_day END AS start_known_day,
    d.left_day,
    -- where there is no second session, the baseline ends before the first visit window opens
    CASE
        WHEN z.is_needling AND n.second_session_day IS NOT NULL THEN n.second_session_day
        ELSE z.time_zero_day + (SELECT min(7 * (week - half_width_weeks)) FROM visits) - 1
    END AS baseline_until_day
FROM clocked AS z
LEFT JOIN second_session AS n ON n.participant_id = z.participant_id
LEFT JOIN departure AS d ON d.participant_id = z.participant_id

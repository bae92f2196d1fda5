-- grain: participant x visit_week (12, 24, 52; days count from time zero)
-- Due means that the visit's window had closed when the source took its data out: not yet due is not dropped out,
-- so nothing is said about stopping there. A report is an outcome of any instrument.
WITH due_visits AS (
    SELECT week AS visit_week, 7 * (week - half_width_weeks) AS opens_day, 7 * (week + half_width_weeks) AS closes_day
    FROM visits
    WHERE week IN (12, 24, 52)
),

needling AS (
    SELECT participant_id, max(performed_day) AS last_session_day FROM session_days GROUP BY participant_id
),

course_ends AS (
    SELECT participant_id, max(ended_day) AS last_course_day FROM courses GROUP BY participant_id
),

reporting AS (
    SELECT
        o.participant_id,
        d.visit_week,
        max(o.assessed_day - z.time_zero_day) AS last_report_day,
        bool_or(o.assessed_day - z.time_zero_day BETWEEN d.opens_day AND d.closes_day) AS is_seen
    FROM (SELECT DISTINCT participant_id, assessed_day FROM outcomes WHERE assessed_day IS NOT NULL) AS o
    INNER JOIN time_zero AS z ON z.participant_id = o.participant_id
    CROSS JOIN due_visits AS d
    GROUP BY o.participant_id, d.visit_week
),

followed AS (
    SELECT
        z.participant_id,
        z.time_zero_day,
        d.visit_week,
        d.opens_day,
        d.closes_day,
        z.is_needling,
        n.last_session_day - z.time_zero_day AS last_session_day,
        -- where no session was logged, the end of the course says when needling stopped
        coalesce(n.last_session_day, c.last_course_day) - z.time_zero_day AS needled_until,
        r.last_report_day,
        coalesce(r.is_seen, FALSE) AS is_seen,
        -- without a date of extraction, what was logged later shows that the window had closed
        coalesce(
            z.observed_until_day - z.time_zero_day >= d.closes_day,
            CASE WHEN greatest(n.last_session_day - z.time_zero_day, r.last_report_day) >= d.closes_day THEN TRUE END
        ) AS is_due
    FROM time_zero AS z
    CROSS JOIN due_visits AS d
    LEFT JOIN needling AS n ON n.participant_id = z.participant_id
    LEFT JOIN course_ends AS c ON c.participant_id = z.participant_id
    LEFT JOIN reporting AS r ON r.participant_id = z.participant_id AND r.visit_week = d.visit_week
),

judged AS (
    SELECT
        *,
        CASE WHEN is_due AND is_needling THEN needled_until < opens_day END AS stopped_needling,
        CASE WHEN is_due THEN coalesce(last_report_day < opens_day, TRUE) END AS stopped_reporting
    FROM followed
),

reasons AS (
    SELECT
        j.participant_id,
        j.visit_week,
        e.event,
        row_number() OVER (
            PARTITION BY j.participant_id, j.visit_week ORDER BY e.occurred_day DESC, e.event
        ) AS place
    FROM judged AS j
    INNER JOIN events AS e ON e.participant_id = j.participant_id
    WHERE
        (j.stopped_needling OR j.stopped_reporting)
        AND e.occurred_day - j.time_zero_day BETWEEN 0 AND j.closes_day
)

SELECT
    j.participant_id,
    j.visit_week,
    j.is_due,
    j.is_seen,
    j.last_session_day,
    j.last_report_day,
    j.stopped_needling,
    j.stopped_reporting,
    r.event AS reason
FROM judged AS j
LEFT JOIN reasons AS r ON r.participant_id = j.participant_id AND r.visit_week = j.visit_week AND r.place = 1
ORDER BY j.participant_id, j.visit_week

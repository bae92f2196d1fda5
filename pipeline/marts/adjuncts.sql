-- grain: participant x landmark (working table: what else was used at time zero, as far as was asked by the landmark)
-- A start or stop known only by month or year is an interval. Where it cannot settle the question the answer is
-- unknown: the treatment is in neither list, and no adjunct arm is given.
WITH asked AS (
    SELECT
        t.participant_id,
        m.days AS landmark_days,
        bool_or(
            -- an answer at enrolment stays good for every time zero, which is at most 84 days later
            (t.treatment = 'none' AND t.asked_day BETWEEN z.time_zero_day - 90 AND z.time_zero_day + m.days)
            OR (t.treatment <> 'none' AND least(t.started_from_day, t.asked_day) <= z.time_zero_day + m.days)
        ) AS adjuncts_asked
    FROM treatments AS t
    INNER JOIN time_zero AS z ON z.participant_id = t.participant_id
    CROSS JOIN landmarks AS m
    GROUP BY t.participant_id, m.days
),

placed AS (
    SELECT
        t.participant_id,
        t.treatment,
        coalesce(t.started_from_day > z.time_zero_day, FALSE) AS is_later,
        CASE
            WHEN t.started_from_day > z.time_zero_day OR t.stopped_to_day < z.time_zero_day THEN 'off'
            WHEN
                t.started_to_day <= z.time_zero_day
                AND (t.stopped_from_day >= z.time_zero_day OR (t.stopped_from_day IS NULL AND coalesce(t.ongoing, TRUE)))
                THEN 'on'
            ELSE 'unknown'
        END AS at_zero,
        -- six months are 182 days
        CASE
            WHEN t.started_from_day > z.time_zero_day - 182 OR t.stopped_to_day < z.time_zero_day - 182 THEN 'off'
            WHEN
                t.started_to_day <= z.time_zero_day - 182
                AND (
                    t.stopped_from_day >= z.time_zero_day - 182
                    OR (t.stopped_from_day IS NULL AND coalesce(t.ongoing, TRUE))
                )
                THEN 'on'
            ELSE 'unknown'
        END AS at_six_months
    FROM treatments AS t
    INNER JOIN time_zero AS z ON z.participant_id = t.participant_id
    WHERE t.treatment <> 'none'
),

-- a change of strength is a new record: a treatment is in use where any of its records says so
used AS (
    SELECT
        participant_id,
        treatment,
        bool_or(at_zero = 'on') AS is_on,
        bool_or(at_zero = 'unknown') AND NOT bool_or(at_zero = 'on') AS is_unknown,
        bool_or(is_later) AND NOT bool_or(at_zero = 'on') AS is_later,
        bool_or(at_six_months = 'on') AS is_over_6_months,
        bool_and(at_six_months = 'off') AS is_under_6_months
    FROM placed
    GROUP BY participant_id, treatment
),

listed AS (
    SELECT
        participant_id,
        bool_or(is_unknown) AS is_unknown,
        sum(CASE WHEN is_on THEN 1 ELSE 0 END) AS n_on,
        min(CASE WHEN is_on THEN treatment END) AS first_on,
        list_sort(array_agg(treatment) FILTER (WHERE is_on)) AS at_zero,
        list_sort(array_agg(treatment) FILTER (WHERE is_on AND is_over_6_months)) AS over_6_months,
        list_sort(array_agg(treatment) FILTER (WHERE is_on AND is_under_6_months)) AS under_6_months,
        list_sort(array_agg(treatment) FILTER (WHERE is_later)) AS started_later
    FROM used
    GROUP BY participant_id
)

SELECT
    a.participant_id,
    a.landmark_days,
    a.adjuncts_asked,
    CASE WHEN a.adjuncts_asked THEN coalesce(l.at_zero, CAST([] AS VARCHAR[])) END AS adjuncts_at_zero,
    CASE WHEN a.adjuncts_asked THEN coalesce(l.over_6_months, CAST([] AS VARCHAR[])) END AS adjuncts_over_6_months,
    CASE WHEN a.adjuncts_asked THEN coalesce(l.under_6_months, CAST([] AS VARCHAR[])) END AS adjuncts_under_6_months,
    coalesce(l.started_later, CAST([] AS VARCHAR[])) AS adjuncts_started_later,
    CASE
        WHEN NOT a.adjuncts_asked OR l.is_unknown THEN NULL
        WHEN coalesce(l.n_on, 0) = 0 THEN 'none'
        WHEN l.n_on = 1 THEN l.first_on
        ELSE 'several'
    END AS adjunct
FROM asked AS a
LEFT JOIN listed AS l ON l.participant_id = a.participant_id

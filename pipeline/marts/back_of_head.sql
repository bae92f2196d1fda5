-- grain: participant x instrument x side x rater x method x visit_week
-- Changes at the back of the head, of people none of whose sessions went there: needling cannot have made them.
-- A session without a region may have gone anywhere.
WITH needled_there AS (
    SELECT DISTINCT participant_id FROM sessions WHERE coalesce(region, 'whole_scalp') IN ('occipital', 'whole_scalp')
)

SELECT
    c.participant_id,
    c.instrument,
    c.side,
    c.rater,
    c.method,
    c.visit_week,
    c.visit_day,
    c.improvement_milli
FROM outcome_change AS c
INNER JOIN instruments AS i ON i.code = c.instrument AND NOT i.is_change
LEFT JOIN needled_there AS n ON n.participant_id = c.participant_id
WHERE c.region = 'occipital' AND c.improvement_milli IS NOT NULL AND n.participant_id IS NULL
ORDER BY c.participant_id, c.instrument, c.visit_week, c.side, c.rater, c.method

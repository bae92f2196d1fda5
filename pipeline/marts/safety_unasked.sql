-- grain: effect (told without being asked: no rate can be made of it, for nobody knows who would have told)
SELECT
    effect,
    count(*) AS n_reports,
    count(DISTINCT participant_id) AS n_people,
    CAST(sum(CASE WHEN serious THEN 1 ELSE 0 END) AS BIGINT) AS n_serious,
    CAST(sum(CASE WHEN session_id IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS n_without_session
FROM side_effects
WHERE solicited = 'spontaneous' AND effect <> 'none'
GROUP BY effect
ORDER BY effect

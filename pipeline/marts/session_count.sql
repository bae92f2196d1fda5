-- grain: participant (working table: how many sessions landing holds, and how many those of the people before are)
-- checksum: as in landing_account. A person who is not in participant_key has neither id nor place.
WITH counted AS (
    SELECT
        participant,
        count(*) AS n_sessions,
        CAST(coalesce(sum(CAST(needle_length_mm * 100 AS BIGINT)), 0) AS BIGINT) AS checksum
    FROM landing_sessions
    GROUP BY participant
)

SELECT
    c.participant,
    p.participant_id,
    p.enrolled_day,
    c.n_sessions,
    c.checksum,
    sum(CASE WHEN p.participant_id IS NOT NULL THEN c.n_sessions END) OVER (ORDER BY p.participant_id)
    - c.n_sessions AS n_before
FROM counted AS c
LEFT JOIN participant_key AS p ON p.participant = c.participant

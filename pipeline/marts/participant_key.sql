-- grain: participant (working table: the small integer that stands for the pseudonym, and day 0 on the shifted scale)
WITH ranked AS (
    SELECT
        participant,
        record,
        enrolled_day,
        max(observed_until_day) OVER (PARTITION BY participant) AS observed_until_day,
        -- two sources of one namespace may both describe a person: one row speaks, always the same one
        row_number() OVER (
            PARTITION BY participant ORDER BY CASE WHEN enrolled_day IS NULL THEN 1 ELSE 0 END, source, record
        ) AS place
    FROM landing_participants
)

SELECT
    CAST(row_number() OVER (ORDER BY participant) AS INTEGER) AS participant_id,
    participant,
    record,
    enrolled_day,
    observed_until_day - enrolled_day AS observed_until_day
FROM ranked
WHERE place = 1
ORDER BY participant_id

-- grain: participant
SELECT
    k.participant_id,
    l.participant AS pseudonym,
    l.source,
    l.clinic_id,
    l.age_band,
    l.sex,
    l.diagnosis,
    l.diagnosis_by,
    l.staging_scale,
    l.stage,
    -- SALT has no stages: the percentage itself is the rank
    coalesce(g.rank, CASE WHEN l.staging_scale = 'salt' THEN TRY_CAST(l.stage AS INTEGER) END) AS stage_rank,
    g.is_early,
    l.stage_rater,
    l.years_since_onset,
    l.family_history,
    l.skin_type,
    l.prior_microneedling,
    l.prior_minoxidil_response,
    l.consent_benchmark,
    l.consent_export,
    l.enrolled_quarter,
    k.observed_until_day,
    l.lag_days,
    l.flags
FROM landing_participants AS l
INNER JOIN participant_key AS k ON k.participant = l.participant AND k.record = l.record
LEFT JOIN stages AS g ON g.scale = l.staging_scale AND g.code = l.stage
ORDER BY k.participant_id

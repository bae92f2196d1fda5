"""A published version small enough to check by hand, built with SQL.

Androgenetic alopecia, hair density at week 24, measured by software at the crown. Everybody who counts
improved by the mean of the arm plus one of (-8, -4, 0, 4, 8), each equally often, so that an arm of n
people has variance 32 n / (n - 1).

| arm          | people | mean | not due | lost | in all |
|--------------|--------|------|---------|------|--------|
| not needling |     40 |   -2 |       0 |    0 |     40 |
| 0.45 to 0.60 |     60 |    5 |       4 |   10 |     74 |
| 1.40 to 1.60 |     50 |    9 |       0 |   40 |     90 |
| 0.90 to 1.39 |      6 |    7 |       0 |    0 |      6 |

Besides: 5 prevalent, 7 unsettled, 3 with alopecia areata, 11 of an app that never measures density.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import duckdb

VERSION = "20261123T091500Z-1a2b3c"

_INSTRUMENTS = """
CREATE TABLE instruments AS SELECT *, 'false' AS needs_area FROM (VALUES
 ('hair_density', 'Hair density', '/cm2', '0', '400', '1', 'higher', 'ratio', 'false', '', '12', '7.5'),
 ('comb_count_60s', '60-second comb count', 'hairs', '0', '500', '0', 'lower', 'count', 'false', '', '12', NULL),
 ('sinclair', 'Sinclair', 'stage', '1', '5', '0', 'lower', 'ordinal', 'false', 'androgenetic_alopecia', '24', NULL),
 ('salt', 'SALT', '%', '0', '100', '0', 'lower', 'ratio', 'false', 'alopecia_areata', '12', NULL),
 ('ga_participant', 'Own global assessment', 'points', '-3', '3', '0', 'higher', 'ordinal', 'true', '', '12', NULL),
 ('shaft_diameter', 'Shaft diameter', 'um', '10', '120', '0', 'higher', 'ratio', 'false', '', '24', NULL)
) t(code, label, unit, low, high, decimals, direction, scale, is_change, diagnoses, min_follow_up_weeks,
    measurement_error)
"""

# kind of person: how many, depth band, schedule, mean, diagnosis, source, fate
_KINDS = """
CREATE TEMP TABLE kinds AS FROM (VALUES
 (1, 40, 'none',         'none',                   -2, 'androgenetic_alopecia', 'north', 'seen'),
 (2, 60, '0_45_to_0_60', 'half_mm_twice_weekly',    5, 'androgenetic_alopecia', 'north', 'seen'),
 (3, 10, '0_45_to_0_60', 'half_mm_twice_weekly',    5, 'androgenetic_alopecia', 'north', 'lost'),
 (4,  4, '0_45_to_0_60', 'half_mm_twice_weekly',    5, 'androgenetic_alopecia', 'north', 'not_due'),
 (5, 50, '1_40_to_1_60', 'one_and_half_mm_weekly',  9, 'androgenetic_alopecia', 'south', 'seen'),
 (6, 40, '1_40_to_1_60', 'one_and_half_mm_weekly',  9, 'androgenetic_alopecia', 'south', 'lost'),
 (7,  6, '0_90_to_1_39', 'other',                   7, 'androgenetic_alopecia', 'south', 'seen'),
 (8,  5, '0_90_to_1_39', 'other',                   7, 'androgenetic_alopecia', 'south', 'prevalent'),
 (9,  7, NULL,           NULL,                      0, 'androgenetic_alopecia', 'north', 'unsettled'),
 (10, 3, '0_45_to_0_60', 'half_mm_twice_weekly',    5, 'alopecia_areata',       'north', 'seen'),
 (11, 11, '0_45_to_0_60', 'half_mm_twice_weekly',   5, 'androgenetic_alopecia', 'app',   'unmeasured')
) t(kind, n, depth, schedule, mean, diagnosis, source, fate);
CREATE TEMP TABLE person AS
SELECT (row_number() OVER (ORDER BY kind, i))::INTEGER AS participant_id, i, k.* FROM kinds k, range(k.n) r(i);
"""

_TABLES = """
CREATE TABLE participants AS
SELECT participant_id, source, source AS clinic_id, CASE i % 2 WHEN 0 THEN '30-39' ELSE '40-49' END AS age_band,
  CASE i % 3 WHEN 0 THEN 'female' ELSE 'male' END AS sex, diagnosis, 'norwood' AS staging_scale,
  CASE i % 2 WHEN 0 THEN 'II' ELSE 'IV' END AS stage, i % 2 = 0 AS is_early, 'II' AS skin_type,
  CASE i % 2 WHEN 0 THEN 2 ELSE 5 END AS stage_rank,
  CASE WHEN i % 7 <> 0 THEN 1.5 * (i % 7) END AS years_since_onset,
  CASE i % 2 WHEN 0 THEN 'never' END AS prior_microneedling, 'never_used' AS prior_minoxidil_response,
  '2025Q1' AS enrolled_quarter,
  CASE fate WHEN 'not_due' THEN 150 ELSE 500 END AS observed_until_day
FROM person;
CREATE TABLE exposure AS
SELECT participant_id, d.days AS landmark_days, depth <> 'none' AS is_needling, fate = 'prevalent' AS is_prevalent,
  2 AS time_zero_day, fate <> 'unsettled' AS is_settled,
  CASE fate WHEN 'unsettled' THEN 'too_few_sessions' END AS unsettled_reason, depth AS depth_band,
  CASE depth WHEN 'none' THEN 'none' WHEN '1_40_to_1_60' THEN 'weekly' ELSE 'twice_weekly' END AS frequency_band,
  schedule, CASE WHEN depth = 'none' THEN 'none' WHEN i % 2 = 0 THEN 'dermaroller' ELSE 'dermastamp' END AS device,
  CASE WHEN depth = 'none' THEN 'none' WHEN source = 'north' THEN 'home' ELSE 'clinic' END AS setting,
  CASE depth WHEN '0_45_to_0_60' THEN 0.5 WHEN '1_40_to_1_60' THEN 1.5 WHEN '0_90_to_1_39' THEN 1.0 END
    AS needle_length_mm,
  CASE depth WHEN 'none' THEN NULL WHEN '1_40_to_1_60' THEN 1.0 ELSE 2.0 END AS sessions_per_week,
  CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN [] ELSE ['minoxidil_topical'] END AS adjuncts_at_zero,
  CASE i % 4 WHEN 0 THEN NULL WHEN 2 THEN ['minoxidil_topical'] ELSE [] END AS adjuncts_over_6_months,
  CASE i % 4 WHEN 0 THEN NULL WHEN 3 THEN ['minoxidil_topical'] ELSE [] END AS adjuncts_under_6_months,
  i % 10 = 0 AS is_depth_tied, i % 3 AS n_depth_switches, false AS started_needling_later,
  []::VARCHAR[] AS adjuncts_started_later, i % 4 <> 0 AS adjuncts_asked,
  CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN 'none' ELSE 'minoxidil_topical' END AS adjunct
FROM person, (VALUES (28), (56), (84)) d(days);
CREATE TABLE baseline AS
SELECT participant_id, 'hair_density' AS instrument, 'crown' AS region, NULL::VARCHAR AS side, 'software' AS rater,
  NULL::VARCHAR AS method, 0 AS baseline_day, 150000::BIGINT AS baseline_milli, 1::BIGINT AS n_values
FROM person WHERE fate <> 'unmeasured';
CREATE TABLE outcome_change AS
WITH seen AS (SELECT * FROM person WHERE fate IN ('seen', 'prevalent', 'unsettled'))
SELECT participant_id, 'hair_density' AS instrument, 'crown' AS region, NULL::VARCHAR AS side, 'software' AS rater,
  NULL::VARCHAR AS method, 24 AS visit_week, 168 AS visit_day,
  (mean + (i % 5 - 2) * 4) * 1000::BIGINT AS improvement_milli
FROM seen
UNION ALL  -- fewer people are measured at the hairline too: they must not count twice
SELECT participant_id, 'hair_density', 'hairline', NULL, 'software', NULL, 24, 168, 90000 FROM seen WHERE kind = 2
UNION ALL
SELECT participant_id, 'sinclair', 'whole_scalp', NULL, 'clinician', NULL, 24, 168,
  (i % 3 - (kind = 2)::INT) * 1000 FROM seen
UNION ALL
SELECT participant_id, 'ga_participant', 'whole_scalp', NULL, 'participant', NULL, 24, 168, 1000
FROM person WHERE kind = 11;
CREATE TABLE back_of_head (participant_id INTEGER, instrument VARCHAR, side VARCHAR, rater VARCHAR, method VARCHAR,
  visit_week INTEGER, visit_day INTEGER, improvement_milli BIGINT);
CREATE TABLE before_start (participant_id INTEGER, instrument VARCHAR, region VARCHAR, side VARCHAR, rater VARCHAR,
  method VARCHAR, first_day INTEGER, last_day INTEGER, first_milli BIGINT, last_milli BIGINT);
CREATE TABLE sessions (session_id INTEGER, participant_id INTEGER, performed_day INTEGER, device VARCHAR,
  setting VARCHAR, needle_length_mm DOUBLE, region VARCHAR);
CREATE TABLE side_effects (participant_id INTEGER, session_id INTEGER, solicited VARCHAR, effect VARCHAR,
  asked_after_hours DOUBLE, resolved_after_hours DOUBLE, still_present_at_hours DOUBLE);
CREATE TABLE cost (participant_id INTEGER, currency VARCHAR, item VARCHAR, per_month DOUBLE);
CREATE TABLE costs (participant_id INTEGER, incurred_day INTEGER, item VARCHAR, currency VARCHAR);
CREATE TABLE retention AS
SELECT participant_id, 24 AS visit_week, fate <> 'not_due' AS is_due, fate = 'lost' AS stopped_reporting,
  fate IN ('seen', 'prevalent', 'unsettled') AS is_seen,
  fate = 'lost' AND i % 2 = 0 AS stopped_needling, CASE fate WHEN 'lost' THEN 'moved' END AS reason FROM person;
ALTER TABLE outcome_change ADD COLUMN baseline_milli BIGINT;
UPDATE outcome_change SET baseline_milli = 150000 WHERE instrument = 'hair_density';
INSERT INTO outcome_change  -- at week 12 everybody is seen who is seen at week 24, and half of the lost
SELECT participant_id, 'hair_density', 'crown', NULL, 'software', NULL, 12, 86,
  mean * 500 + (i % 3 - 1) * 2000, 150000
FROM person WHERE fate IN ('seen', 'prevalent', 'unsettled') OR (fate = 'lost' AND i % 2 = 0);
INSERT INTO baseline  -- whoever is measured later with another instrument was measured with it at the start
SELECT DISTINCT participant_id, instrument, region, side, rater, method, 0, 3000, 1
FROM outcome_change WHERE instrument IN ('sinclair');
INSERT INTO baseline
SELECT DISTINCT participant_id, instrument, region, side, rater, method, 0, 150000, 1
FROM outcome_change WHERE region = 'hairline';
CREATE TABLE landing_account AS FROM (VALUES
 ('outcomes', 3100, 225), ('participants', 236, 236), ('sessions', 4210, 189)) t(table_name, n_records, n_participants);
CREATE TABLE intercurrent AS  -- two of the deep arm had a transplant between the visits
SELECT participant_id, 'hair_transplant' AS event, 100 AS first_day FROM person WHERE kind = 5 AND i < 2;
"""


def build(con: duckdb.DuckDBPyConnection) -> None:
    """Fill an empty database."""
    for script in (_INSTRUMENTS, _KINDS, _TABLES):
        con.execute(script)


def publish(
    home: Path,
    *,
    simulated: bool = False,
    name: str = VERSION,
    fill: Callable[[duckdb.DuckDBPyConnection], None] = build,
) -> Path:
    """Make the version the current one of a home. Returns its folder."""
    folder = home / "versions" / name
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "research.duckdb")) as con:
        fill(con)
        people = con.execute("SELECT count(*) FROM participants").fetchall()[0][0]
    manifest = {
        "version": name,
        "published_at": "2026-11-23T09:15:00Z",
        "code_version": "0.1.0",
        "contract_version": "1",
        "simulated": simulated,
        "tables": {"participants": people, "sessions": 4210},
        "fingerprint": hashlib.sha256(name.encode()).hexdigest(),
        "gate": {"passed": True, "failed": [], "n_rules": 120},
        "extracted_until": "2026-11-01",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (home / "current.json").write_text(json.dumps({"version": name, "path": f"versions/{name}"}))
    return folder

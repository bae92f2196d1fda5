"""A version of a world whose truth is known: who is worse off needles more, gains less, and leaves if little is seen.

Hair density at weeks 12 and 24. Needling adds `gain` at week 24, half of it at week 12.
"""

import duckdb
import numpy as np

from tests.studies import small_version

TRUE_GAIN = 5.0


def build(
    con: duckdb.DuckDBPyConnection, people: int, *, confounding: float = 1.0, seed: int = 1, gain: float = TRUE_GAIN
) -> None:
    """Fill an empty database. With `confounding` 0 the arms are thrown by a coin."""
    con.execute(small_version._INSTRUMENTS)
    rng = np.random.default_rng(seed)
    stage = rng.integers(2, 7, people)
    needles = rng.random(people) < 1 / (1 + np.exp(-confounding * (stage - 4)))
    own = rng.normal(0, 6, people) - 2.5 * (stage - 4)
    week12 = own / 2 + gain / 2 * needles + rng.normal(0, 4, people)
    week24 = own + gain * needles + rng.normal(0, 6, people)
    leaves = rng.random(people) < 1 / (1 + np.exp((week12 + 4) / 4)) * np.where(needles, 1.2, 0.5)
    skips = rng.random(people) < 0.05
    baseline = np.rint(1800 - 50 * stage + rng.normal(0, 200, people)).astype(np.int64)
    con.register("drawn", {
        "participant_id": np.arange(people, dtype=np.int32), "stage": stage, "needles": needles,
        "week12": np.rint(week12 * 1000).astype(np.int64), "week24": np.rint(week24 * 1000).astype(np.int64),
        "leaves": leaves, "skips": skips, "baseline": baseline,
        "years": rng.integers(0, 20, people), "site": rng.integers(0, 8, people),
    })  # fmt: skip
    con.execute(_TABLES)
    con.unregister("drawn")


_TABLES = """
CREATE TEMP TABLE person AS FROM drawn;
CREATE TABLE participants AS
SELECT participant_id, 'registry' AS source, 'site-' || site AS clinic_id,
  CASE participant_id % 2 WHEN 0 THEN '30-39' ELSE '40-49' END AS age_band,
  CASE participant_id % 3 WHEN 0 THEN 'female' ELSE 'male' END AS sex, 'androgenetic_alopecia' AS diagnosis,
  'norwood' AS staging_scale, 'III' AS stage, stage AS stage_rank, stage < 4 AS is_early, 'II' AS skin_type,
  years::DOUBLE AS years_since_onset, 'never' AS prior_microneedling, 'never_used' AS prior_minoxidil_response,
  '2025Q1' AS enrolled_quarter,
  500 AS observed_until_day
FROM person;
CREATE TABLE exposure AS
SELECT participant_id, d.days AS landmark_days, needles AS is_needling, false AS is_prevalent, 0 AS time_zero_day,
  true AS is_settled, NULL::VARCHAR AS unsettled_reason,
  CASE WHEN needles THEN '0_45_to_0_60' ELSE 'none' END AS depth_band,
  'weekly' AS frequency_band, 'other' AS schedule, 'dermaroller' AS device, 'home' AS setting, true AS adjuncts_asked,
  'none' AS adjunct, CASE WHEN needles THEN 0.5 END::DOUBLE AS needle_length_mm, 1.0::DOUBLE AS sessions_per_week,
  []::VARCHAR[] AS adjuncts_at_zero, []::VARCHAR[] AS adjuncts_over_6_months, []::VARCHAR[] AS adjuncts_under_6_months,
  false AS is_depth_tied, 0 AS n_depth_switches, false AS started_needling_later,
  []::VARCHAR[] AS adjuncts_started_later
FROM person, (VALUES (28), (56), (84)) d(days);
CREATE TABLE baseline AS
SELECT participant_id, 'hair_density' AS instrument, 'crown' AS region, NULL::VARCHAR AS side, 'software' AS rater,
  NULL::VARCHAR AS method, 0 AS baseline_day, baseline * 100 AS baseline_milli, 1::BIGINT AS n_values FROM person;
CREATE TABLE outcome_change AS
SELECT participant_id, 'hair_density' AS instrument, 'crown' AS region, NULL::VARCHAR AS side, 'software' AS rater,
  NULL::VARCHAR AS method, v.visit_week, 7 * v.visit_week AS visit_day,
  CASE v.visit_week WHEN 12 THEN week12 ELSE week24 END AS improvement_milli,
  baseline * 100 AS baseline_milli
FROM person, (VALUES (12), (24)) v(visit_week)
WHERE CASE v.visit_week WHEN 12 THEN NOT skips ELSE NOT leaves END;
CREATE TABLE retention AS
SELECT participant_id, v.visit_week, true AS is_due, visit_week = 24 AND NOT leaves AS is_seen, 160 AS last_session_day,
  168 AS last_report_day, needles AND v.visit_week = 24 AND site = 1 AS stopped_needling,
  v.visit_week = 24 AND leaves AS stopped_reporting,
  CASE WHEN v.visit_week = 24 AND leaves AND site < 3 THEN 'lost' END AS reason
FROM person, (VALUES (12), (24)) v(visit_week);
CREATE TABLE intercurrent (participant_id INTEGER, event VARCHAR, first_day INTEGER);
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
"""

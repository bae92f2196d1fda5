"""A version of many invented people, written with SQL: the tables that studies read, and nothing else.

Who is worse off needles more and gains less, and who gains little leaves, so that every model has something to do.
Numbers come from hashes of the person's own number: the same people every time, whatever the number of threads.
"""

from pathlib import Path

import duckdb

from pipeline.contract import reference
from pipeline.engine.duckdb import quote_name, quote_text

VERSION = "20260101T000000Z-000000"
ROWS_PER_PERSON = 3.56
"""Outcome rows a person over six visits."""

ANSWERED = 1_000_000
"""Up to so many people a study is answered in full; above, sums alone are taken."""


AT_A_TIME = 1_000_000
"""People written at a time: what is sorted and joined then stays in memory, however many there are."""


def write(folder: Path, people: int) -> Path:
    """research.duckdb in `folder`, which is made. Returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "research.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute(_MACROS)
        _reference(con)
        for first in range(0, people, AT_A_TIME):
            con.execute(_PERSON, {"first": first, "end": min(first + AT_A_TIME, people)})
            for table, rows in _TABLES.items():
                con.execute(f"INSERT INTO {table} {rows}" if first else f"CREATE TABLE {table} AS {rows}")
        for statement in WITHOUT_ROWS:
            con.execute(statement)
    return file


def _reference(con: duckdb.DuckDBPyConnection) -> None:
    path = quote_text(str(reference.REFERENCE / "instruments.csv"))
    con.execute(f"CREATE TABLE {quote_name('instruments')} AS FROM read_csv({path}, all_varchar = true)")


_MACROS = """
CREATE TEMP MACRO u(i, k) AS ((hash(i::BIGINT * 64 + k) >> 11)::DOUBLE + 0.5) / 9007199254740992.0;
CREATE TEMP MACRO z(i, k) AS sqrt(-2 * ln(u(i, k))) * cos(2 * pi() * u(i, k + 32));
CREATE TEMP MACRO pick(i, k, words) AS words[1 + floor(u(i, k) * len(words))::INTEGER];
"""

_PERSON = """
CREATE OR REPLACE TEMP TABLE person AS
WITH drawn AS (
  SELECT i::INTEGER AS id, 1 + floor(7 * u(i, 1))::INTEGER AS stage_rank, z(i, 2) AS own, z(i, 3) AS start,
    u(i, 4) AS choice, u(i, 5) AS length
  FROM range($first, $end) r(i)
), chosen AS (
  SELECT *, choice < 1 / (1 + exp(-0.5 - 0.25 * (stage_rank - 4))) AS needles FROM drawn
)
SELECT *, CASE WHEN NOT needles THEN 'none' WHEN length < 0.5 THEN '0_45_to_0_60' WHEN length < 0.8 THEN '1_40_to_1_60'
    ELSE '0_90_to_1_39' END AS depth,
  (own * 6 - 1.5 * (stage_rank - 4))::DOUBLE AS level, (180000 - 5000 * stage_rank + start * 20000)::BIGINT AS before
FROM chosen
"""

_TABLES = {
    "participants": """
SELECT id AS participant_id, 'clinic-' || lpad((1 + floor(12 * u(id, 6)))::INTEGER::VARCHAR, 2, '0') AS source,
  'site-' || floor(40 * u(id, 7))::INTEGER AS clinic_id,
  pick(id, 8, ['18-29', '30-39', '30-39', '40-49', '40-49', '50-59', '60-69']) AS age_band,
  pick(id, 9, ['female', 'male', 'male']) AS sex, 'androgenetic_alopecia' AS diagnosis, 'norwood' AS staging_scale,
  'III' AS stage, stage_rank, stage_rank < 4 AS is_early, 'II' AS skin_type,
  CASE WHEN u(id, 10) < 0.9 THEN (u(id, 11) * 20)::DECIMAL(9, 1) END AS years_since_onset,
  pick(id, 12, ['never', 'never', 'stopped', NULL]) AS prior_microneedling,
  pick(id, 13, ['never_used', 'responder', 'non_responder', NULL]) AS prior_minoxidil_response,
  500 AS observed_until_day, '2025Q1' AS enrolled_quarter
FROM person ORDER BY id
""",
    "exposure": """
SELECT id AS participant_id, d.days AS landmark_days, needles AS is_needling, false AS is_prevalent,
  0 AS time_zero_day, u(id, 14) < 0.95 AS is_settled,
  CASE WHEN u(id, 14) >= 0.95 THEN 'too_few_sessions' END AS unsettled_reason, depth AS depth_band,
  CASE WHEN needles THEN 'weekly' ELSE 'none' END AS frequency_band, CASE WHEN needles THEN 'other' ELSE 'none' END
    AS schedule, CASE WHEN needles THEN 'dermaroller' ELSE 'none' END AS device,
  CASE WHEN needles THEN 'home' ELSE 'none' END AS setting,
  u(id, 15) < 0.9 AS adjuncts_asked, CASE WHEN u(id, 16) < 0.4 THEN 'minoxidil_topical' ELSE 'none' END AS adjunct,
  CASE depth WHEN '0_45_to_0_60' THEN 0.5 WHEN '1_40_to_1_60' THEN 1.5 WHEN '0_90_to_1_39' THEN 1.0 END
    AS needle_length_mm,
  CASE WHEN needles THEN 1.0 END AS sessions_per_week,
  CASE WHEN u(id, 16) < 0.4 THEN ['minoxidil_topical'] ELSE [] END AS adjuncts_at_zero,
  CASE WHEN u(id, 16) < 0.2 THEN ['minoxidil_topical'] ELSE [] END AS adjuncts_over_6_months,
  CASE WHEN u(id, 16) BETWEEN 0.2 AND 0.4 THEN ['minoxidil_topical'] ELSE [] END AS adjuncts_under_6_months,
  false AS is_depth_tied, 0 AS n_depth_switches, false AS started_needling_later,
  []::VARCHAR[] AS adjuncts_started_later
FROM person, (VALUES (28), (56), (84)) d(days) ORDER BY d.days, id
""",
    "baseline": """
SELECT id AS participant_id, 'hair_density' AS instrument, 'crown' AS region, NULL::VARCHAR AS side,
  'software' AS rater, NULL::VARCHAR AS method, 0 AS baseline_day,
  before AS baseline_milli, 1::BIGINT AS n_values
FROM person ORDER BY id
""",
    "outcome_change": """
WITH shown AS (  -- somebody leaves for good, the sooner the less was seen at the visit before
  SELECT p.*, v.week, v.place, p.level * least(v.week, 24) / 24 + z(p.id, 16 + v.place) * 4
    + CASE WHEN p.needles THEN 5.0 * least(v.week, 24) / 24 ELSE 0 END AS gain,
    u(p.id, 24 + v.place) < 0.1 + 0.05 * (p.own < 0)::INTEGER + 0.03 * p.needles::INTEGER AS leaves
  FROM person p, (VALUES (4, 1), (8, 2), (12, 3), (24, 4), (36, 5), (52, 6)) v(week, place)
), last_seen AS (
  SELECT id, coalesce(min(place) FILTER (leaves), 7) AS left_at FROM shown GROUP BY id
)
SELECT s.id AS participant_id, 'hair_density' AS instrument, 'crown' AS region, NULL::VARCHAR AS side,
  'software' AS rater, NULL::VARCHAR AS method, s.week AS visit_week, 0 AS baseline_day, 7 * s.week AS visit_day,
  before AS baseline_milli, before + (gain * 1000)::BIGINT AS value_milli, (gain * 1000)::BIGINT AS change_milli,
  (gain * 1000)::BIGINT AS improvement_milli
FROM shown s JOIN last_seen l USING (id)
WHERE s.place < l.left_at AND u(s.id, 40 + s.place) < 0.98
ORDER BY s.id, s.week
""",
}
"""Rows of each table for the people at hand."""

WITHOUT_ROWS = (
    "CREATE TABLE intercurrent (participant_id INTEGER, event VARCHAR, first_day INTEGER)",
    "CREATE TABLE back_of_head (participant_id INTEGER, instrument VARCHAR, side VARCHAR, rater VARCHAR, "
    "method VARCHAR, visit_week INTEGER, visit_day INTEGER, improvement_milli BIGINT)",
    "CREATE TABLE before_start (participant_id INTEGER, instrument VARCHAR, region VARCHAR, side VARCHAR, "
    "rater VARCHAR, method VARCHAR, first_day INTEGER, last_day INTEGER, first_milli BIGINT, last_milli BIGINT)",
)

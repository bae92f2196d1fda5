"""A version in which the arms of any protocol of a measured change differ as was decided.

Who is worse off is likelier to be in the first arm, changes by itself for the worse, and leaves if little is seen;
three covariates tell who that is. Tables of a version, written straight into an empty database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from benchmarks.study_people import WITHOUT_ROWS
from pipeline.contract import reference
from pipeline.studies.protocols.protocol import Protocol, ProtocolArm, Range

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Change:
    """Mean improvement of each arm at the study's week, by arm, and the standard deviation of a person's (in the
    instrument's unit); whoever is not named has 0 and the spread of `usual`. `pull` is how strongly the worse off are
    drawn into the first arm of their pair, 0 by chance alone."""

    means: Mapping[str, float] = field(default_factory=dict)
    spreads: Mapping[str, float] = field(default_factory=dict)
    usual: float = 9.0
    pull: float = 0.5


def build(con: duckdb.DuckDBPyConnection, protocol: Protocol, people: int, change: Change, seed: int) -> None:
    """Fill an empty database with people in the protocol's arms."""
    rng = np.random.default_rng((seed, 3))
    badness = rng.normal(0, 1, people)
    arm = _arms(rng, protocol, badness, change.pull)
    weeks = [int(row["week"]) for row in reference.rows("visits") if 12 <= int(row["week"]) <= protocol.outcome.week]
    weeks = sorted({*weeks, protocol.outcome.week})
    values = _values(rng, protocol, arm, badness, weeks, change)
    drawn: dict[str, Any] = {
        "participant_id": np.arange(people, dtype=np.int32), "arm": arm, "badness": badness,
        "rank": np.clip(np.rint(4 + 1.2 * badness), 1, 7).astype(np.int32), "baseline": values.baseline,
        "age": rng.integers(0, 2, people), "years": np.rint(np.abs(rng.normal(8, 4, people))),
        "site": rng.integers(0, 9, people),
    } | {f"w{week}": values.by_week[:, k] for k, week in enumerate(weeks)}  # fmt: skip
    con.register("drawn", drawn)
    con.register("reference_rows", _columns(reference.rows("instruments")))
    con.register("arm_rows", _columns([_exposure(i, one) for i, one in enumerate(protocol.arms)]))
    con.execute(_PEOPLE.format(diagnosis=protocol.people.diagnosis))
    for statement in WITHOUT_ROWS:
        con.execute(statement)
    visits = " UNION ALL ".join(_visit(week) for week in weeks)
    con.execute(_OUTCOMES.format(visits=visits, **_measured(protocol)))
    for name in ("drawn", "reference_rows", "arm_rows"):
        con.unregister(name)


@dataclass(frozen=True)
class _Values:
    """Thousandths of the unit: the baseline, and improvements people x weeks, NaN where somebody is not seen."""

    baseline: Numbers
    by_week: Numbers


def _arms(rng: np.random.Generator, protocol: Protocol, badness: Numbers, pull: float) -> npt.NDArray[np.int64]:
    """Pairs of arms by a coin (the two of an interaction), within a pair by how bad somebody is."""
    pairs = len(protocol.arms) // 2 or 1
    first = rng.random(len(badness)) < 1 / (1 + np.exp(-pull * badness))
    if len(protocol.arms) == 1:
        return np.zeros(len(badness), dtype=np.int64)
    return (2 * rng.integers(0, pairs, len(badness)) + ~first).astype(np.int64)


def _values(
    rng: np.random.Generator, protocol: Protocol, arm: Any, badness: Numbers, weeks: list[int], change: Change
) -> _Values:
    """Improvements grow in proportion to time; leaving follows the last one seen, and is for good."""
    n = len(badness)
    means = np.array([change.means.get(one.id, 0.0) for one in protocol.arms])[arm]
    spread = np.array([change.spreads.get(one.id, change.usual) for one in protocol.arms])[arm]
    share = np.array(weeks) / weeks[-1]
    own = 0.6 * rng.normal(0, 1, n) - 0.3 * (badness - badness.mean())
    noise = rng.normal(0, np.sqrt(1 - 0.36 - 0.09), (n, len(weeks)))
    gain = means[:, None] * share + spread[:, None] * (own[:, None] * np.sqrt(share) + noise)
    gone = np.zeros(n, dtype=np.bool_)
    for k in range(len(weeks)):
        seen_last = gain[:, k - 1] / change.usual if k else np.zeros(n)
        gone |= rng.random(n) < 0.25 / (1 + np.exp(1.5 * seen_last))
        gain[gone, k] = np.nan
    baseline = 150 - 10 * badness + rng.normal(0, 20, n)
    return _Values(np.rint(1000 * baseline), np.rint(1000 * gain))


def _columns(rows: Any) -> dict[str, Any]:
    return {name: np.array([row[name] for row in rows], dtype=object) for name in rows[0]}


def _exposure(place: int, arm: ProtocolArm) -> dict[str, Any]:
    """What somebody in an arm does, as words and numbers; what the arm does not say is the same for all."""
    told = arm.conditions
    needles = bool(told.get("needling", True))
    found: dict[str, Any] = {
        "arm": place, "is_needling": needles, "needle_length_mm": 0.5 if needles else -1.0,
        "sessions_per_week": 1.0 if needles else -1.0, "schedule": "other" if needles else "none",
        "device": "dermaroller" if needles else "none", "setting": "home" if needles else "none",
        "depth_band": "0_45_to_0_60" if needles else "none", "frequency_band": "weekly" if needles else "none",
        "adjunct": "none", "treatments": "", "is_over": True, "early_or_later": "",
    }  # fmt: skip
    for column, value in told.items():
        if isinstance(value, Range):
            found[column] = (value.low + value.high) / 2
        elif isinstance(value, tuple):
            name = "treatments" if column.startswith("with") else column
            found |= {name: value[0]} | ({"is_over": column != "with_under_6_months"} if name == "treatments" else {})
    return found


def _visit(week: int) -> str:
    return f"SELECT participant_id, {week} AS week, w{week} AS improvement, baseline FROM drawn"


def _measured(protocol: Protocol) -> dict[str, Any]:
    return {"instrument": protocol.outcome.instrument, "region": protocol.outcome.measured_as.get("region", "crown")}


_PEOPLE = """
CREATE TABLE instruments AS SELECT * FROM reference_rows;
CREATE TABLE participants AS
SELECT participant_id, 'registry' AS source, 'site-' || site AS clinic_id,
  CASE age WHEN 0 THEN '30-39' ELSE '40-49' END AS age_band,
  CASE participant_id % 3 WHEN 0 THEN 'female' ELSE 'male' END AS sex, '{diagnosis}' AS diagnosis,
  'norwood' AS staging_scale, 'III' AS stage, rank AS stage_rank,
  CASE early_or_later WHEN 'early' THEN true WHEN 'later' THEN false ELSE rank < 4 END AS is_early, 'II' AS skin_type,
  years::DOUBLE AS years_since_onset, 'never' AS prior_microneedling, 'never_used' AS prior_minoxidil_response,
  '2025Q1' AS enrolled_quarter, 600 AS observed_until_day
FROM drawn JOIN arm_rows USING (arm);
CREATE TABLE exposure AS
SELECT participant_id, d.days AS landmark_days, is_needling, false AS is_prevalent, 0 AS time_zero_day,
  true AS is_settled, NULL::VARCHAR AS unsettled_reason, depth_band, frequency_band, schedule, device, setting,
  true AS adjuncts_asked, adjunct, nullif(needle_length_mm, -1) AS needle_length_mm, false AS is_depth_tied,
  nullif(sessions_per_week, -1) AS sessions_per_week,
  list_filter([treatments], lambda t: t <> '') AS adjuncts_at_zero,
  list_filter([treatments], lambda t: t <> '' AND is_over) AS adjuncts_over_6_months,
  list_filter([treatments], lambda t: t <> '' AND NOT is_over) AS adjuncts_under_6_months
FROM drawn JOIN arm_rows USING (arm), (VALUES (28), (56), (84)) d(days);
CREATE TABLE sessions (session_id INTEGER, participant_id INTEGER, performed_day INTEGER, device VARCHAR,
  setting VARCHAR, needle_length_mm DOUBLE, region VARCHAR);
CREATE TABLE side_effects (participant_id INTEGER, session_id INTEGER, solicited VARCHAR, effect VARCHAR,
  asked_after_hours DOUBLE, resolved_after_hours DOUBLE, still_present_at_hours DOUBLE);
CREATE TABLE cost (participant_id INTEGER, currency VARCHAR, item VARCHAR, per_month DOUBLE);
CREATE TABLE costs (participant_id INTEGER, incurred_day INTEGER, item VARCHAR, currency VARCHAR);
"""

_OUTCOMES = """
CREATE TABLE outcome_change AS
SELECT participant_id, '{instrument}' AS instrument, '{region}' AS region, NULL::VARCHAR AS side,
  'software' AS rater, NULL::VARCHAR AS method, week::INTEGER AS visit_week, (7 * week)::INTEGER AS visit_day,
  improvement::BIGINT AS improvement_milli, baseline::BIGINT AS baseline_milli
FROM ({visits}) WHERE NOT isnan(improvement);
CREATE TABLE baseline AS
SELECT participant_id, '{instrument}' AS instrument, '{region}' AS region, NULL::VARCHAR AS side, 'software' AS rater,
  NULL::VARCHAR AS method, 0 AS baseline_day, baseline::BIGINT AS baseline_milli, 1::BIGINT AS n_values
FROM drawn;
CREATE TABLE outcomes AS
SELECT participant_id, 0 AS assessed_day, '{instrument}' AS instrument,
  round(baseline / power(10, 3 - (SELECT decimals::INTEGER FROM instruments WHERE code = '{instrument}')))::BIGINT
    AS value,
  '{region}' AS region, NULL::VARCHAR AS side, 'software' AS rater, NULL::VARCHAR AS method,
  NULL::DOUBLE AS area_cm2
FROM drawn;
"""

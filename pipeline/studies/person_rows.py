"""One row per person whose visit has come, as SQL: arm, clinic, results, and what was known at time zero.

Every number is a whole thousandth of its unit and every word is there, so that rows can be fetched, or counted and
summed where they lie, and both tell the same.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from pipeline.contract import reference
from pipeline.studies.population import Population, passed, same_stratum
from pipeline.studies.protocol import CHOSEN_STRATEGIES
from pipeline.studies.reading import fetch, run

MIN_VISIT_SHARE = 0.5
"""An earlier visit counts as one if at least this share as many were seen then as at the horizon. Rarer ones are
visits that only some clinics keep, and would make everybody else a person who skipped (judgement)."""

MILLI = 1000
UNKNOWN = "unknown"

WORDS: Mapping[str, Mapping[str, str]] = {
    "age_band": {"age_band": "p.age_band"},
    "sex": {"sex": "p.sex"},
    "stage": {"staging_scale": "p.staging_scale"},
    "prior_minoxidil_response": {"prior_minoxidil_response": "p.prior_minoxidil_response"},
    "prior_microneedling": {"prior_microneedling": "p.prior_microneedling"},
    "minoxidil": {
        "minoxidil": "CASE WHEN NOT coalesce(e.adjuncts_asked, false) THEN 'not asked' "
        "WHEN list_has_any(e.adjuncts_at_zero, ['minoxidil_topical', 'minoxidil_oral']) THEN 'yes' ELSE 'no' END"
    },
    "source": {"source": "p.source"},
}
NUMBERS: Mapping[str, Mapping[str, str]] = {
    "baseline": {"baseline": "b.baseline_milli"},
    "stage": {"stage_rank": "p.stage_rank * 1000"},
    "years_since_onset": {"years_since_onset": "round(p.years_since_onset * 1000)"},
}
"""Per covariate of a protocol, the columns it becomes, over p (participants), e (exposure) and b (baselines)."""

WITHIN: Mapping[str, str] = {"stage_rank": "staging_scale"}
"""Ranks of one scale say nothing of those of another: a number counts from the mean of its word's people."""

_SETTLED_BY_ARM = {
    "minoxidil": ("adjunct", "with", "with_over_6_months", "with_under_6_months"),
    "stage": ("stage", "early_or_later"),
}
"""A characteristic that makes the arms cannot be adjusted for."""


@dataclass(frozen=True)
class PersonRows:
    """`sql` is a table expression `row`: participant_id, arm, clinic, counted, tied, w<week>, then `names`.

    `words` and `numbers` are names in it; `names` holds both in the order in which they are adjusted for.
    """

    sql: str
    parameters: Mapping[str, Any]
    weeks: tuple[int, ...]
    names: tuple[str, ...]
    words: tuple[str, ...]
    numbers: tuple[str, ...]


def person_rows(con: duckdb.DuckDBPyConnection, population: Population) -> PersonRows:
    """The people of the protocol's arms for whom the visit has passed, seen then or not."""
    weeks, asked = _weeks(con, population), _covariates(population)
    words = {name: sql for code in asked for name, sql in WORDS.get(code, {}).items()}
    numbers = {name: sql for code in asked for name, sql in NUMBERS.get(code, {}).items()}
    names = (name for code in asked for name in (*WORDS.get(code, ()), *NUMBERS.get(code, ())))
    picked = "".join(f", coalesce({sql}, '{UNKNOWN}') AS {name}" for name, sql in words.items())
    picked += "".join(f", ({sql})::BIGINT AS {name}" for name, sql in numbers.items())
    visits = ", ".join(f"max(v.improvement_milli) FILTER (v.visit_week = {week}) AS w{week}" for week in weeks)
    sign = "-" if population.instrument.direction == "lower" else "+"
    counted = f"max(v.baseline_milli {sign} v.improvement_milli) FILTER (v.visit_week = {weeks[-1]})"
    sql = f"""{population.sql}, visit AS ({_VISITS.format(stratum=same_stratum("o"))}),
seen AS (SELECT participant_id, {counted} AS counted, {visits} FROM visit v GROUP BY ALL),
row AS (
SELECT c.participant_id, c.arm, coalesce(c.clinic_id, p.source) AS clinic, s.counted,
  coalesce(e.is_depth_tied, false) AS tied, {", ".join(f"s.w{w}" for w in weeks)}{picked}
FROM person c JOIN participants p USING (participant_id)
LEFT JOIN exposure e ON e.participant_id = c.participant_id AND e.landmark_days = $landmark
LEFT JOIN seen s ON s.participant_id = c.participant_id
LEFT JOIN baseline b ON b.participant_id = c.participant_id AND b.instrument = $instrument AND {same_stratum("b")}
WHERE {passed(len(population.steps) - 2)})"""
    return PersonRows(sql, _parameters(population), weeks, tuple(names), tuple(words), tuple(numbers))


ROWS = "study_rows"


@contextmanager
def rows_at_hand(con: duckdb.DuckDBPyConnection, population: Population) -> Iterator[PersonRows]:
    """The same, put together once, for whoever passes over them several times."""
    rows = person_rows(con, population)
    run(con, f"CREATE OR REPLACE TEMP TABLE {ROWS} AS {rows.sql} SELECT * FROM row", rows.parameters)
    try:
        yield replace(rows, sql=f"WITH row AS (FROM temp.{ROWS})", parameters={})
    finally:
        con.execute(f"DROP TABLE temp.{ROWS}")


def _covariates(population: Population) -> list[str]:
    told = population.protocol.told_by
    return [
        name
        for name in population.protocol.covariates
        if not told & set(_SETTLED_BY_ARM.get(name, ())) and (name != "baseline" or not population.instrument.is_change)
    ]


_VISITS = """
  SELECT o.participant_id, o.visit_week, o.improvement_milli, o.baseline_milli FROM outcome_change o
  WHERE o.instrument = $instrument AND o.visit_week <= $week AND o.improvement_milli IS NOT NULL
    AND (o.visit_week < $week OR o.visit_day > $landmark) AND {stratum}
    AND NOT EXISTS (
      SELECT 1 FROM events x JOIN exposure z ON z.participant_id = x.participant_id AND z.landmark_days = $landmark
      WHERE x.participant_id = o.participant_id AND list_contains($hypothetical, x.event)
        AND x.occurred_day BETWEEN z.time_zero_day AND z.time_zero_day + o.visit_day)"""
# What follows an event under the hypothetical strategy is taken as missing.


def _parameters(population: Population) -> dict[str, Any]:
    chosen = population.protocol.strategies
    return population.parameters | {"hypothetical": [e for e in CHOSEN_STRATEGIES if chosen[e] == "hypothetical"]}


def _weeks(con: duckdb.DuckDBPyConnection, population: Population) -> tuple[int, ...]:
    """The horizon, and before it each visit at which enough of the people were seen."""
    horizon = population.window.week
    sql = f"""{population.sql} SELECT o.visit_week, count(*) FROM ({_VISITS.format(stratum=same_stratum("o"))}) o
JOIN person USING (participant_id) WHERE {passed(len(population.steps) - 2)} GROUP BY ALL"""
    seen = dict(fetch(con, sql, _parameters(population)))
    known = [int(row["week"]) for row in reference.rows("visits")]
    least = MIN_VISIT_SHARE * seen.get(horizon, 0)
    return (*(w for w in known if w < horizon and seen.get(w, 0) >= max(least, 1)), horizon)

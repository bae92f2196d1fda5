"""Sessions and what was asked after them, as sums: how many, of whom, with a side effect, over in which hours.

A session counts as asked where somebody was asked about it: a report that nobody asked for tells of those who
complain, and makes no session an asked one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from pipeline.contract import reference
from pipeline.studies.estimators.clustered_share import ClusterTotals
from pipeline.studies.estimators.effect import Codes
from pipeline.studies.estimators.time_to_recovery import GROUPS, NEVER, Spans
from pipeline.studies.people.reading import bound, fetch
from pipeline.studies.protocols.filters import parse_filters
from pipeline.studies.protocols.protocol import Protocol, Recovery

DIMENSIONS: Mapping[str, str] = {"depth": "depth_bands", "device": "device", "setting": "setting"}
"""What a session was done with, where, and how deep: the rows beside the headline."""

ALL = "all"

Steps = tuple[tuple[str, str], ...]
"""What a person passes: a sentence and a condition each."""


@dataclass(frozen=True)
class Level:
    """One row: sessions of a kind. `n` of them in all, `asked` with who was asked and had one, `spans` until all
    was over; `timed` of the sessions with a side effect say anything about when."""

    dimension: str
    code: str
    n: int
    asked: ClusterTotals
    spans: Spans
    timed: int

    @property
    def asked_share(self) -> float | None:
        return self.asked.m / self.n if self.n else None


@dataclass(frozen=True)
class Sessions:
    """Everybody first, then the levels of each dimension; `attrition` counts people."""

    attrition: tuple[tuple[str, int], ...]
    levels: tuple[Level, ...]
    effects: tuple[Level, ...]

    @property
    def everybody(self) -> Level:
        return self.levels[0]


def read_sessions(con: duckdb.DuckDBPyConnection, protocol: Protocol, asked: Recovery) -> Sessions:
    """The sessions of a protocol's people up to its week. They are gathered once and then counted level by level."""
    parameters = _parameters(con, protocol, asked)
    steps = _people(con, protocol)
    _gather(con, steps, parameters)
    attrition = _attrition(con, protocol, steps, parameters)
    levels = [(ALL, ALL, "true"), *((d, code, f"{d} = '{code}'") for d in DIMENSIONS for code in _codes(d))]
    found = [_level(con, *level) for level in levels]
    effects = list[Level]()
    for effect in asked.effects:
        _gather(con, steps, parameters | {"effects": [effect]})
        effects.append(_level(con, "effect", effect, "true"))
    con.execute("DROP TABLE counted_session")
    return Sessions(attrition, tuple(one for one in found if one.n or one.dimension == ALL), tuple(effects))


def _codes(dimension: str) -> Iterator[str]:
    if dimension == "depth":
        yield from (row["code"] for row in reference.rows(DIMENSIONS[dimension]))
    else:
        yield from (term.code for term in reference.vocabulary(DIMENSIONS[dimension]))


def _parameters(con: duckdb.DuckDBPyConnection, protocol: Protocol, asked: Recovery) -> dict[str, Any]:
    filters = parse_filters(con, protocol.people.where)
    return {
        "diagnosis": protocol.people.diagnosis,
        "landmark": protocol.landmark_days,
        "last_day": 7 * protocol.outcome.week,
        "effects": list(asked.effects),
        **filters.parameters,
    }


def _people(con: duckdb.DuckDBPyConnection, protocol: Protocol) -> Steps:
    """The steps that a person passes before a session counts, as sentence and condition over p and e."""
    filters = parse_filters(con, protocol.people.where)
    person, exposure = filters.sql("person", besides=("diagnosis",)), filters.sql("exposure")
    return (
        ("all participants", "true"),
        (f"diagnosis: {reference.label('diagnosis', protocol.people.diagnosis)}", "p.diagnosis = $diagnosis"),
        *([("match the filters on people", person)] if person != "true" else []),
        *([] if protocol.people.prevalent else [_NEW]),
        *([("match the filters on exposure", exposure)] if exposure != "true" else []),
    )


_NEW = ("not already needling at the start", "NOT coalesce(e.is_prevalent, false)")


def _gather(con: duckdb.DuckDBPyConnection, steps: Steps, parameters: dict[str, Any]) -> None:
    """One row per session that counts: whether somebody was asked, and between which hours all was over."""
    bands = " ".join(
        f"WHEN s.needle_length_mm >= {float(row['low_mm'])} AND s.needle_length_mm < {float(row['high_mm'])} "
        f"THEN '{row['code']}'"
        for row in reference.rows("depth_bands")
    )
    sql = f"""
CREATE OR REPLACE TEMP TABLE counted_session AS
WITH asking AS (
  SELECT session_id, bool_or(solicited IS DISTINCT FROM 'spontaneous') AS was_asked
  FROM side_effects WHERE session_id IS NOT NULL GROUP BY session_id
), told AS (
  SELECT session_id, effect, max(asked_after_hours) AS asked_hours, max(resolved_after_hours) AS over_hours,
    max(still_present_at_hours) AS there_hours
  FROM side_effects
  WHERE session_id IS NOT NULL AND list_contains($effects, effect) AND solicited IS DISTINCT FROM 'spontaneous'
  GROUP BY ALL
), spans AS (
  SELECT session_id,
    CASE WHEN over_hours IS NULL THEN coalesce(floor(there_hours), -1)
      WHEN over_hours = asked_hours THEN coalesce(floor(there_hours), -1)
      ELSE ceil(over_hours) - 1 END AS low,
    CASE WHEN over_hours IS NULL THEN {NEVER} ELSE ceil(over_hours) END AS high
  FROM told
), ended AS (  -- back to normal when the last of its side effects is over
  SELECT session_id, max(low)::BIGINT AS low, max(high)::BIGINT AS high FROM spans GROUP BY session_id
)
SELECT s.participant_id, CASE {bands} END AS depth, s.device, s.setting,
  coalesce(a.was_asked, false) AS was_asked, d.session_id IS NOT NULL AS has_effect,
  least(d.low, d.high - 1) AS low, d.high
FROM sessions s JOIN participants p USING (participant_id)
JOIN exposure e ON e.participant_id = s.participant_id AND e.landmark_days = $landmark
LEFT JOIN asking a ON a.session_id = s.session_id LEFT JOIN ended d ON d.session_id = s.session_id
WHERE {" AND ".join(f"({condition})" for _, condition in steps)}
  AND s.performed_day BETWEEN e.time_zero_day AND e.time_zero_day + $last_day"""
    con.execute(*bound(con, sql, parameters))


def _attrition(
    con: duckdb.DuckDBPyConnection, protocol: Protocol, steps: Steps, parameters: dict[str, Any]
) -> tuple[tuple[str, int], ...]:
    counts = ", ".join(
        f"count(*) FILTER ({' AND '.join(f'coalesce(({condition}), false)' for _, condition in steps[: i + 1])})"
        for i in range(len(steps))
    )
    sql = f"""SELECT {counts} FROM participants p
LEFT JOIN exposure e ON e.participant_id = p.participant_id AND e.landmark_days = $landmark"""
    (people,) = fetch(con, sql, parameters)
    sql = f"""
SELECT count(DISTINCT participant_id), count(DISTINCT participant_id) FILTER (was_asked),
  count(DISTINCT participant_id) FILTER (was_asked AND has_effect),
  count(DISTINCT participant_id) FILTER (was_asked AND has_effect AND {_TIMED}) FROM counted_session"""
    (sessions,) = fetch(con, sql, parameters)
    words = (
        f"needled within {protocol.outcome.week} weeks from the start",
        "asked about side effects after a session",
        "had one of these side effects",
        "said when it was over, or when it was still there",
    )
    named = [(sentence, int(n)) for (sentence, _), n in zip(steps, people, strict=True)]
    return (*named, *((sentence, int(n)) for sentence, n in zip(words, sessions, strict=True)))


_TIMED = f"(low >= 0 OR high < {NEVER})"


def _level(con: duckdb.DuckDBPyConnection, dimension: str, code: str, where: str) -> Level:
    """One row of the table. `where` is made of the project's own codes."""
    sql = f"""WITH person AS (
  SELECT participant_id, count(*) AS n, count(*) FILTER (was_asked) AS m,
    count(*) FILTER (was_asked AND has_effect) AS y,
    count(*) FILTER (was_asked AND has_effect AND {_TIMED}) AS timed
  FROM counted_session WHERE {where} GROUP BY participant_id)
SELECT coalesce(sum(n), 0), count(*) FILTER (m > 0), coalesce(sum(m), 0), coalesce(sum(y), 0),
  coalesce(sum(m * m), 0), coalesce(sum(m * y), 0), coalesce(sum(y * y), 0), coalesce(sum(timed), 0) FROM person"""
    ((n, *sums, timed),) = fetch(con, sql, {})
    return Level(dimension, code, int(n), ClusterTotals(*map(int, sums)), _spans(con, where), int(timed))


def _spans(con: duckdb.DuckDBPyConnection, where: str) -> Spans:
    """People with a side effect are dealt into groups in the order of their numbers."""
    sql = f"""WITH dealt AS (
  SELECT (dense_rank() OVER (ORDER BY participant_id) - 1) % {GROUPS} AS dealt, low, high, participant_id
  FROM counted_session WHERE was_asked AND has_effect AND {where})
SELECT dealt, low, high, count(*) AS n, (SELECT count(DISTINCT participant_id) FROM dealt) AS people
FROM dealt GROUP BY ALL ORDER BY ALL"""
    found = con.execute(sql).fetchnumpy()
    dealt, low, high, n, people = (_whole(found[name]) for name in ("dealt", "low", "high", "n", "people"))
    return Spans(dealt, low, high, n, int(people.max(initial=0)))


def _whole(column: Any) -> Codes:
    return np.asarray(column, dtype=np.int64)

"""Each kind of question in four worlds: what was decided to be true there, and which verdicts are right.

true          what the claim says holds by a wide margin, and many people show it
false         it does not hold, and many people show it
undecidable   a few dozen people or fewer, near the border
unanswerable  such data cannot answer it: nobody to compare with, nobody measured, nobody asked, nobody who told
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import duckdb
import numpy as np

from benchmarks.verdicts import change_world, payments_world, sessions_world
from benchmarks.verdicts.change_world import Change
from pipeline.contract.instruments import instruments
from pipeline.studies.claims.judging import Judgement
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.protocols.protocol import Protocol

State = Literal["true", "false", "undecidable", "unanswerable"]

RIGHT: Mapping[State, tuple[Judgement, ...]] = {
    "true": ("supported",),
    "false": ("contradicted",),
    "undecidable": ("inconclusive", "not enough people", "failed diagnostics"),
    "unanswerable": ("not answerable",),
}

FEW = (12, 60)
"""People per arm where nothing can be decided."""

Build = Callable[[duckdb.DuckDBPyConnection, Protocol, State, int], None]


@dataclass(frozen=True)
class Kind:
    """One kind of question: the catalogue's studies of it, taken in turn, and how its worlds are made."""

    name: str
    studies: tuple[str, ...]
    build: Build

    def study(self, seed: int) -> Protocol:
        return find_study(self.studies[seed % len(self.studies)])


def _people(seed: int, arms: int, many: int, state: State) -> int:
    low, high = FEW
    few = arms * int(np.random.default_rng((seed, 1)).integers(low, high))
    return few if state == "undecidable" else many


def _margin(protocol: Protocol) -> float:
    own = instruments()[protocol.outcome.instrument].margin or 0.0
    given = protocol.contrast.margin if protocol.contrast else None
    return given if given is not None else own


def _unanswerable(con: duckdb.DuckDBPyConnection, seed: int) -> None:
    """In turn: nobody to compare with, nobody measured."""
    con.execute(_NOBODY_TO_COMPARE if seed % 2 else _NOBODY_MEASURED)


_NOBODY_MEASURED = "DELETE FROM outcome_change; DELETE FROM outcomes; DELETE FROM baseline"

_NOBODY_TO_COMPARE = """
UPDATE exposure SET is_needling = NULL, needle_length_mm = NULL, sessions_per_week = NULL, schedule = NULL,
  device = NULL, adjunct = NULL, adjuncts_at_zero = NULL, adjuncts_over_6_months = NULL, adjuncts_under_6_months = NULL
"""


def _changed(
    con: duckdb.DuckDBPyConnection, protocol: Protocol, state: State, seed: int, people: int, how: Change
) -> None:
    change_world.build(con, protocol, people, how, seed)
    if state == "unanswerable":
        _unanswerable(con, seed)


def _difference(con: duckdb.DuckDBPyConnection, protocol: Protocol, state: State, seed: int) -> None:
    """In the false world nothing differs, or the arm does worse."""
    margin, arm = _margin(protocol), protocol.contrast.arm if protocol.contrast else ""
    wrong = -margin if seed % 4 == 0 else 0.0
    gain = {"true": 1.5 * margin, "false": wrong, "undecidable": 0.25 * margin, "unanswerable": 0.0}[state]
    usual = 2.1 * margin
    _changed(con, protocol, state, seed, _people(seed, 2, 2400, state), Change({arm: gain}, usual=usual))


def _equivalence(con: duckdb.DuckDBPyConnection, protocol: Protocol, state: State, seed: int) -> None:
    margin, arm = _margin(protocol), protocol.contrast.arm if protocol.contrast else ""
    gain = {"true": 0.0, "false": 2 * margin, "undecidable": 0.5 * margin, "unanswerable": 0.0}[state]
    _changed(con, protocol, state, seed, _people(seed, 2, 2400, state), Change({arm: gain}))


def _minimal(con: duckdb.DuckDBPyConnection, protocol: Protocol, state: State, seed: int) -> None:
    mean = {"true": 6.0, "false": 20.0, "undecidable": 13.0, "unanswerable": 6.0}[state]
    _changed(con, protocol, state, seed, _people(seed, 1, 1200, state), Change({"needling": mean}, usual=12.0))


def _spread(con: duckdb.DuckDBPyConnection, protocol: Protocol, state: State, seed: int) -> None:
    """The ratio of variances: 2, none, or a little."""
    error = 2**0.5 * (instruments()[protocol.outcome.instrument].measurement_error or 0.0)
    ratio = {"true": 2.0, "false": 1.0, "undecidable": 1.1, "unanswerable": 1.0}[state]
    two = bool(protocol.contrast and protocol.contrast.reference)
    people = _people(seed, len(protocol.arms), 5000 if two else 2400, state)
    _changed(con, protocol, state, seed, people,
             Change({"needling": 5.0}, {"needling": error * ratio**0.5}, usual=error))  # fmt: skip


def _interaction(con: duckdb.DuckDBPyConnection, protocol: Protocol, state: State, seed: int) -> None:
    margin = _margin(protocol)
    more = {"true": 2 * margin, "false": 0.0, "undecidable": 0.25 * margin, "unanswerable": 0.0}[state]
    means = {"early_needling": 3.0 + more, "later_needling": 3.0}
    _changed(con, protocol, state, seed, _people(seed, 4, 4800, state), Change(means))


def _recovery(con: duckdb.DuckDBPyConnection, protocol: Protocol, state: State, seed: int) -> None:
    """Median hours such that far more, or far fewer, are over by then than was named; or just as many."""
    asked = protocol.recovery
    within, share = (asked.within_hours, asked.more_than) if asked else (24, 0.5)
    at = {"true": share + 0.6 * (1 - share), "false": share - 0.2, "undecidable": share, "unanswerable": share}[state]
    people = _people(seed, 1, 800, state)
    change_world.build(con, find_study("c4-minimal"), people, Change(), seed)
    told = 0.3 if state == "unanswerable" else 0.8
    sessions_world.add(con, people, median=sessions_world.median_for(within, at), asked=told, seed=seed)


def _cost(con: duckdb.DuckDBPyConnection, protocol: Protocol, state: State, seed: int) -> None:
    times = {"true": 8.0, "false": 0.9 if seed % 2 else 0.5, "undecidable": 1.3, "unanswerable": 8.0}[state]
    people = _people(seed, 2, 4000, state)
    base = replace(find_study("c3-density-week-24"), covariates=protocol.covariates)
    change_world.build(con, base, people, Change(), seed)
    payments_world.add(con, people, times=times, told=0.0 if state == "unanswerable" else 0.7, seed=seed)


KINDS: tuple[Kind, ...] = (
    Kind("a difference in density", (
        "c1-half-mm-frequency", "c1-one-and-half-mm-frequency", "c2-ketoconazole-already", "c2-ketoconazole-together",
        "c2-minoxidil-already", "c2-minoxidil-together", "c3-density-week-12", "c3-density-week-24",
        "c3-density-week-52", "c7-androgenetic-crown", "c7-androgenetic-hairline",
    ), _difference),
    Kind("a difference in areata", ("c7-areata",), _difference),
    Kind("the same", ("c1-schedules", "c9-half-mm", "c9-one-and-half-mm"), _equivalence),
    Kind("minimal", ("c4-minimal",), _minimal),
    Kind("spread beyond error", ("c4-spread-beyond-error",), _spread),
    Kind("spread against none", ("c4-spread-against-none",), _spread),
    Kind("over within a day", ("c5-within-a-day",), _recovery),
    Kind("over within three days", ("c5-within-three-days",), _recovery),
    Kind("early stages", ("c6-early-stages",), _interaction),
    Kind("cost", ("c8-home-or-professional",), _cost),
)  # fmt: skip
"""What is judged by each rule of `pipeline/studies/claims/judging.py`, but the counts of shedding."""

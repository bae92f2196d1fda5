"""One row per person whose visit has come: arm, what was known at time zero, and the results at each visit.

What the adjusted estimators need and sums cannot give. Nobody's id leaves this file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.engine import arrow
from pipeline.studies.estimators.effect import Array, Codes
from pipeline.studies.estimators.inputs import Column
from pipeline.studies.estimators.words import Words, together
from pipeline.studies.people.arrow_columns import words_of
from pipeline.studies.people.characteristics import OF_EXPOSURE, WITHIN
from pipeline.studies.people.gathering import enumerated, in_unit, start_at_hand
from pipeline.studies.people.person_rows import PersonRows, every_visit, with_enough
from pipeline.studies.people.population import Population
from pipeline.studies.people.reading import read_arrow

HALF = 0.5
"""Added to a count before its logarithm is taken: half of the smallest one, so that none has a logarithm too."""

KNOWN = ("no", "yes")
_DOSES = ("depth", "frequency")

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Frame:
    """People in the order of the version's own numbering.

    `arm` indexes `arms`. `visits` is people x weeks: improvement in the instrument's unit, NaN where nobody
    saw the person; the last week is the horizon. `covariates` hold no missing value. `clinic` is the cluster.
    `counted` is what was counted at the horizon, where the instrument counts; None elsewhere. `tied` tells who needled
    two lengths equally often up to the landmark; `doses` are needle length (mm) and sessions per week, NaN for none.
    """

    arms: tuple[str, ...]
    arm: Codes
    weeks: tuple[int, ...]
    visits: Array
    covariates: Mapping[str, Column]
    clinic: Words
    counted: Array | None = None
    tied: Flags | None = None
    doses: Mapping[str, Array] = field(default_factory=dict)

    @property
    def horizon(self) -> Array:
        return np.asarray(self.visits[:, -1])

    def of(self, kept: Flags) -> "Frame":
        """Some of the people."""
        return Frame(
            self.arms,
            self.arm[kept],
            self.weeks,
            self.visits[kept],
            chosen_of(self.covariates, kept),
            self.clinic.chosen(kept),
            None if self.counted is None else self.counted[kept],
            None if self.tied is None else self.tied[kept],
            {name: dose[kept] for name, dose in self.doses.items()},
        )


def chosen_of(columns: Mapping[str, Column], kept: Flags | Codes | slice) -> dict[str, Column]:
    """The values of some of the people; words on common rows stay so."""
    rows = {id(c.rows): c.rows for c in columns.values() if isinstance(c, Words)}
    own = {key: found.chosen(kept) for key, found in rows.items()}
    return {
        name: Words(own[id(c.rows)], c.of_row, c.levels) if isinstance(c, Words) else c[kept]
        for name, c in columns.items()
    }


def read_frame(con: duckdb.DuckDBPyConnection, population: Population) -> Frame:
    """The people of the protocol's arms for whom the visit has passed, seen then or not."""
    return fetched(con, population).frame()


@dataclass(frozen=True)
class Fetched:
    """The same people as they come from the version: `own` is what hangs on the landmark, `start` everybody's start,
    both in no order, nothing filled in; `told` are the words of the start."""

    own: pa.Table
    start: pa.Table
    told: Mapping[str, Words]
    rows: PersonRows
    arms: tuple[str, ...]
    is_count: bool

    def frame(self) -> Frame:
        """Everybody in order; asks nothing of the version any more."""
        found, there = _Columns.of(self.own, self.start, self.told), self.own.column_names
        arm = found.words("arm")
        place = np.array([self.arms.index(code) for code in arm.levels], dtype=np.int64)
        shown = [found.numbers(f"w{week}") for week in self.rows.weeks]
        weeks = with_enough(self.rows.weeks, [int(np.isfinite(visit).sum()) for visit in shown])
        return Frame(
            arms=self.arms,
            arm=place[arm.code],
            weeks=weeks,
            visits=np.array([visit for week, visit in zip(self.rows.weeks, shown, strict=True) if week in weeks]).T,
            covariates=_complete(self.rows, found, with_logarithm=self.is_count),
            clinic=found.words("clinic"),
            counted=found.numbers("counted") if self.is_count else None,
            tied=found.numbers("tied") == 1 if "tied" in there else None,
            doses={name: found.numbers(name) for name in _DOSES if name in there},
        )


def fetched(con: duckdb.DuckDBPyConnection, population: Population, *, doses: bool = True) -> Fetched:
    """One pass over the people; with `doses` off nothing is told of how they needled but the arm."""
    if population.start is None:
        with start_at_hand(con, population) as people:
            return fetched(con, people, doses=doses)
    arms, is_count = tuple(arm.id for arm in population.protocol.arms), population.instrument.is_count
    words = [name for name in population.characteristics.words if name in OF_EXPOSURE]
    numbers = [f"w{population.window.week}", *(("counted",) if is_count else ()), *(_DOSES if doses else ())]
    own = ["participant_id", "arm", *words, *(in_unit(name, name) for name in numbers)]
    own += ["tied::UTINYINT AS tied"] if doses else []
    sql = f"""{population.due_sql} SELECT *{enumerated(con, population)} FROM (
SELECT {", ".join(own)} FROM person)"""
    own_rows, start = read_arrow(con, sql, population.parameters), population.start
    return Fetched(own_rows, start.rows, start.words, every_visit(population), arms, is_count)


@dataclass(frozen=True)
class _Columns:
    """Columns by name in the order of the version's own numbering of people: a table, and everybody's place in it;
    `told` are words in that order already, on common rows."""

    found: Mapping[str, tuple[pa.Table, Codes]]
    told: Mapping[str, Column]

    @classmethod
    def of(cls, own: pa.Table, start: pa.Table, told: Mapping[str, Words]) -> "_Columns":
        """Of the people of `own`, who all stand in `start` too."""
        people = np.sort(arrow.numbers(own["participant_id"]))
        both = [(table, _places(arrow.numbers(table["participant_id"]), people)) for table in (start, own)]
        found = {name: (table, places) for table, places in both for name in table.column_names}
        return cls(found, chosen_of(told, both[0][1]))

    def words(self, name: str) -> Words:
        if isinstance(told := self.told.get(name), Words):
            return told
        table, places = self.found[name]
        return words_of(table[name], places)

    def numbers(self, name: str) -> Array:
        """As they stand."""
        table, places = self.found[name]
        return np.asarray(arrow.numbers(table[name])[places])


def _places(people: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> Codes:
    """Where each of the wanted stands among people; those of a version are numbered with few gaps."""
    most = int(people.max(initial=0))
    if people.min(initial=0) < 0 or most > 8 * len(people):
        order = np.argsort(people)
        return np.asarray(order[np.searchsorted(people, wanted, sorter=order)])
    place = np.empty(most + 1, dtype=np.int64)
    place[people] = np.arange(len(people))
    return np.asarray(place[wanted])


def _complete(rows: PersonRows, found: _Columns, *, with_logarithm: bool) -> dict[str, Column]:
    """A missing number is the mean, and a column tells that it was missing."""
    words, complete = {name: found.words(name) for name in rows.words}, dict[str, Column]()
    numbers_of = {name: found.numbers(name) for name in rows.numbers}
    for name, word in WITHIN.items():
        if name in numbers_of:
            numbers_of[name] = _from_the_mean(numbers_of[name], words[word])
    names = rows.names
    if with_logarithm and "baseline" in numbers_of:
        names, numbers_of["log_baseline"] = (*names, "log_baseline"), np.log(numbers_of["baseline"] + HALF)
    for name in names:
        if name in words:
            complete[name] = words[name]
            continue
        numbers = numbers_of[name]
        missing = np.isnan(numbers)
        complete[name] = np.where(missing, numbers[~missing].mean() if not missing.all() else 0.0, numbers)
        if missing.any():
            complete[f"{name}_known"] = Words.coded((~missing).astype(np.int64), KNOWN)
    return complete | together({name: column for name, column in complete.items() if isinstance(column, Words)})


def _from_the_mean(numbers: Array, words: Words) -> Array:
    """Less the mean among those of the same word."""
    known = ~np.isnan(numbers)
    people = np.bincount(words.code[known], minlength=len(words.levels))
    total = np.bincount(words.code[known], weights=numbers[known], minlength=len(words.levels))
    return np.asarray(numbers - (total / np.maximum(people, 1))[words.code])

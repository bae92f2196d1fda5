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

from pipeline.studies.characteristics import WITHIN
from pipeline.studies.estimators.effect import Array, Codes
from pipeline.studies.estimators.inputs import Column, Words
from pipeline.studies.gathering import enumerated
from pipeline.studies.person_rows import MILLI, PersonRows, every_visit, with_enough
from pipeline.studies.population import Population
from pipeline.studies.reading import read_arrow

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
            {name: chosen(values, kept) for name, values in self.covariates.items()},
            self.clinic.chosen(kept),
            None if self.counted is None else self.counted[kept],
            None if self.tied is None else self.tied[kept],
            {name: dose[kept] for name, dose in self.doses.items()},
        )


def chosen(values: Column, kept: Flags | slice) -> Column:
    """A column's values for some of the people."""
    return values.chosen(kept) if isinstance(values, Words) else values[kept]


def read_frame(con: duckdb.DuckDBPyConnection, population: Population) -> Frame:
    """The people of the protocol's arms for whom the visit has passed, seen then or not."""
    return fetched(con, population).frame()


@dataclass(frozen=True)
class Fetched:
    """The same people as they come from the version: in no order, nothing filled in."""

    table: pa.Table
    rows: PersonRows
    arms: tuple[str, ...]
    is_count: bool

    def frame(self) -> Frame:
        """Everybody in order; asks nothing of the version any more."""
        found, weeks = _Columns(self.table), self._weeks()
        arm = found.words("arm")
        place = np.array([self.arms.index(code) for code in arm.levels], dtype=np.int64)
        return Frame(
            arms=self.arms,
            arm=place[arm.code],
            weeks=weeks,
            visits=np.column_stack([found.numbers(f"w{week}") for week in weeks]),
            covariates=_complete(self.rows, found, with_logarithm=self.is_count),
            clinic=found.words("clinic"),
            counted=found.numbers("counted") if self.is_count else None,
            tied=found.ordered(self.table["tied"].to_numpy()) if "tied" in self.table.column_names else None,
            doses={name: found.numbers(name) for name in _DOSES if name in self.table.column_names},
        )

    def _weeks(self) -> tuple[int, ...]:
        seen = [len(self.table) - self.table[f"w{week}"].null_count for week in self.rows.weeks]
        return with_enough(self.rows.weeks, seen)


def fetched(con: duckdb.DuckDBPyConnection, population: Population, *, doses: bool = True) -> Fetched:
    """One pass over the people; with `doses` off nothing is told of how they needled but the arm."""
    rows, arms = every_visit(population), tuple(arm.id for arm in population.protocol.arms)
    is_count = population.instrument.is_count
    left_out = [*(() if is_count else ("counted",)), *(() if doses else ("tied", *_DOSES))]
    but = f" EXCLUDE ({', '.join(left_out)})" if left_out else ""
    table = read_arrow(con, f"{rows.sql} SELECT *{but}{enumerated(con, population)} FROM row", rows.parameters)
    return Fetched(table, rows, arms, is_count)


class _Columns:
    """Columns in the order of the version's own numbering of people: it is quicker to sort numbers than rows."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        people = table["participant_id"].to_numpy()
        self._order = None if (np.diff(people) > 0).all() else _order(people)

    def ordered(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return values if self._order is None else values[self._order]

    def words(self, name: str) -> Words:
        found = words_of(self.table[name])
        return Words(self.ordered(found.code), found.levels)

    def numbers(self, name: str) -> Array:
        """In the unit, NaN where NULL stood."""
        return self.ordered(self.table[name].cast(pa.float64()).to_numpy() / MILLI)


def _order(people: npt.NDArray[np.signedinteger[Any]]) -> Codes:
    """Places in rising order of different numbers; those of a version have few gaps."""
    most = int(people.max())
    if people.min() < 0 or most > 8 * len(people):
        return np.argsort(people)
    place = np.full(most + 1, -1, dtype=np.int64)
    place[people] = np.arange(len(people))
    return place[place >= 0]


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
            complete[f"{name}_known"] = Words((~missing).astype(np.int64), KNOWN)
    return complete


def _from_the_mean(numbers: Array, words: Words) -> Array:
    """Less the mean among those of the same word."""
    known = ~np.isnan(numbers)
    people = np.bincount(words.code[known], minlength=len(words.levels))
    total = np.bincount(words.code[known], weights=numbers[known], minlength=len(words.levels))
    return np.asarray(numbers - (total / np.maximum(people, 1))[words.code])


def words_of(column: pa.ChunkedArray) -> Words:
    """A column of words, none missing."""
    whole = column.combine_chunks()
    coded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    levels = np.array(coded.dictionary.to_pylist(), dtype=str)
    order = np.argsort(levels)
    place = np.empty(len(levels), dtype=np.int64)
    place[order] = np.arange(len(levels))
    return Words(place[coded.indices.to_numpy(zero_copy_only=False)], tuple(levels[order].tolist()))

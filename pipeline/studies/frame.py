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

from pipeline.studies.estimators.effect import Array, Codes
from pipeline.studies.estimators.inputs import Column, Words
from pipeline.studies.person_rows import MILLI, WITHIN, PersonRows, person_rows
from pipeline.studies.population import Population
from pipeline.studies.reading import read_arrow

HALF = 0.5
"""Added to a count before its logarithm is taken: half of the smallest one, so that none has a logarithm too."""

KNOWN = ("no", "yes")

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


def chosen(values: Column, kept: Flags) -> Column:
    """A column's values for some of the people."""
    return values.chosen(kept) if isinstance(values, Words) else values[kept]


def read_frame(con: duckdb.DuckDBPyConnection, population: Population) -> Frame:
    """The people of the protocol's arms for whom the visit has passed, seen then or not."""
    rows = person_rows(con, population)
    found = read_arrow(con, rows.sql + _WITH_DOSES, rows.parameters)
    arms, arm = tuple(arm.id for arm in population.protocol.arms), words_of(found["arm"])
    place = np.array([arms.index(code) for code in arm.levels], dtype=np.int64)
    return Frame(
        arms=arms,
        arm=place[arm.code],
        weeks=rows.weeks,
        visits=np.column_stack([_numbers(found[f"w{week}"]) for week in rows.weeks]),
        covariates=_complete(rows, found, with_logarithm=population.instrument.is_count),
        clinic=words_of(found["clinic"]),
        counted=_numbers(found["counted"]) if population.instrument.is_count else None,
        tied=found["tied"].to_numpy(),
        doses={"depth": _numbers(found["depth"]), "frequency": _numbers(found["frequency"])},
    )


_WITH_DOSES = """
SELECT row.*, 1000 * e.needle_length_mm AS depth, 1000 * e.sessions_per_week AS frequency FROM row
LEFT JOIN exposure e ON e.participant_id = row.participant_id AND e.landmark_days = $landmark
ORDER BY row.participant_id"""


def _complete(rows: PersonRows, found: pa.Table, *, with_logarithm: bool) -> dict[str, Column]:
    """A missing number is the mean, and a column tells that it was missing."""
    words, complete = {name: words_of(found[name]) for name in rows.words}, dict[str, Column]()
    numbers_of = {name: _numbers(found[name]) for name in rows.numbers}
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
    coded = column.combine_chunks().dictionary_encode()
    levels = np.array(coded.dictionary.to_pylist(), dtype=str)
    order = np.argsort(levels)
    place = np.empty(len(levels), dtype=np.int64)
    place[order] = np.arange(len(levels))
    return Words(place[coded.indices.to_numpy(zero_copy_only=False)], tuple(levels[order].tolist()))


def _numbers(column: pa.ChunkedArray) -> Array:
    """In the unit, NaN where NULL stood."""
    numbers: Any = column.cast(pa.float64()).to_numpy()
    return np.asarray(numbers / MILLI)

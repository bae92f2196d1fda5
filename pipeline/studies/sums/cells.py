"""People of one kind, counted and summed where they lie: everything that linear models need to know of a study.

A cell is whoever shares arm, visits seen, every word and which numbers are known. Of its numbers and results only sums
and sums of products are read. Values are whole thousandths, so that the sums are exact, whatever the order of rows and
threads; a whole centre is taken off them, and each is rounded once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa

from pipeline.engine import arrow
from pipeline.studies.estimators.effect import Array, Codes
from pipeline.studies.estimators.words import Words
from pipeline.studies.people.person_rows import PersonRows, with_enough
from pipeline.studies.people.reading import read_arrow
from pipeline.studies.sums.summed_rows import ROWS, SummedRows


@dataclass(frozen=True)
class PersonCells:
    """Cells in the order of their number in the table of rows, `cell`, and of `pattern`, of which bit k says that
    `rows.weeks[k]` was seen; `visits` are those weeks' places among all. `arm` indexes `arms`.

    `known` tells of each number whether the cell's people have it. Of numbers, then of results (cells x (numbers +
    weeks)): `there` says whether the cell's people have any, `total` is their whole sum in thousandths, `first` the
    same less `centre` for each of them, and nought where there is none.
    """

    rows: PersonRows
    visits: tuple[int, ...]
    of: SummedRows
    arms: tuple[str, ...]
    cell: Codes
    arm: Codes
    pattern: Codes
    words: Mapping[str, Words]
    known: Mapping[str, Codes]
    n: Array
    centre: Array
    there: Codes
    total: Codes
    first: Array


@dataclass(frozen=True)
class _Sums:
    """By cell and pattern: people, and whole sums."""

    cell: Codes
    pattern: Codes
    n: Codes
    total: Codes


def read_cells(con: duckdb.DuckDBPyConnection, rows: SummedRows) -> PersonCells:
    """One pass over the rows."""
    every, numbers = rows.people, len(rows.people.numbers)
    found = _sums(read_arrow(con, _sql(every), {}), numbers + len(every.weeks))
    seen = [int(found.n[found.pattern >> k & 1 == 1].sum()) for k in range(len(every.weeks))]
    weeks = with_enough(every.weeks, seen)
    visits = tuple(every.weeks.index(week) for week in weeks)
    if len(weeks) < len(every.weeks):
        found = _at_visits(found, visits, numbers)
    made = rows.places(found.cell)
    known = {name: made[f"{name}_known"] for name in every.numbers}
    there = _columns([*known.values(), *(found.pattern >> k & 1 for k in range(len(weeks)))], len(found.cell))
    people = found.n @ there
    centre = [(2 * t + n) // (2 * n) if n else 0 for t, n in _whole(found.total.sum(axis=0), people)]
    about = np.array(centre, dtype=np.int64)
    return PersonCells(
        rows=replace(every, weeks=weeks),
        visits=visits,
        of=rows,
        arms=rows.arms,
        cell=found.cell,
        arm=made["arm"],
        pattern=found.pattern,
        words={name: Words.coded(made[name], rows.levels[name]) for name in every.words},
        known=known,
        n=found.n.astype(np.float64),
        centre=about.astype(np.float64),
        there=there,
        total=found.total,
        first=(found.total - found.n[:, None] * there * about).astype(np.float64),
    )


def _whole(totals: Codes, people: Codes) -> list[tuple[int, int]]:
    return list(zip(totals.tolist(), people.tolist(), strict=True))


def _sql(rows: PersonRows) -> str:
    summed = (*rows.numbers, *(f"w{week}" for week in rows.weeks))
    sums = [f"sum({name})::BIGINT AS s{i}" for i, name in enumerate(summed)]
    return f"""SELECT cell, pattern, count(*) AS n, {", ".join(sums)}
FROM temp.{ROWS} GROUP BY cell, pattern ORDER BY cell, pattern"""


def _sums(found: pa.Table, summed: int) -> _Sums:
    cell, pattern, n = (arrow.numbers(found[name]) for name in ("cell", "pattern", "n"))
    return _Sums(cell, pattern, n, _columns([arrow.numbers(found[f"s{i}"]) for i in range(summed)], len(found)))


def _at_visits(found: _Sums, visits: Sequence[int], numbers: int) -> _Sums:
    """The same as if only these visits were asked about."""
    pattern = np.zeros(len(found.cell), dtype=np.int64)
    for k, visit in enumerate(visits):
        pattern |= (found.pattern >> visit & 1) << k
    order = np.lexsort((pattern, found.cell))
    cell, pattern = found.cell[order], pattern[order]
    begins = np.ones(len(cell), dtype=np.bool_)
    begins[1:] = (np.diff(cell) != 0) | (np.diff(pattern) != 0)
    start = np.flatnonzero(begins)
    kept = [*range(numbers), *(numbers + visit for visit in visits)]
    if not len(start):
        return replace(found, total=found.total[:, kept])
    return _Sums(
        cell[start],
        pattern[start],
        np.add.reduceat(found.n[order], start),
        np.add.reduceat(found.total[order][:, kept], start),
    )


def _columns(columns: Sequence[Codes], rows: int) -> Codes:
    return np.array(columns, dtype=np.int64).reshape(len(columns), rows).T

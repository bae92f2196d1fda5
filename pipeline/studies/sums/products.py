"""Sums of products of people's numbers and results, by arm and visits seen: kinds of people need not be told apart for
them, so that thirty sums are kept for a few groups and not for each of many thousand cells."""

from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.studies.estimators.effect import Array, Codes
from pipeline.studies.people.reading import fetch
from pipeline.studies.sums.cells import PersonCells
from pipeline.studies.sums.coded_cells import CodedCells
from pipeline.studies.sums.summed_rows import ROWS

KINDS = "study_kinds"

Whole = npt.NDArray[np.object_]
"""Whole numbers of any length."""


def read_products(
    con: duckdb.DuckDBPyConnection, cells: PersonCells, coded: CodedCells
) -> Mapping[tuple[str, int], Array]:
    """By arm and pattern: (numbers + weeks) x the same, of the cells that are kept; in thousandths less the centre."""
    con.register(KINDS, pa.table({"cell": cells.cell[coded.kept][kinds(cells, coded)]}))
    try:
        found = fetch(con, _sql(cells, everybody=bool(coded.kept.all())), {})
    finally:
        con.unregister(KINDS)
    products = dict[tuple[str, int], Array]()
    for (arm, pattern), whole in _by_pattern(cells, found).items():
        own = np.flatnonzero(coded.kept & (cells.arm == arm) & (cells.pattern == pattern))
        products[cells.arms[arm], pattern] = _less_centre(cells, own, whole)
    return products


def _sql(cells: PersonCells, *, everybody: bool) -> str:
    pairs = combinations_with_replacement(_columns(cells), 2)
    sums = ", ".join(f"sum({a} * {b})" for a, b in pairs)
    kept = "" if everybody else f"SEMI JOIN {KINDS} USING (cell)"
    arm = f"cell // {cells.of.weights['arm']}"
    return f"SELECT {arm} AS arm, pattern, {sums} FROM temp.{ROWS} {kept} GROUP BY {arm}, pattern"


def _columns(cells: PersonCells) -> tuple[str, ...]:
    return (*cells.rows.numbers, *(f"w{week}" for week in cells.rows.weeks))


def _by_pattern(cells: PersonCells, found: Sequence[tuple[Any, ...]]) -> dict[tuple[int, int], Whole]:
    """The sums by arm and pattern of those visits that are asked about."""
    size, whole = len(_columns(cells)), dict[tuple[int, int], Whole]()
    for arm, every, *sums in found:
        pattern = sum((every >> visit & 1) << k for k, visit in enumerate(cells.visits))
        both = whole.setdefault((arm, pattern), np.zeros((size, size), dtype=np.object_))
        for (i, j), added in zip(combinations_with_replacement(range(size), 2), sums, strict=True):
            both[i, j] += int(added)
            both[j, i] = both[i, j]
    return whole


def _less_centre(cells: PersonCells, own: Codes, whole: Whole) -> Array:
    """Of values less their centre, from the sums of them as they are; where somebody has none, either is nought."""
    there, centre = cells.there[own], np.array([int(c) for c in cells.centre], dtype=np.object_)
    n = cells.n[own].astype(np.int64)
    across = (cells.total[own].T @ there).astype(np.object_) * centre  # of i, among those who have j
    both = ((n[:, None] * there).T @ there).astype(np.object_) * np.outer(centre, centre)
    return np.asarray(whole - across - across.T + both).astype(np.float64)


def kinds(cells: PersonCells, coded: CodedCells) -> Codes:
    """Of each number of a cell, the visits seen left aside, a place among the cells that are kept."""
    return np.unique(cells.cell[coded.kept], return_index=True)[1].astype(np.int64)

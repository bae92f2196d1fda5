"""Sums of products of people's numbers and results, by arm and visits seen: kinds of people need not be told apart for
them, so that thirty sums are kept for a few groups and not for each of many thousand cells."""

from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement

import duckdb
import numpy as np
import pyarrow as pa

from pipeline.studies.cells import PersonCells, centred, keys, named_centres
from pipeline.studies.coded_cells import CodedCells
from pipeline.studies.estimators.effect import Array, Codes
from pipeline.studies.frame import KNOWN
from pipeline.studies.reading import read_arrow

KINDS = "study_kinds"


def read_products(
    con: duckdb.DuckDBPyConnection, cells: PersonCells, coded: CodedCells
) -> Mapping[tuple[str, int], Array]:
    """By arm and pattern: (numbers + weeks) x the same, of the cells that are kept; in thousandths less the centre."""
    con.register(KINDS, pa.table(kind_keys(cells, coded, kinds(cells, coded))))
    try:
        found = read_arrow(con, _sql(cells), cells.rows.parameters)
    finally:
        con.unregister(KINDS)
    size, products = len(cells.centre), dict[tuple[str, int], Array]()
    for row in found.to_pylist():
        both = np.zeros((size, size))
        for i, j in combinations_with_replacement(range(size), 2):
            both[i, j] = both[j, i] = row[f"p{i}_{j}"]
        products[row["arm"], row["pattern"]] = both
    return products


def _sql(cells: PersonCells) -> str:
    centre, rows = named_centres(cells), cells.rows
    pairs = combinations_with_replacement(enumerate(centre), 2)
    sums = ", ".join(f"sum({a} * {b})::DOUBLE AS p{i}_{j}" for (i, a), (j, b) in pairs)
    return f"""{rows.sql}, person_value AS ({centred(rows, centre)})
SELECT arm, pattern, {sums} FROM person_value SEMI JOIN {KINDS} USING ({", ".join(keys(rows))}) GROUP BY arm, pattern"""


def kinds(cells: PersonCells, coded: CodedCells) -> Codes:
    """Of each combination of keys, the visits seen left aside, a place among the cells that are kept."""
    found = coded.arm.copy()
    for code, size in (
        *((words.code, len(words.levels)) for words in cells.words.values()),
        *((known, len(KNOWN)) for known in cells.known.values()),
    ):
        found = found * size + code[coded.kept]
    return np.unique(found, return_index=True)[1].astype(np.int64)


def kind_keys(cells: PersonCells, coded: CodedCells, kind: Codes) -> dict[str, Sequence[object] | Array]:
    """Their keys, as the rows have them."""
    place = np.flatnonzero(coded.kept)[kind]
    return {
        "arm": [cells.arms[a] for a in cells.arm[place]],
        **{name: words[place] for name, words in cells.words.items()},
        **{f"{name}_known": known[place] == 1 for name, known in cells.known.items()},
    }

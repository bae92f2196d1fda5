"""People of one kind, counted and summed where they lie: everything that linear models need to know of a study.

A cell is whoever shares arm, visits seen and every word. Of its numbers and results only sums and sums of products are
read. Values are whole thousandths less a whole centre, so that the sums are exact, whatever the order of rows and
threads; each is rounded once, when it is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from pipeline.studies.estimators.effect import Array, Codes
from pipeline.studies.estimators.inputs import Words
from pipeline.studies.frame import words_of
from pipeline.studies.person_rows import PersonRows
from pipeline.studies.population import Population
from pipeline.studies.reading import fetch, read_arrow


@dataclass(frozen=True)
class PersonCells:
    """Cells in the order of their keys. `arm` indexes `arms`; bit k of `pattern` says that `weeks[k]` was seen.

    `known` tells of each number whether the cell's people have it. `first` are the sums of numbers, then of results
    (cells x (numbers + weeks)), `second` those of their products (cells x the same x the same): in thousandths, less
    `centre`, and nought where there is none.
    """

    rows: PersonRows
    arms: tuple[str, ...]
    arm: Codes
    pattern: Codes
    words: Mapping[str, Words]
    known: Mapping[str, Codes]
    n: Array
    centre: Array
    first: Array
    second: Array


def read_cells(con: duckdb.DuckDBPyConnection, population: Population, rows: PersonRows) -> PersonCells:
    """Two passes: one for the centres, one for the sums."""
    summed = (*rows.numbers, *(f"w{week}" for week in rows.weeks))
    middles = ", ".join(f"coalesce(round(avg({name})), 0)::BIGINT" for name in summed)
    centre = np.array(fetch(con, f"{rows.sql} SELECT {middles} FROM row", rows.parameters)[0], dtype=np.int64)
    found = read_arrow(con, _sql(rows, dict(zip(summed, centre.tolist(), strict=True))), rows.parameters)
    arms, arm = tuple(arm.id for arm in population.protocol.arms), words_of(found["arm"])
    first, second = _sums(found, len(summed))
    return PersonCells(
        rows=rows,
        arms=arms,
        arm=np.array([arms.index(code) for code in arm.levels], dtype=np.int64)[arm.code],
        pattern=found["pattern"].to_numpy().astype(np.int64),
        words={name: words_of(found[name]) for name in rows.words},
        known={name: found[f"{name}_known"].to_numpy().astype(np.int64) for name in rows.numbers},
        n=found["n"].to_numpy().astype(np.float64),
        centre=centre.astype(np.float64),
        first=first,
        second=second,
    )


def keys(rows: PersonRows) -> tuple[str, ...]:
    """What people of a cell share, but for the visits seen."""
    return ("arm", *rows.words, *(f"{name}_known" for name in rows.numbers))


def centred(rows: PersonRows, centre: Mapping[str, int]) -> str:
    """SELECT of a person's keys and of numbers and results less their centres, nought where there is none."""
    known = "".join(f", {name} IS NOT NULL AS {name}_known" for name in rows.numbers)
    seen = " + ".join(f"(w{week} IS NOT NULL)::BIGINT * {1 << k}" for k, week in enumerate(rows.weeks))
    values = ", ".join(f"coalesce({name} - ({middle}), 0) AS {name}" for name, middle in centre.items())
    return f"SELECT {', '.join(('arm', *rows.words))}{known}, {seen} AS pattern, {values} FROM row"


def _sql(rows: PersonRows, centre: Mapping[str, int]) -> str:
    sums = [f"sum({name})::DOUBLE AS s{i}" for i, name in enumerate(centre)]
    pairs = combinations_with_replacement(enumerate(centre), 2)
    sums += [f"sum({a} * {b})::DOUBLE AS p{i}_{j}" for (i, a), (j, b) in pairs]
    by = ", ".join((*keys(rows), "pattern"))
    return f"""{rows.sql} SELECT {by}, count(*) AS n, {", ".join(sums)}
FROM ({centred(rows, centre)}) GROUP BY {by} ORDER BY {by}"""


def _sums(found: pa.Table, size: int) -> tuple[Array, Array]:
    first = np.column_stack([found[f"s{i}"].to_numpy() for i in range(size)]).reshape(-1, size)
    second = np.zeros((len(first), size, size))
    for i, j in combinations_with_replacement(range(size), 2):
        second[:, i, j] = second[:, j, i] = found[f"p{i}_{j}"].to_numpy()
    return first, second


def named_centres(cells: PersonCells) -> dict[str, int]:
    """The centre of each number and result by its column."""
    names: Any = (*cells.rows.numbers, *(f"w{week}" for week in cells.rows.weeks))
    return dict(zip(names, (int(c) for c in cells.centre), strict=True))

"""People of one kind, counted and summed where they lie: everything that linear models need to know of a study.

A cell is whoever shares arm, visits seen and every word. Of its numbers and results only sums and sums of products are
read. Values are whole thousandths less a whole centre, so that the sums are exact, whatever the order of rows and
threads; each is rounded once, when it is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from pipeline.studies.arrow_columns import words_of
from pipeline.studies.estimators.effect import Array, Codes
from pipeline.studies.estimators.words import Words
from pipeline.studies.person_rows import PersonRows
from pipeline.studies.population import Population
from pipeline.studies.reading import fetch, read_arrow


@dataclass(frozen=True)
class PersonCells:
    """Cells in the order of their keys. `arm` indexes `arms`; bit k of `pattern` says that `weeks[k]` was seen.

    `known` tells of each number whether the cell's people have it. `first` are the sums of numbers, then of results
    (cells x (numbers + weeks)), `squares` those of the squares of numbers: in thousandths, less `centre`, and nought
    where there is none.
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
    squares: Array


def read_cells(con: duckdb.DuckDBPyConnection, population: Population, rows: PersonRows) -> PersonCells:
    """Two passes: one for the centres, one for the sums."""
    summed = (*rows.numbers, *(f"w{week}" for week in rows.weeks))
    middles = ", ".join(f"coalesce(round(avg({name})), 0)::BIGINT" for name in summed)
    centre = np.array(fetch(con, f"{rows.sql} SELECT {middles} FROM row", rows.parameters)[0], dtype=np.int64)
    found = read_arrow(con, _sql(rows, dict(zip(summed, centre.tolist(), strict=True))), rows.parameters)
    arms, arm = tuple(arm.id for arm in population.protocol.arms), words_of(found["arm"])
    return PersonCells(
        rows=rows,
        arms=arms,
        arm=np.array([arms.index(code) for code in arm.levels], dtype=np.int64)[arm.code],
        pattern=found["pattern"].to_numpy().astype(np.int64),
        words={name: words_of(found[name]) for name in rows.words},
        known={name: found[f"{name}_known"].to_numpy().astype(np.int64) for name in rows.numbers},
        n=found["n"].to_numpy().astype(np.float64),
        centre=centre.astype(np.float64),
        first=_columns(found, [f"s{i}" for i in range(len(summed))]),
        squares=_columns(found, [f"q{j}" for j in range(len(rows.numbers))]),
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
    sums += [f"sum({name} * {name})::DOUBLE AS q{j}" for j, name in enumerate(rows.numbers)]
    by = ", ".join((*keys(rows), "pattern"))
    return f"""{rows.sql} SELECT {by}, count(*) AS n, {", ".join(sums)}
FROM ({centred(rows, centre)}) GROUP BY {by} ORDER BY {by}"""


def _columns(found: pa.Table, names: Sequence[str]) -> Array:
    rows = np.empty((len(found), len(names)))
    for place, name in enumerate(names):
        rows[:, place] = found[name].to_numpy()
    return rows


def named_centres(cells: PersonCells) -> dict[str, int]:
    """The centre of each number and result by its column."""
    names: Any = (*cells.rows.numbers, *(f"w{week}" for week in cells.rows.weeks))
    return dict(zip(names, (int(c) for c in cells.centre), strict=True))

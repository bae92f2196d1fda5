"""The last pass: what robust standard errors need, the squared residual of everybody over (1 - leverage) squared.

Both follow from a person's cell and numbers, so that they are worked out where the rows lie. To add up to the same
bits whatever the order, each is rounded to a whole number of 2^-40ths of the residual variance first.

MacKinnon, J. G. and White, H. (1985). Journal of Econometrics 29, 305-325 (HC3).
"""

from itertools import combinations_with_replacement

import duckdb
import numpy as np
import pyarrow as pa

from pipeline.engine import arrow
from pipeline.studies.estimators.effect import Array, Codes
from pipeline.studies.estimators.gram import solve
from pipeline.studies.estimators.linear import ALONE, Meat, Sums
from pipeline.studies.people.person_rows import MILLI
from pipeline.studies.people.reading import read_arrow
from pipeline.studies.sums.cells import PersonCells
from pipeline.studies.sums.coded_cells import CodedCells
from pipeline.studies.sums.products import KINDS, kinds
from pipeline.studies.sums.summed_rows import ROWS

FINENESS = 2.0**40


def meat_of_people(con: duckdb.DuckDBPyConnection, cells: PersonCells, coded: CodedCells, sums: Sums) -> Meat:
    """Sum of x x' e^2 / (1 - leverage)^2 over those with a result, x = (1, arm, covariates) and e from `sums`."""
    kind = kinds(cells, coded)
    fixed = np.column_stack([np.ones(len(kind)), coded.arm[kind], coded.fixed[kind]])
    slope = np.vstack([np.zeros((2, len(cells.rows.numbers))), coded.slope])
    inverse, beta = solve(sums.xx).inverse, sums.coefficients()
    variance = max((sums.yy - float(sums.xy @ beta)) / sums.n, np.finfo(float).tiny)
    about = inverse @ fixed.T
    place = np.flatnonzero(coded.kept)[kind]
    own = {
        "cell": cells.cell[place],
        "g": np.arange(len(kind)),
        "fitted": fixed @ beta,
        "leverage": np.einsum("ij,ji->i", fixed, about),
        **{f"b{j}": column for j, column in enumerate(2 * slope.T @ about)},
        **{f"c{j}": _centre(cells, place, j) for j in range(len(cells.rows.numbers))},
    }
    con.register(KINDS, pa.table(own))
    try:
        sql = _sql(cells, slope.T @ beta, slope.T @ inverse @ slope, FINENESS / variance)
        found = read_arrow(con, sql, {})
        alone = read_arrow(con, _alone(sql, cells), {}) if any(found["n_alone"].to_pylist()) else None
    finally:
        con.unregister(KINDS)
    return Meat(_added(found, fixed, slope) * variance / FINENESS, _rows(alone, fixed, slope))


def _sql(cells: PersonCells, beta: Array, curve: Array, scale: float) -> str:
    """Per kind: sums of the weight, of weight times numbers, and of weight times their products."""
    rows, numbers = cells.rows, cells.rows.numbers
    fitted = "".join(f" - {_number(beta[j])} * {name}" for j, name in enumerate(numbers))
    square = "".join(f" + k.b{j} * {name}" for j, name in enumerate(numbers))
    square += "".join(
        f" + {_number(curve[i, j] * (1 if i == j else 2))} * {a} * {b}"
        for (i, a), (j, b) in combinations_with_replacement(enumerate(numbers), 2)
    )
    terms = [f"sum(w * {name})::DOUBLE AS m{j}" for j, name in enumerate(numbers)]
    pairs = combinations_with_replacement(enumerate(numbers), 2)
    terms += [f"sum(w * {a} * {b})::DOUBLE AS m{i}_{j}" for (i, a), (j, b) in pairs]
    values = "".join(f", {name}" for name in numbers)
    about = "".join(f", r.{name} - k.c{j} AS {name}" for j, name in enumerate(numbers))
    own = "".join(f", k.b{j}" for j in range(len(numbers)))
    return f"""
WITH person AS (
  SELECT k.g, k.fitted, k.leverage{own}, r.w{rows.weeks[-1]} AS result{about}
  FROM temp.{ROWS} r JOIN {KINDS} k USING (cell) WHERE r.pattern >> {cells.visits[-1]} & 1 = 1
), judged AS (
  SELECT k.g, k.result / {MILLI}.0 - k.fitted{fitted} AS e, 1 - (k.leverage{square}) AS apart{values} FROM person k
), weighed AS (
  SELECT g, apart < {ALONE} AS alone{values},
    CASE WHEN apart < {ALONE} THEN 0 ELSE round({scale!r} * e * e / (apart * apart)) END::HUGEINT AS w FROM judged
)
SELECT g, sum(w)::DOUBLE AS m, count(*) FILTER (alone) AS n_alone{"".join(f", {t}" for t in terms)}
FROM weighed GROUP BY g ORDER BY g"""


def _centre(cells: PersonCells, place: Codes, number: int) -> Codes:
    """What a cell's people's number counts from; nought where they have none."""
    return np.asarray(cells.there[place, number] * int(cells.centre[number]))


def _alone(sql: str, cells: PersonCells) -> str:
    """Those whom the fit passes through, one by one."""
    head = sql[: sql.rindex("SELECT g, sum(w)")]
    values = "".join(f", {name} AS u{j}" for j, name in enumerate(cells.rows.numbers))
    return f"{head}SELECT g{values} FROM weighed WHERE alone ORDER BY ALL"


def _number(value: float) -> str:
    return f"({float(value)!r}::DOUBLE)"


def _added(found: pa.Table, fixed: Array, slope: Array) -> Array:
    x, numbers = fixed[arrow.numbers(found["g"])], slope.shape[1]
    whole = arrow.numbers(found["m"])
    first = (
        np.column_stack([arrow.numbers(found[f"m{j}"]) for j in range(numbers)]).reshape(-1, numbers)
        if numbers
        else (np.zeros((len(x), 0)))
    )
    second = np.zeros((numbers, numbers))
    for i, j in combinations_with_replacement(range(numbers), 2):
        second[i, j] = second[j, i] = arrow.numbers(found[f"m{i}_{j}"]).sum()
    across = x.T @ first @ slope.T
    return np.asarray(x.T @ (x * whole[:, None]) + across + across.T + slope @ second @ slope.T)


def _rows(alone: pa.Table | None, fixed: Array, slope: Array) -> Array:
    if alone is None:
        return np.zeros((0, fixed.shape[1]))
    x = fixed[arrow.numbers(alone["g"])]
    for j in range(slope.shape[1]):
        x = x + np.outer(arrow.numbers(alone[f"u{j}"]), slope[:, j])
    return np.asarray(x)

"""Two arms as sums: what is fitted to them costs the same for a thousand people as for a million.

Per arm and pattern of visits seen: how many people, and the sums of products of (1, covariates) and of what was seen.
They are those of the rows, so that repeated measures and the linear model come out as from rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.studies.contrasts.adjusted import independent
from pipeline.studies.estimators.effect import Array, Codes, Result, Withheld
from pipeline.studies.estimators.gram import adds_to_others
from pipeline.studies.estimators.linear import Meat, Sums, ancova_from_sums
from pipeline.studies.estimators.mmrm import fit
from pipeline.studies.estimators.patterns import Pattern
from pipeline.studies.estimators.reasons import Reason
from pipeline.studies.people.person_rows import MILLI
from pipeline.studies.people.population import Population
from pipeline.studies.sums.cells import PersonCells, read_cells
from pipeline.studies.sums.coded_cells import CodedCells, coded_cells
from pipeline.studies.sums.leverage import meat_of_people
from pipeline.studies.sums.products import read_products
from pipeline.studies.sums.summed_rows import SummedRows, rows_at_hand


@dataclass(frozen=True)
class Part:
    """People of one arm (1: asked about, 0: reference) seen at exactly these `visits`.

    With Z = (1, covariates) and Y what was seen: Z'Z, Z'Y and Y'Y.
    """

    arm: int
    visits: tuple[int, ...]
    n: int
    zz: Array
    zy: Array
    yy: Array


@dataclass(frozen=True)
class PairSums:
    """All that linear models know of two arms: `names` of the covariates, `weeks` of the visits, a part for each arm
    and pattern, and `meat`, the squared residuals by regressors (1, arm, covariates) of those with a result."""

    names: tuple[str, ...]
    left_out: tuple[tuple[str, Reason], ...]
    n_alone: int
    weeks: tuple[int, ...]
    parts: tuple[Part, ...]
    meat: Meat

    def mmrm(self) -> Result:
        """The difference at the last visit, every visit in one model."""
        with threadpool_limits(1, "blas"):
            if wrong := self._problem(self.parts):
                return wrong
            found = fit(_patterns(self.parts), len(self.weeks))
            if isinstance(found, Withheld):
                return found
            means = found.means(len(self.weeks) - 1, 2)
            return means if isinstance(means, Withheld) else means.difference(1, 0)

    def ancova(self) -> Result:
        """The difference at the last visit among those with a result, one slope for each covariate (HC3)."""
        last = len(self.weeks) - 1
        seen = seen_at(self.parts, last)
        with threadpool_limits(1, "blas"):
            return self._problem(seen) or ancova_from_sums(sums_of(seen, last), self.meat)

    def _problem(self, parts: Sequence[Part]) -> Withheld | None:
        """As `inputs.problem` says it of rows."""
        n = [sum(part.n for part in parts if part.arm == arm) for arm in (0, 1)]
        if min(n) < 2:
            return Withheld("one_person" if min(n) else "no_arm")
        gram = np.sum([_with_arm(part.zz, part.arm) for part in parts], axis=0)
        if len(gram) >= sum(n):
            return Withheld("too_many_covariates")
        return None if adds_to_others(gram, [1]) else Withheld("separation")


def read_pair_sums(con: duckdb.DuckDBPyConnection, population: Population, arm: str, reference: str) -> PairSums:
    """From the version: its people put together, and a pass each for sums, products and squared residuals."""
    with rows_at_hand(con, population) as rows:
        return sums_of_rows(con, rows, arm, reference)


def sums_of_rows(con: duckdb.DuckDBPyConnection, rows: SummedRows, arm: str, reference: str) -> PairSums:
    """The same of people who are at hand."""
    cells = read_cells(con, rows)
    with threadpool_limits(1, "blas"):  # one order of adding up, and the matrices are too small for two threads
        return _summed(con, cells, coded_cells(cells, arm, reference))


def _summed(con: duckdb.DuckDBPyConnection, cells: PersonCells, coded: CodedCells) -> PairSums:
    weeks, last = cells.rows.weeks, len(cells.rows.weeks) - 1
    parts = _parts(cells, coded, read_products(con, cells, coded))
    ends = [
        sum((p.zz for p in parts if p.arm == arm and last in p.visits), np.zeros((len(coded.names) + 1,) * 2))
        for arm in (1, 0)
    ]
    columns = independent(ends)
    follows = tuple((name, _FOLLOWS) for k, name in enumerate(coded.names) if k not in columns)
    names, places = tuple(coded.names[k] for k in columns), [0, *(1 + k for k in columns)]
    parts = [replace(p, zz=p.zz[np.ix_(places, places)], zy=p.zy[places]) for p in parts]
    coded = replace(coded, fixed=coded.fixed[:, columns], slope=coded.slope[columns])
    seen = seen_at(parts, last)
    meat = Meat(np.zeros((len(names) + 2,) * 2), np.zeros((0, len(names) + 2)))
    if {part.arm for part in seen} == {0, 1}:
        meat = meat_of_people(con, cells, coded, sums_of(seen, last))
    return PairSums(names, (*coded.left_out, *follows), coded.n_alone, weeks, tuple(parts), meat)


_FOLLOWS: Reason = "follows_from_others"


def _parts(cells: PersonCells, coded: CodedCells, products: Mapping[tuple[str, int], Array]) -> list[Part]:
    pattern, found = cells.pattern[coded.kept], list[Part]()
    for arm in (1, 0):
        for code in np.unique(pattern):
            own = np.flatnonzero((coded.arm == arm) & (pattern == code))
            if len(own):
                name = cells.arms[int(cells.arm[coded.kept][own[0]])]
                found.append(_part(cells, coded, own, arm, int(code), products[name, int(code)]))
    return found


def _part(cells: PersonCells, coded: CodedCells, own: Codes, arm: int, pattern: int, second: Array) -> Part:
    numbers, place = len(cells.rows.numbers), np.flatnonzero(coded.kept)[own]
    n, first = cells.n[place], cells.first[place]
    visits = tuple(k for k in range(len(cells.rows.weeks)) if pattern >> k & 1)
    shown = [numbers + k for k in visits]
    fixed = np.column_stack([np.ones(len(own)), coded.fixed[own]])
    slope = np.vstack([np.zeros(numbers), coded.slope])
    across = fixed.T @ first[:, :numbers] @ slope.T
    zz = fixed.T @ (fixed * n[:, None]) + across + across.T + slope @ second[:numbers, :numbers] @ slope.T
    middle, total = cells.centre[shown] / MILLI, first[:, shown] / MILLI
    moved = slope @ (second[:numbers][:, shown] / MILLI + np.outer(first[:, :numbers].sum(axis=0), middle))
    zy = fixed.T @ (total + np.outer(n, middle)) + moved
    summed, people = total.sum(axis=0), float(n.sum())
    yy = second[np.ix_(shown, shown)] / MILLI**2 + np.outer(summed, middle) + np.outer(middle, summed)
    return Part(arm, visits, int(people), zz, zy, yy + people * np.outer(middle, middle))


def seen_at(parts: Sequence[Part], visit: int) -> list[Part]:
    """Those who were seen then."""
    return [part for part in parts if visit in part.visits]


def sums_of(parts: Sequence[Part], visit: int) -> Sums:
    """Least squares of what was seen at one visit on (1, arm, covariates)."""
    at = [part.visits.index(visit) for part in parts]
    xx = np.sum([_with_arm(part.zz, part.arm) for part in parts], axis=0)
    xy = np.sum([_arm_added(part.zy[:, k], part.arm) for part, k in zip(parts, at, strict=True)], axis=0)
    yy = float(sum(part.yy[k, k] for part, k in zip(parts, at, strict=True)))
    return Sums(sum(part.n for part in parts), xx, xy, yy)


def _arm_added(column: Array, arm: int) -> Array:
    """Sums over (1, covariates) as sums over (1, arm, covariates)."""
    return np.insert(column, 1, arm * column[0])


def _with_arm(zz: Array, arm: int) -> Array:
    whole = np.insert(zz, 1, arm * zz[0], axis=0)
    return np.insert(whole, 1, arm * whole[:, 0], axis=1)


def _patterns(parts: Sequence[Part]) -> list[Pattern]:
    """Parts of both arms brought together, with regressors 1, arm, covariates about their mean, arm x covariates."""
    size = len(parts[0].zz) - 1
    mean = np.sum([p.zz[0, 1:] for p in parts], axis=0) / sum(p.n for p in parts)
    about = np.eye(size + 1)
    about[1:, 0] = -mean
    found: dict[tuple[int, ...], Pattern] = {}
    for p in parts:
        turn = _regressors(size, p.arm) @ about
        one = Pattern(p.visits, p.n, turn @ p.zz @ turn.T, turn @ p.zy, p.yy)
        before = found.get(p.visits)
        found[p.visits] = one if before is None else Pattern(
            p.visits, before.n + one.n, before.ww + one.ww, before.wy + one.wy, before.yy + one.yy
        )  # fmt: skip
    return list(found.values())


def _regressors(size: int, arm: int) -> Array:
    """From (1, covariates) to (1, arm, covariates, arm x covariates)."""
    rows = np.zeros((2 * size + 2, size + 1))
    rows[0, 0], rows[1, 0] = 1.0, arm
    rows[2 : size + 2, 1:] = np.eye(size)
    rows[size + 2 :, 1:] = arm * np.eye(size)
    return rows

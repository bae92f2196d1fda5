"""Those who keep everything that was ever released and solve for what was not: counts, and what single people put in.

Every count of every month is an unknown. What is known of it: the limits that a rounded figure leaves, that a table
adds up to what it divides, that whoever is not due at one visit is not due at the next, and, for what people never
change (sex, kind of hair loss, age), that counts only grow where nobody leaves. The least and the greatest value that
fit are found by linear programming.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from pipeline.disclosure.partitions import PARTITIONS, VISITS
from pipeline.disclosure.policy import Policy

Key = tuple[int, str, str]
"""Month, table, cell."""

FIXED = ("people", "diagnosis", "sex", "age_band")


@dataclass(frozen=True)
class Release:
    """What of one clinic was released in one month: by table and cell the figures that are of this very month, each
    with the rule that it was rounded by."""

    figures: Mapping[tuple[str, str], Sequence[tuple[int, Policy]]]


class Attacker:
    """Knows all releases of one clinic in their order, the rule of rounding, and that nobody left."""

    def __init__(self, releases: Sequence[Release]) -> None:
        cells = [(p.code, code) for p in PARTITIONS for code, _ in p.cells()]
        self._place = {(m, *c): i for i, (m, c) in enumerate((m, c) for m in range(len(releases)) for c in cells)}
        self._limits = [self._known(release.figures.get(cell, ())) for release in releases for cell in cells]
        self._sums, self._grows = self._adding_up(len(releases)), self._growing(len(releases))

    @staticmethod
    def _known(figures: Sequence[tuple[int, Policy]]) -> tuple[float, float | None]:
        low, high = 0.0, np.inf
        for n, policy in figures:
            half = policy.round_to // 2
            low, high = max(low, n - half, policy.threshold if n else 0), min(high, n + half)
        return low, None if np.isinf(high) else high

    def _adding_up(self, months: int) -> sparse.csr_array:
        rows = []
        for month in range(months):
            for partition in PARTITIONS[1:]:
                assert partition.parent is not None
                row = {self._place[month, partition.code, code]: 1.0 for code, _ in partition.cells()}
                rows.append(row | {self._place[month, *partition.parent]: -1.0})
        return self._matrix(rows)

    def _growing(self, months: int) -> sparse.csr_array:
        rows = []
        for partition in (p for p in PARTITIONS if p.code in FIXED):
            for code, _ in partition.cells():
                for month in range(1, months):
                    before, now = (self._place[m, partition.code, code] for m in (month - 1, month))
                    rows.append({before: 1.0, now: -1.0})
        rows += [
            {self._place[m, f"follow_up_{one}", "not_due"]: 1.0, self._place[m, f"follow_up_{later}", "not_due"]: -1.0}
            for m in range(months) for one, later in pairwise(VISITS)
        ]  # fmt: skip
        return self._matrix(rows)

    def _matrix(self, rows: list[dict[int, float]]) -> sparse.csr_array:
        at = [(i, j, v) for i, row in enumerate(rows) for j, v in row.items()]
        i, j, v = (np.array(x) for x in zip(*at, strict=True))
        return sparse.csr_array((v, (i, j)), shape=(len(rows), len(self._place)))

    def limits(self, weights: Mapping[Key, float]) -> tuple[float, float]:
        """The least and greatest value that a sum of counts can have, as far as the releases tell."""
        return self._extreme(self._goal(weights)), self.most(weights)

    def most(self, weights: Mapping[Key, float]) -> float:
        return -self._extreme(-self._goal(weights))

    def _goal(self, weights: Mapping[Key, float]) -> npt.NDArray[np.float64]:
        goal = np.zeros(len(self._place))
        for key, weight in weights.items():
            goal[self._place[key]] = weight
        return goal

    def _extreme(self, goal: npt.NDArray[np.float64]) -> float:
        found = linprog(
            goal, A_ub=self._grows, b_ub=np.zeros(self._grows.shape[0]), A_eq=self._sums,
            b_eq=np.zeros(self._sums.shape[0]), bounds=self._limits, method="highs",
        )  # fmt: skip
        if found.status == 3:  # unbounded
            return -np.inf
        assert found.status == 0, found.message
        return float(found.fun)


@dataclass(frozen=True)
class ToldMean:
    """A mean as it was told, to a tenth, of these people (places in an array of everybody's values)."""

    people: npt.NDArray[np.int64]
    mean: float


class SumAttacker:
    """Turns means into sums. Knows who is in each of them, between which limits a value lies, and the own value.

    That is more than anybody outside knows, and what somebody inside may well know who paid the second most.
    """

    def __init__(self, told: Sequence[ToldMean], values: npt.NDArray[np.float64], least: float, most: float) -> None:
        self._told, self._values, self._range = told, values, (least, most)
        known = [np.bincount(t.people, minlength=len(values)) for t in told]
        means, n = np.array([t.mean for t in told]), np.array([len(t.people) for t in told])
        matrix = np.array(known, dtype=np.float64).reshape(len(told), len(values))
        self._matrix = sparse.csr_array(np.vstack([matrix, -matrix]))
        self._most = np.concatenate([n * (means + 0.05), -n * (means - 0.05)]) + 1e-6

    def found(self, nearness: float) -> Iterator[int]:
        """Who is known to within `nearness` of the own value: upwards where values are known to be above 0, both
        ways where they may be anything. Tried on the largest of each mean, and of what two of them differ by."""
        for person, other in sorted(set(self._targets())):
            low, high = (self._extreme(person, other, sign) for sign in (1, -1))
            own = self._values[person]
            assert low - 1e-3 <= own <= high + 1e-3, "the attacker knows something that is not so"
            is_near_above, is_near_below = high - own < nearness * abs(own), own - low < nearness * abs(own)
            if is_near_above and (is_near_below or self._range[0] >= 0):
                yield person

    def _targets(self) -> Iterator[tuple[int, int]]:
        groups = [t.people for t in self._told]
        groups += [np.setxor1d(a, b) for i, a in enumerate(groups) for b in groups[:i]]
        for group in (g for g in groups if len(g)):
            largest = group[np.argsort(-np.abs(self._values[group]))]
            yield int(largest[0]), int(largest[1]) if len(largest) > 1 else -1

    def _extreme(self, person: int, other: int, sign: int) -> float:
        goal = np.zeros(len(self._values))
        goal[person] = sign
        limits = np.tile(self._range, (len(self._values), 1))
        if other >= 0:
            limits[other] = self._values[other]
        found = linprog(goal, A_ub=self._matrix, b_ub=self._most, bounds=limits, method="highs")
        assert found.status == 0, found.message
        return sign * float(found.fun)

"""Somebody who keeps everything that was ever released and solves for what was not.

Every count of every month is an unknown. What is known of it: the limits that a rounded figure leaves, that a table
adds up to what it divides, and, for what people never change (sex, kind of hair loss, age), that counts only grow
where nobody leaves. The least and the greatest value that fit are found by linear programming.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from pipeline.disclosure.partitions import PARTITIONS
from pipeline.disclosure.policy import Policy

Key = tuple[int, str, str]
"""Month, table, cell."""

FIXED = ("people", "diagnosis", "sex", "age_band")


@dataclass(frozen=True)
class Release:
    """What one clinic was shown in one month: by table and cell the figure, None where there is none, and whether
    it is of this very month."""

    figures: Mapping[tuple[str, str], tuple[int | None, bool]]


class Attacker:
    """Knows all releases of one clinic in their order, the rule of rounding, and that nobody left."""

    def __init__(self, releases: Sequence[Release], policy: Policy) -> None:
        cells = [(p.code, code) for p in PARTITIONS for code, _ in p.cells()]
        self._place = {(m, *c): i for i, (m, c) in enumerate((m, c) for m in range(len(releases)) for c in cells)}
        self._limits = [self._known(release.figures.get((p, c)), policy)
                        for release in releases for p, c in cells]  # fmt: skip
        self._sums, self._grows = self._adding_up(len(releases)), self._growing(len(releases))

    @staticmethod
    def _known(figure: tuple[int | None, bool] | None, policy: Policy) -> tuple[float, float | None]:
        n, is_new = figure or (None, False)
        if n is None or not is_new:
            return 0, None
        half = policy.round_to // 2
        return max(n - half, policy.threshold), n + half

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
        return self._matrix(rows)

    def _matrix(self, rows: list[dict[int, float]]) -> sparse.csr_array:
        at = [(i, j, v) for i, row in enumerate(rows) for j, v in row.items()]
        i, j, v = (np.array(x) for x in zip(*at, strict=True))
        return sparse.csr_array((v, (i, j)), shape=(len(rows), len(self._place)))

    def limits(self, weights: Mapping[Key, float]) -> tuple[float, float]:
        """The least and greatest value that a sum of counts can have, as far as the releases tell."""
        goal = np.zeros(len(self._place))
        for key, weight in weights.items():
            goal[self._place[key]] = weight
        return self._extreme(goal), -self._extreme(-goal)

    def _extreme(self, goal: npt.NDArray[np.float64]) -> float:
        found = linprog(
            goal, A_ub=self._grows, b_ub=np.zeros(self._grows.shape[0]), A_eq=self._sums,
            b_eq=np.zeros(self._sums.shape[0]), bounds=self._limits, method="highs",
        )  # fmt: skip
        if found.status == 3:  # unbounded
            return -np.inf
        assert found.status == 0, found.message
        return float(found.fun)

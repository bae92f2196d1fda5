"""Who might have left at each visit: the rows of a pooled logistic model, never put one below the other.

A person is at risk at the first visit, and at each later one after a visit at which they were seen: the same covariates
every time. So what the covariates ask for is summed over a person's visits first, and the cross products cost as
much as for one row a person.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.effect import Array, Codes
from pipeline.studies.estimators.once import once


@dataclass(frozen=True, eq=False)
class AtRisk:
    """People in the order of how many visits they were seen at, the most first: those at risk at visit k are the first
    `n[k]`. Rows are visit after visit.

    Columns: 1, visit 1, 2, ..., arm 1, ..., last change (0 before the first visit), its product with each arm, and
    `x`. `last` is people x visits: what was seen at the visit before.
    """

    x: Design
    arm: Codes
    arms: int
    last: Array
    n: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, int]:
        return sum(self.n), self._small + self.x.shape[1]

    @property
    def _small(self) -> int:
        """Columns before those of `x`."""
        return len(self.n) + 2 * self.arms - 1

    @once
    def _belongs(self) -> list[Array]:
        return [(self.arm == a).astype(np.float64) for a in range(1, self.arms)]

    def visits(self, rows: Array) -> Iterator[Array]:
        """The part of each visit."""
        ends = np.cumsum(self.n)
        return iter(np.split(rows, ends[:-1]))

    def chosen(self, rows: Codes) -> "AtRisk":
        """Some of the people with all their rows; `rows` are places in rising order."""
        n = tuple(int(k) for k in np.searchsorted(rows, self.n))
        return AtRisk(self.x.chosen(rows), self.arm[rows], self.arms, self.last[rows], n)

    def times(self, coefficients: Array) -> Array:
        visits, arms, small = len(self.n), self.arms, self._small
        first = coefficients[0] + np.concatenate([[0.0], coefficients[1:visits]])
        of_arm = np.concatenate([[0.0], coefficients[visits : visits + arms - 1]])[self.arm]
        slope = coefficients[visits + arms - 1 : small].copy()
        slope[1:] += slope[0]
        person, along = self.x.times(coefficients[small:]) + of_arm, slope[self.arm]
        found, start = np.empty(sum(self.n)), 0
        for k, n in enumerate(self.n):
            here = found[start : start + n]
            np.add(person[:n], first[k], out=here)
            if k:
                here += along[:n] * self.last[:n, k]
            start += n
        return found

    def cross(self, values: Array) -> Array:
        total, moved, visits = self._summed(values)
        by_arm = [own @ total for own in self._belongs]
        slopes = [own @ moved for own in self._belongs]
        small = [sum(visits), *visits[1:], *by_arm, float(moved.sum()), *slopes]
        return np.concatenate([small, self.x.cross(total)])

    def _summed(self, values: Array) -> tuple[Array, Array, list[float]]:
        """Over a person's visits: of the values, of the values times the last change; and over people, by visit."""
        total, moved, visits = np.zeros(len(self.arm)), np.zeros(len(self.arm)), list[float]()
        for k, part in enumerate(self.visits(values)):
            total[: len(part)] += part
            visits.append(float(part.sum()))
            if k:
                moved[: len(part)] += part * self.last[: len(part), k]
        return total, moved, visits

    def gram(self, weight: Array | None = None) -> Array:
        w = np.ones(sum(self.n)) if weight is None else weight
        total, moved, _ = self._summed(w)
        visits = [self.x.chosen(slice(len(part))).cross(part) for part in self.visits(w)]
        whole, own = self._cross_by_arm(total)
        last, own_last = self._cross_by_arm(moved)
        across = np.array([whole, *visits[1:], *own, last, *own_last])
        return np.block([[self._among(w), across], [across.T, self.x.gram(total)]])

    def _cross_by_arm(self, values: Array) -> tuple[Array, list[Array]]:
        """X'v of everybody, and of the people of each arm but the first."""
        own = [self.x.cross(belongs * values) for belongs in self._belongs]
        return self.x.cross(values), own

    def _among(self, weight: Array) -> Array:
        """Cross products of the columns before those of `x`, which are u + last v for one u and v a visit and arm."""
        among, first = np.zeros((self._small, self._small)), len(self.n) + self.arms - 1
        for k, part in enumerate(self.visits(weight)):
            sums = self._sums_by_arm(part, self.last[: len(part), k] if k else None)
            for a in range(self.arms):
                u, v = np.zeros(self._small), np.zeros(self._small)
                u[0] = v[first] = 1.0
                if k:
                    u[k] = 1.0
                if a:
                    u[len(self.n) + a - 1] = v[first + a] = 1.0
                one = np.outer(u, v)
                among += sums[0][a] * np.outer(u, u) + sums[1][a] * (one + one.T) + sums[2][a] * np.outer(v, v)
        return among

    def _sums_by_arm(self, part: Array, last: Array | None) -> list[Array]:
        """By arm, of a visit's part, of it times the last change, and of it times its square."""
        powers = [part, np.zeros(0), np.zeros(0)] if last is None else [part, part * last, part * last**2]
        found = []
        for values in powers:
            own = [float(belongs[: len(values)] @ values) for belongs in self._belongs]
            found.append(np.array([float(values.sum()) - sum(own), *own]))
        return found

"""Who might have left at each visit: the rows of a pooled logistic model, never put one below the other.

A person is at risk at the first visit, and at each later one after a visit at which they were seen: the same covariates
every time. So what the covariates ask for is summed over a person's visits first, and the cross products cost as
much as for one row a person.
"""

from collections.abc import Iterator, Sequence
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
        return sum(self.n), len(self._place)

    @once
    def _person(self) -> Design:
        """What is the same at every visit: columns 1, arm 1, ..., and `x`."""
        return self.x.with_groups(self.arm, self.arms)

    @once
    def _place(self) -> Codes:
        """Of each column, its place among those of a person, then of the later visits, then of the last change."""
        arms, own, later = self.arms, self._person.shape[1], len(self.n) - 1
        visits, last = own + np.arange(later), own + later + np.arange(arms)
        return np.concatenate([[0], visits, np.arange(1, arms), last, np.arange(arms, own)])

    @once
    def _belongs(self) -> list[Array]:
        return [(self.arm == a).astype(np.float64) for a in range(self.arms)]

    def visits(self, rows: Array) -> Iterator[Array]:
        """The part of each visit."""
        ends = np.cumsum(self.n)
        return iter(np.split(rows, ends[:-1]))

    def chosen(self, rows: Codes) -> "AtRisk":
        """Some of the people with all their rows; `rows` are places in rising order."""
        n = tuple(int(k) for k in np.searchsorted(rows, self.n))
        return AtRisk(self.x.chosen(rows), self.arm[rows], self.arms, self.last[rows], n)

    def times(self, coefficients: Array) -> Array:
        placed = np.empty(len(coefficients))
        placed[self._place] = coefficients
        own, arms = self._person.shape[1], self.arms
        first, slope = np.concatenate([[0.0], placed[own:-arms]]), placed[-arms:].copy()
        slope[1:] += slope[0]
        person, along = self._person.times(placed[:own]), slope[self.arm]
        found, start = np.empty(sum(self.n)), 0
        for k, n in enumerate(self.n):
            here = found[start : start + n]
            if k:
                np.multiply(along[:n], self.last[:n, k], out=here)
                here += person[:n]
                here += first[k]
            else:
                here[:] = person
            start += n
        return found

    def cross(self, values: Array) -> Array:
        total, moved, visits = self._summed(values)
        slopes = [own @ moved for own in self._belongs]
        return np.concatenate([self._person.cross(total), visits[1:], [sum(slopes)], slopes[1:]])[self._place]

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
        total, moved, visits = self._summed(w)
        parts = [(k, part) for k, part in enumerate(self.visits(w)) if k]
        by_visit = [self._person.chosen(slice(len(part))).cross(part) for _, part in parts]
        by_arm = [self._person.cross(own * moved) for own in self._belongs]
        across = np.array([*by_visit, sum(by_arm), *by_arm[1:]])
        among = self._among(parts, visits[1:])
        return np.block([[self._person.gram(total), across.T], [across, among]])[np.ix_(self._place, self._place)]

    def _among(self, parts: Sequence[tuple[int, Array]], visits: Sequence[float]) -> Array:
        """Cross products of the later visits and the last change, from the weights of each of those visits."""
        moving, twice = np.zeros((len(parts), self.arms)), np.zeros(self.arms)
        for row, (k, part) in enumerate(parts):
            last = self.last[: len(part), k]
            moved = part * last
            moving[row] = [own[: len(part)] @ moved for own in self._belongs]
            moved *= last
            twice += [own[: len(part)] @ moved for own in self._belongs]
        spread = np.vstack([np.ones(self.arms), np.eye(self.arms)[1:]])  # the last change in all arms, and in each
        across = moving @ spread.T
        return np.block([[np.diag(visits), across], [across.T, spread @ np.diag(twice) @ spread.T]])

"""Means of amounts of money, their difference and their ratio: few people pay much, and a t interval does not see it.

Bootstrap-t: people are drawn again, and how far the drawn mean lies from the mean, in its own standard errors, tells
how far the mean may lie from the truth on either side. Means and not medians, for somebody pays the sum. In samples of
30 to 200 lognormal amounts it held the truth in 92 to 95 of 100, two points more than the t interval; in very skewed
small samples no method that assumes nothing does better.

Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap, chapter 12. Hall, P. (1988). Theoretical
comparison of bootstrap confidence intervals. Annals of Statistics 16, 927-953. On costs: Barber, J. A. and Thompson,
S. G. (2000). Analysis of cost data in randomized trials. Statistics in Medicine 19, 3219-3236.
"""

import math
from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.effect import Array, Withheld
from pipeline.studies.estimators.student import LEVEL

SEED = 20
REPLICATES = 1999
ENOUGH = 20_000
"""Of more people than this as many are drawn again: their means are hardly skewed, and no figure depends on it."""
_CHUNK = 1 << 22
"""Values drawn at a time."""


@dataclass(frozen=True)
class Studentised:
    """An estimate, its standard error, and the sorted t statistics of the samples drawn again."""

    estimate: float
    std_error: float
    n: int
    drawn: Array

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Lower and upper limit, not necessarily equally far away."""
        low, high = np.quantile(self.drawn, [(1 + level) / 2, (1 - level) / 2])
        return self.estimate - float(low) * self.std_error, self.estimate - float(high) * self.std_error

    def p_value(self, null: float = 0.0) -> float:
        """Two-sided; never smaller than the samples drawn can tell."""
        t = (self.estimate - null) / self.std_error
        above, below = (self.drawn >= t).sum(), (self.drawn <= t).sum()
        return min(1.0, 2 * (1 + min(int(above), int(below))) / (len(self.drawn) + 1))


@dataclass(frozen=True)
class Amounts:
    """Two arms of amounts, drawn again: `difference` in their unit, `log_ratio` of the means."""

    difference: Studentised
    log_ratio: Studentised


def amounts(here: Array, there: Array) -> Amounts | Withheld:
    """The mean of `here` against that of `there`; amounts of nought or more."""
    if min(len(here), len(there)) < 2:
        return Withheld("one_person")
    if min(here.mean(), there.mean()) <= 0:
        return Withheld("no_events")
    if min(np.ptp(here), np.ptp(there)) == 0:
        return Withheld("no_variation")
    rng = np.random.default_rng(SEED)
    one, other = _drawn(here, rng), _drawn(there, rng)
    n = len(here) + len(there)
    own, reference = _moments(here[None, :]), _moments(there[None, :])
    return Amounts(
        _studentised(_apart(own, reference), _apart(one, other), n),
        _studentised(_ratio(own, reference), _ratio(one, other), n),
    )


def mean_amount(values: Array) -> Studentised | Withheld:
    """The mean of one arm."""
    if len(values) < 2:
        return Withheld("one_person")
    if np.ptp(values) == 0:
        return Withheld("no_variation")
    rng = np.random.default_rng(SEED)
    return _studentised(_moments(values[None, :]), _drawn(values, rng), len(values))


def _drawn(values: Array, rng: np.random.Generator) -> Array:
    """Mean and squared standard error of every sample drawn again, replicates x 2."""
    size = min(len(values), ENOUGH)
    at_once = max(1, _CHUNK // size)
    counts = [min(at_once, REPLICATES - start) for start in range(0, REPLICATES, at_once)]
    return np.vstack([_moments(values[rng.integers(0, len(values), (count, size))]) for count in counts])


def _moments(rows: Array) -> Array:
    return np.column_stack([rows.mean(axis=1), rows.var(axis=1, ddof=1) / rows.shape[1]])


def _apart(one: Array, other: Array) -> Array:
    return np.column_stack([one[:, 0] - other[:, 0], one[:, 1] + other[:, 1]])


def _ratio(one: Array, other: Array) -> Array:
    variance = one[:, 1] / one[:, 0] ** 2 + other[:, 1] / other[:, 0] ** 2
    return np.column_stack([np.log(one[:, 0]) - np.log(other[:, 0]), variance])


def _studentised(own: Array, drawn: Array, n: int) -> Studentised:
    """Estimate and squared standard error, of the people and of each sample. A sample in which all happen to be alike
    tells nothing of the spread and is left out."""
    estimate, variance = own[0].tolist()
    telling = drawn[drawn[:, 1] > 0]
    return Studentised(estimate, math.sqrt(variance), n, np.sort((telling[:, 0] - estimate) / np.sqrt(telling[:, 1])))

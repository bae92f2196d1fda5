"""How much people differ: variances of change, their ratio, and a variance against what measuring alone would give.

No interval here takes the values for normal: the fourth moments are those of the people.

Bonett, D. G. (2006). Robust confidence interval for a ratio of standard deviations. Applied Psychological
Measurement 30, 432-439. Bonett, D. G. (2006). Approximate confidence interval for standard deviation of
nonnormal distributions. Computational Statistics and Data Analysis 50, 775-782. That a larger variance under
treatment is what tells that people respond differently: Winkelbeiner, S. et al. (2019). JAMA Psychiatry 76, 1063-1073.
"""

import math

import numpy as np

from pipeline.studies.estimators.effect import ArmMeans, Array, Effect, Result, Withheld, effect
from pipeline.studies.estimators.student import LEVEL, quantile

MIN_PEOPLE = 5
"""Bonett's trimming needs more than four people."""


def log_ratio(spread: ArmMeans) -> Result:
    """Logarithm of the variance of arm 1 over that of arm 0 (delta method)."""
    v, c = spread.means, spread.covariance
    variance = c[1, 1] / v[1] ** 2 + c[0, 0] / v[0] ** 2 - 2 * c[0, 1] / (v[0] * v[1])
    return effect(math.log(v[1] / v[0]), float(variance), spread.df, sum(spread.n), sum(spread.n_effective), 1.0)


def log_ratio_to(spread: ArmMeans, known: float) -> Result:
    """Logarithm of the one arm's variance over a variance that is known."""
    v = float(spread.means[0])
    return effect(
        math.log(v / known), float(spread.covariance[0, 0]) / v**2, spread.df, spread.n[0], spread.n_effective[0], 1.0
    )


def bonett_ratio(here: Array, there: Array) -> Result:
    """Logarithm of the variance of `here` over that of `there`, kurtosis pooled over both (Bonett 2006, APM)."""
    if min(len(here), len(there)) < MIN_PEOPLE:
        return Withheld("one_person")
    v1, v0 = float(here.var(ddof=1)), float(there.var(ddof=1))
    if min(v1, v0) <= 0:
        return Withheld("no_variation")
    fourth = _fourth(here) + _fourth(there)
    pooled = ((len(here) - 1) * v1 + (len(there) - 1) * v0) ** 2
    kurtosis = (len(here) + len(there)) * fourth / pooled
    variance = _uncertainty(kurtosis, len(here)) + _uncertainty(kurtosis, len(there))
    estimate = math.log(_enlarged(len(here)) * v1 / (_enlarged(len(there)) * v0))
    n = len(here) + len(there)
    return effect(estimate, variance, math.inf, n, n, 1.0)


def bonett_to(values: Array, known: float) -> Result:
    """Logarithm of the variance of `values` over a variance that is known (Bonett 2006, CSDA)."""
    n = len(values)
    if n < MIN_PEOPLE:
        return Withheld("one_person")
    v = float(values.var(ddof=1))
    if v <= 0:
        return Withheld("no_variation")
    c = _enlarged(n)
    kurtosis = n * _fourth(values) / ((n - 1) * v) ** 2
    return effect(math.log(c * v / known), c**2 * _uncertainty(kurtosis, n), math.inf, n, n, 1.0)


def as_ratio(found: Effect) -> tuple[float, float, float]:
    """Ratio with its limits, from its logarithm."""
    low, high = found.interval()
    return math.exp(found.estimate), math.exp(low), math.exp(high)


def _fourth(values: Array) -> float:
    """Sum of fourth powers about the mean trimmed by 1 / (2 sqrt(n - 4)) at each end, as Bonett has it."""
    n = len(values)
    cut = int(n / (2 * math.sqrt(n - 4)))
    kept = np.sort(values)[cut : n - cut] if n > 2 * cut else values
    return float(((values - kept.mean()) ** 4).sum())


def _uncertainty(kurtosis: float, n: int) -> float:
    return max(kurtosis - (n - 3) / n, 0.0) / (n - 1)


def _enlarged(n: int) -> float:
    """Bonett's correction of a small sample's variance."""
    z = quantile((1 + LEVEL) / 2, math.inf)
    return n / (n - z)

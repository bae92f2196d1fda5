"""Means and differences of means with unequal variances, from counts, means and variances alone.

Welch, B. L. (1947). The generalization of "Student's" problem when several different population
variances are involved. Biometrika 34, 28-35. Satterthwaite, F. E. (1946). An approximate distribution
of estimates of variance components. Biometrics Bulletin 2, 110-114.
"""

import math
from dataclasses import dataclass

from pipeline.studies.estimators.student import LEVEL, quantile, two_sided


@dataclass(frozen=True)
class Moments:
    """Count, mean and variance (divisor n - 1) of one arm; `variance` is None below two people."""

    n: int
    mean: float
    variance: float | None

    @classmethod
    def from_sums(cls, n: int, total: int, total_of_squares: int, scale: int) -> "Moments":
        """From integer sums of values that were multiplied by `scale`. Exact until the last division."""
        mean = total / (n * scale)
        if n < 2:
            return cls(n, mean, None)
        spread = n * total_of_squares - total * total
        return cls(n, mean, spread / (n * (n - 1) * scale * scale))


@dataclass(frozen=True)
class Interval:
    """An estimate in the unit of the values, its standard error, degrees of freedom and limits."""

    estimate: float
    std_error: float
    df: float
    ci_lower: float
    ci_upper: float
    p_value: float


def mean_interval(arm: Moments) -> Interval | None:
    """One arm's mean with its t interval; None where the spread is unknown or nought. p tests a mean of 0."""
    if not arm.variance:
        return None
    return _interval(arm.mean, math.sqrt(arm.variance / arm.n), arm.n - 1)


def difference(arm: Moments, reference: Moments) -> Interval | None:
    """Mean of `arm` minus mean of `reference`, Welch-Satterthwaite; None where the spread is unknown or nought."""
    if arm.variance is None or reference.variance is None:
        return None
    a, b = arm.variance / arm.n, reference.variance / reference.n
    if a + b == 0:
        return None
    df = (a + b) ** 2 / (a**2 / (arm.n - 1) + b**2 / (reference.n - 1))
    return _interval(arm.mean - reference.mean, math.sqrt(a + b), df)


def _interval(estimate: float, std_error: float, df: float) -> Interval:
    half = quantile((1 + LEVEL) / 2, df) * std_error
    return Interval(estimate, std_error, df, estimate - half, estimate + half, two_sided(estimate / std_error, df))

"""The chance that a person of one arm did better than one of another, ties counted half.

For ordered scales, where a mean of steps of unequal width would mislead. The interval allows unequal
spread: Brunner, E. and Munzel, U. (2000). The nonparametric Behrens-Fisher problem. Biometrical
Journal 42, 17-25.
"""

import math
from collections.abc import Mapping

import numpy as np

from pipeline.studies.estimators.student import LEVEL, quantile, two_sided
from pipeline.studies.estimators.welch import Interval

NO_DIFFERENCE = 0.5
"""The value at which neither arm does better."""


def win_probability(arm: Mapping[int, int], reference: Mapping[int, int]) -> Interval | None:
    """P(arm > reference) + P(equal) / 2 from people counted by value; None where no spread can be estimated.

    p tests a probability of one half.
    """
    values = sorted({*arm, *reference})
    x = np.array([arm.get(v, 0) for v in values], dtype=np.float64)
    y = np.array([reference.get(v, 0) for v in values], dtype=np.float64)
    n, m = x.sum(), y.sum()
    if n < 2 or m < 2:
        return None
    beaten, beats = _below(y) / m, _below(x) / n  # share of the other arm below each value, ties half
    estimate = float((x * beaten).sum() / n)
    a = float((x * (beaten - estimate) ** 2).sum() / (n - 1) / n)
    b = float((y * (beats - (1 - estimate)) ** 2).sum() / (m - 1) / m)
    if a + b == 0:
        return None
    return _interval(estimate, a, b, int(n), int(m))


def _below(counts: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.cumsum(counts) - counts / 2


def _interval(estimate: float, a: float, b: float, n: int, m: int) -> Interval:
    df = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1))
    std_error = math.sqrt(a + b)
    half = quantile((1 + LEVEL) / 2, df) * std_error
    p_value = two_sided((estimate - NO_DIFFERENCE) / std_error, df)
    return Interval(estimate, std_error, df, max(0.0, estimate - half), min(1.0, estimate + half), p_value)

"""A median and quartiles of values that are counted, with limits that are two of the values themselves.

The number of values below the median is binomial whatever they look like, so two of them in order enclose it.

Hahn, G. J. and Meeker, W. Q. (1991). Statistical Intervals, section 5.2. Conover, W. J. (1999). Practical
Nonparametric Statistics, 3rd ed., section 3.2.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from pipeline.studies.estimators.effect import Codes
from pipeline.studies.estimators.student import LEVEL


@dataclass(frozen=True)
class Middle:
    """Median of `n` values, its limits (None where there are too few values to enclose it), and the quartiles."""

    n: int
    median: float
    lower: float | None
    upper: float | None
    first_quartile: float
    third_quartile: float


def middle(values: Codes, counts: Codes) -> Middle | None:
    """Of distinct values in rising order, each there `counts` times; None where there is none."""
    n = int(counts.sum())
    if n == 0:
        return None
    places = np.cumsum(counts)

    def at(rank: float) -> float:
        return float(values[int(np.searchsorted(places, rank, side="left"))])

    def quantile(share: float) -> float:  # the mean of the two in the middle, where one is not in the middle
        below = share * n
        return (at(np.floor(below) + 1) + at(np.ceil(below))) / 2 if below >= 1 else at(1)

    low = _first_beyond((1 - LEVEL) / 2, n)  # at most 2.5 of 100 samples have fewer below the median
    lower, upper = (at(low), at(n - low + 1)) if low >= 1 else (None, None)
    return Middle(n, quantile(0.5), lower, upper, quantile(0.25), quantile(0.75))


def _first_beyond(probability: float, n: int) -> int:
    """The least k for which n fair coins show k heads or fewer with more than this probability."""
    near = int(special.bdtrik(probability, n, 0.5))
    return near if special.bdtr(near, n, 0.5) > probability else near + 1

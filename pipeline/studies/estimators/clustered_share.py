"""A share of things that come in clusters, such as sessions of people: exact limits at what they are worth.

Limits are those of Clopper and Pearson at the effective number: as many independent things as would give the same
variance, lessened for a variance that is itself estimated from few clusters. They hold where a share is near 0 or 1,
which those of a normal approximation do not.

Korn, E. L. and Graubard, B. I. (1998). Confidence intervals for proportions with small expected number of positive
counts estimated from survey data. Survey Methodology 24, 193-201. The variance of a ratio of sums: Cochran, W. G.
(1977). Sampling Techniques, 3rd ed., chapter 6. What none seen allows: Hanley, J. A. and Lippman-Hand, A. (1983). If
nothing goes wrong, is everything all right? JAMA 249, 1743-1745.
"""

import math
import sys
from dataclasses import dataclass

from scipy import special

from pipeline.studies.estimators.effect import Result, Withheld, effect
from pipeline.studies.estimators.student import LEVEL, quantile


@dataclass(frozen=True)
class ClusterTotals:
    """Sums over people: `m` things of each, `y` of them with what is counted, and their products."""

    people: int
    m: int
    y: int
    mm: int
    my: int
    yy: int


@dataclass(frozen=True)
class Share:
    """A share (0-1); `n_effective` independent things know as much as these `n` of `clusters` people."""

    estimate: float
    std_error: float
    n: int
    clusters: int
    n_effective: float

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Lower and upper limit."""
        tail, x = (1 - level) / 2, self.estimate * self.n_effective
        low = float(special.betaincinv(x, self.n_effective - x + 1, tail)) if x > 0 else 0.0
        high = float(special.betaincinv(x + 1, self.n_effective - x, 1 - tail)) if x < self.n_effective else 1.0
        return low, high

    def p_value(self, null: float) -> float:
        """Two-sided, against a share of `null`: it is small where the interval leaves `null` out."""
        x, n = self.estimate * self.n_effective, self.n_effective
        below = float(special.betainc(x, n - x + 1, null)) if x > 0 else 1.0
        above = float(special.betaincc(x + 1, n - x, null)) if x < n else 1.0
        return min(max(2 * min(below, above), sys.float_info.min), 1.0)


def ratio_of_totals(totals: ClusterTotals) -> Share | None:
    """The share of things with what is counted; None where there is nothing or one person."""
    if totals.people < 2 or totals.m == 0:
        return None
    share = totals.y / totals.m
    squares = totals.yy - 2 * share * totals.my + share**2 * totals.mm
    variance = max(squares, 0.0) * totals.people / (totals.people - 1) / totals.m**2
    return share_of(share, variance, totals.m, totals.people, totals.people - 1)


def none_seen(clusters: int) -> float:
    """The largest share that would still let `clusters` people show none in 5 of 100 such samples (about 3 / clusters).

    People are counted, not their things: of none seen nothing tells how alike one person's things are.
    """
    return float(1 - (1 - LEVEL) ** (1 / clusters))


def mean_of_totals(totals: ClusterTotals, scale: int = 1) -> Result:
    """The ratio y / m / scale where it is no share: t limits from the spread between people."""
    if totals.people < 2 or totals.m == 0:
        return Withheld("no_arm" if totals.m == 0 else "one_person")
    ratio = totals.y / totals.m
    squares = totals.yy - 2 * ratio * totals.my + ratio**2 * totals.mm
    variance = max(squares, 0.0) * totals.people / (totals.people - 1) / totals.m**2
    spread = math.sqrt(totals.yy / totals.people) / totals.m * totals.people
    return effect(ratio / scale, variance / scale**2, totals.people - 1, totals.people, totals.people, spread / scale)


def share_of(estimate: float, variance: float, n: int, clusters: int, df: float) -> Share:
    """A share with the variance that its clusters show, on `df` degrees of freedom.

    Where all are alike there is no variance to see: then each cluster counts as one.
    """
    estimate = min(max(estimate, 0.0), 1.0)
    if variance <= 0 or not 0 < estimate < 1:
        return Share(estimate, 0.0, n, clusters, float(clusters))
    wanted = (1 + LEVEL) / 2
    worth = estimate * (1 - estimate) / variance * (quantile(wanted, max(n - 1, 1)) / quantile(wanted, df)) ** 2
    return Share(estimate, math.sqrt(variance), n, clusters, min(float(n), worth))

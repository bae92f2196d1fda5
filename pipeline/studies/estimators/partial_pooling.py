"""Many cells of one map, each drawn towards what the others say, the more so the less it knows itself.

Points only: intervals of the best-looking cell covered 62% in simulation, so nothing here ranks.

Efron, B. and Morris, C. (1975). Data analysis using Stein's estimator and its generalizations. JASA 70,
311-319. Paule, R. C. and Mandel, J. (1982). Consensus values and weighting factors. J. Research NBS 87, 377-385.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from pipeline.studies.estimators.effect import Array, Withheld

MIN_CELLS = 3


@dataclass(frozen=True)
class Pooled:
    """`points` per cell in the unit of the estimates; `centre` and `between` (a standard deviation) of the cells."""

    points: Array
    centre: float
    between: float


def partial_pooling(estimates: Array, std_errors: Array) -> Pooled | Withheld:
    """Normal cells around a common mean, the spread between them by Paule and Mandel."""
    if not (np.isfinite(estimates).all() and np.isfinite(std_errors).all()):
        return Withheld("missing_values")
    if len(estimates) < MIN_CELLS or (std_errors <= 0).any():
        return Withheld("too_few_results")
    variance = std_errors**2
    between = paule_mandel(estimates, variance)
    weight = 1 / (variance + between)
    centre = float(weight @ estimates / weight.sum())
    points = centre + between * weight * (estimates - centre)
    return Pooled(np.asarray(points), centre, math.sqrt(between))


def paule_mandel(estimates: Array, variance: Array) -> float:
    """The variance between results, such that they scatter around their weighted mean as they should; nought where
    chance alone scatters them more."""

    def excess(between: float) -> float:
        weight = 1 / (variance + between)
        centre = weight @ estimates / weight.sum()
        return float(weight @ (estimates - centre) ** 2) - (len(estimates) - 1)

    high = float(np.ptp(estimates)) ** 2 * len(estimates) + float(variance.max())
    return 0.0 if excess(0.0) <= 0 else float(optimize.brentq(excess, 0.0, high, xtol=1e-14 * high))

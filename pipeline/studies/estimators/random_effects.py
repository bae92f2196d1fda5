"""One figure from several trials that may each be about something slightly different.

Paule, R. C. and Mandel, J. (1982). Consensus values and weighting factors. J. Research NBS 87, 377-385.
Hartung, J. and Knapp, G. (2001). A refined method for the meta-analysis of controlled clinical trials with binary
outcome. Statistics in Medicine 20, 3875-3889. Higgins, J. P. T. and Thompson, S. G. (2002). Quantifying heterogeneity
in a meta-analysis. Statistics in Medicine 21, 1539-1558 (I squared). Rover, C., Knapp, G. and Friede, T. (2015).
Hartung-Knapp-Sidik-Jonkman approach and its modification for random-effects meta-analysis with few studies. BMC
Medical Research Methodology 15, 99 (never narrower than without it).
"""

import math
from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.effect import Array, Effect, Withheld
from pipeline.studies.estimators.partial_pooling import MIN_CELLS, paule_mandel


@dataclass(frozen=True)
class Pooled:
    """The mean of the trials' own truths (`effect`), their standard deviation `between`, and what share (0-1) of the
    scatter is more than chance (`i_squared`). `effect.n` counts people."""

    effect: Effect
    between: float
    i_squared: float


def random_effects(estimates: Array, std_errors: Array, people: int) -> Pooled | Withheld:
    """Paule and Mandel's variance between trials, Hartung and Knapp's interval; from three trials on."""
    if not (np.isfinite(estimates).all() and np.isfinite(std_errors).all()):
        return Withheld("missing_values")
    if len(estimates) < MIN_CELLS or (std_errors <= 0).any():
        return Withheld("too_few_results")
    variance, df = std_errors**2, len(estimates) - 1
    between = paule_mandel(estimates, variance)
    weight = 1 / (variance + between)
    centre = float(weight @ estimates / weight.sum())
    # where trials agree better than chance, the plain interval is kept: theirs would be narrower than one fixed truth's
    scatter = max(1.0, float(weight @ (estimates - centre) ** 2) / df)
    pooled = Effect(centre, math.sqrt(scatter / weight.sum()), float(df), people, float(people))
    fixed = 1 / variance
    q = float(fixed @ (estimates - fixed @ estimates / fixed.sum()) ** 2)
    return Pooled(pooled, math.sqrt(between), max(0.0, 1 - df / q) if q > 0 else 0.0)

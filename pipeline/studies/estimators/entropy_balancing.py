"""Weights for the reference arm whose covariate means equal those of the treated, as even as possible.

Hainmueller, J. (2012). Entropy balancing for causal effects. Political Analysis 20, 25-46. Solved in the
dual by Newton's method with step halving.
"""

import numpy as np
from scipy import special

from pipeline.studies.estimators.effect import Array, Codes, Withheld
from pipeline.studies.estimators.gram import solve
from pipeline.studies.estimators.inputs import problem

MAX_STEPS = 60
BALANCED = 1e-9
"""Largest difference of means left, in standard deviations of the column."""


def entropy_weights(treated: Codes, x: Array) -> Array | Withheld:
    """One for every treated person; for the others weights that add to the number of treated.

    `no_overlap` where the treated's means lie outside what any weighting of the others can reach.
    """
    if wrong := problem(np.arange(len(treated), dtype=np.float64), treated, x, 2):
        return wrong
    scale = x.std(axis=0)
    varies = scale > 0
    z = (x[treated == 0][:, varies] - x[treated == 1][:, varies].mean(axis=0)) / scale[varies]
    share = _dual(z)
    if isinstance(share, Withheld):
        return share
    weight = np.ones(len(treated))
    weight[treated == 0] = share * (treated == 1).sum()
    return weight


def _dual(z: Array) -> Array | Withheld:
    """Shares proportional to exp(z b) under which every column of z averages nought."""
    b = np.zeros(z.shape[1])
    for _ in range(MAX_STEPS):
        share = special.softmax(z @ b)
        gradient = share @ z
        if np.abs(gradient).max(initial=0.0) < BALANCED:
            return np.asarray(share)
        centred = z - gradient
        step = solve(centred.T @ (centred * share[:, None])).inverse @ gradient
        b = _shorter(z, b, step, float(gradient @ step))
    return Withheld("no_overlap")


def _shorter(z: Array, b: Array, step: Array, slope: float) -> Array:
    """Newton's step, halved until log sum exp (z b) falls enough."""
    here, size = float(special.logsumexp(z @ b)), 1.0
    while size > 1e-6 and special.logsumexp(z @ (b - size * step)) > here - 0.1 * size * slope:
        size /= 2
    return np.asarray(b - size * step)

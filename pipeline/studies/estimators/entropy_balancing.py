"""Weights for the reference arm whose covariate means equal those of the treated, as even as possible.

Hainmueller, J. (2012). Entropy balancing for causal effects. Political Analysis 20, 25-46. Solved in the
dual by Newton's method with step halving.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.effect import Array, Codes, Withheld
from pipeline.studies.estimators.gram import solve
from pipeline.studies.estimators.inputs import problem

MAX_STEPS = 60
BALANCED = 1e-9
"""Largest difference of means left, in standard deviations of the column."""


def entropy_weights(treated: Codes, x: Array | Design) -> Array | Withheld:
    """One for every treated person; for the others weights that add to the number of treated.

    `no_overlap` where the treated's means lie outside what any weighting of the others can reach.
    """
    if wrong := problem(np.arange(len(treated), dtype=np.float64), treated, x, 2):
        return wrong
    whole, weight = Design.of(x), np.ones(len(treated))
    scale = whole.spread()
    varies = np.flatnonzero(scale > 0)
    mean = whole.means((treated == 1).astype(np.float64))[varies]
    others = treated == 0
    share = _dual(_Apart(whole.columns(varies.tolist()).chosen(others), mean, scale[varies]))
    if isinstance(share, Withheld):
        return share
    weight[others] = share * (treated == 1).sum()
    return weight


@dataclass(frozen=True, eq=False)
class _Apart:
    """How far each of the others is from the treated's `mean`, in units of `scale`: z = (x - mean) / scale."""

    x: Design
    mean: Array
    scale: Array

    def times(self, b: Array) -> Array:
        return self.x.times(b / self.scale) - float(self.mean @ (b / self.scale))

    def mean_of(self, share: Array) -> Array:
        """With shares that add to one."""
        return np.asarray((self.x.cross(share) - self.mean) / self.scale)

    def covariance(self, share: Array) -> Array:
        about = self.x.cross(share)
        return np.asarray((self.x.gram(share) - np.outer(about, about)) / np.outer(self.scale, self.scale))


def _dual(z: _Apart) -> Array | Withheld:
    """Shares proportional to exp(z b) under which every column of z averages nought."""
    b = np.zeros(len(z.scale))
    for _ in range(MAX_STEPS):
        share = special.softmax(z.times(b))
        gradient = z.mean_of(share)
        if np.abs(gradient).max(initial=0.0) < BALANCED:
            return np.asarray(share)
        step = solve(z.covariance(share)).inverse @ gradient
        b = _shorter(z, b, step, float(gradient @ step))
    return Withheld("no_overlap")


def _shorter(z: _Apart, b: Array, step: Array, slope: float) -> Array:
    """Newton's step, halved until log sum exp (z b) falls enough."""
    here, size = float(special.logsumexp(z.times(b))), 1.0
    while size > 1e-6 and special.logsumexp(z.times(b - size * step)) > here - 0.1 * size * slope:
        size /= 2
    return np.asarray(b - size * step)

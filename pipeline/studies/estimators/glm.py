"""Generalised linear models by Fisher scoring, with separation detected instead of warned about.

Nelder, J. A. and Wedderburn, R. W. M. (1972). Generalized linear models. JRSS A 135, 370-384.
Albert, A. and Anderson, J. A. (1984). On the existence of maximum likelihood estimates in logistic
regression models. Biometrika 71, 1-10.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from pipeline.studies.estimators.effect import Array
from pipeline.studies.estimators.gram import Solved, gram_of_rows, solve, weighted_gram

MAX_STEPS = 30
SETTLED = 1e-9
"""Largest change of any linear predictor in the last step."""
MANY, SOME = 100_000, 16
"""From so many rows on, every so-manieth of them are fitted first."""
EXTREME = 25.0
"""A linear predictor beyond this is a probability (or rate) within 1e-11 of its end: separation."""

Family = Callable[[Array, Array], tuple[Array, Array, Array]]
"""(linear predictor, outcome) -> (mean, score per person, information per person)."""


@dataclass(frozen=True)
class Fit:
    """Coefficients, fitted means, the inverse information and each person's score.

    `converged` is False where no finite solution exists; the means are then those of the limit as far
    as it was followed.
    """

    coefficients: Array
    mean: Array
    information: Solved
    score: Array
    converged: bool

    def robust(self, x: Array, weight: Array | None = None) -> Array:
        """Sandwich covariance with independent rows (HC0)."""
        score = self.score if weight is None else self.score * weight
        bread = self.information.inverse
        return np.asarray(bread @ weighted_gram(x, score**2) @ bread)


def logit(eta: Array, y: Array) -> tuple[Array, Array, Array]:
    """Binary outcome, logistic link."""
    mean = special.expit(eta)
    return mean, y - mean, mean * special.expit(-eta)


def complementary_log_log(eta: Array, y: Array) -> tuple[Array, Array, Array]:
    """Binary outcome per interval; coefficients are log hazard ratios of the underlying time."""
    bounded = np.clip(eta, -EXTREME - 1, 3.5)
    rate = np.exp(bounded)
    mean = -np.expm1(-rate)
    return mean, (y - mean) * rate / mean, rate**2 * np.exp(-rate) / mean


def poisson(eta: Array, y: Array) -> tuple[Array, Array, Array]:
    """Count, log link."""
    mean = np.exp(np.clip(eta, -EXTREME - 1, EXTREME + 1))
    return mean, y - mean, mean


def negative_binomial(dispersion: float) -> Family:
    """Count with variance mean + dispersion x mean squared, log link."""

    def family(eta: Array, y: Array) -> tuple[Array, Array, Array]:
        mean, residual, _ = poisson(eta, y)
        over = 1 + dispersion * mean
        return mean, residual / over, mean / over

    return family


def fit(x: Array, y: Array, family: Family, weight: Array | None = None, offset: Array | float = 0.0) -> Fit:
    """Maximum likelihood from nought; `x` carries its own intercept, `offset` is on the linear scale."""
    w = np.ones(len(y)) if weight is None else weight
    beta = _start(x, y, family, weight, offset)
    eta = x @ beta + offset
    settled = False
    for _ in range(MAX_STEPS):
        _, score, information = family(eta, y)
        solved = solve(gram_of_rows(x, w * information))
        step = solved.inverse @ (x.T @ (w * score))
        change = x @ step
        largest = float(np.abs(change).max(initial=0.0))
        damping = min(1.0, 5.0 / largest) if largest else 1.0  # a step of five is already a factor of 150
        beta, eta = beta + damping * step, eta + damping * change
        if largest < SETTLED:
            settled = True
            break
    mean, score, information = family(eta, y)
    within = float(np.abs(eta - offset).max(initial=0.0)) < EXTREME
    if not settled:  # the last step moved the information too
        solved = solve(gram_of_rows(x, w * information))
    return Fit(beta, mean, solved, score, settled and within)


def _start(x: Array, y: Array, family: Family, weight: Array | None, offset: Array | float) -> Array:
    """Nought; for many people what every sixteenth of them say, so that few steps need all of them."""
    if len(y) < MANY:
        return np.zeros(x.shape[1])
    some = slice(None, None, SOME)
    moved = offset[some] if isinstance(offset, np.ndarray) else offset
    found = fit(x[some], y[some], family, None if weight is None else weight[some], moved)
    return found.coefficients if found.converged else np.zeros(x.shape[1])

"""Generalised linear models by Fisher scoring, with separation detected instead of warned about.

Nelder, J. A. and Wedderburn, R. W. M. (1972). Generalized linear models. JRSS A 135, 370-384.
Albert, A. and Anderson, J. A. (1984). On the existence of maximum likelihood estimates in logistic
regression models. Biometrika 71, 1-10.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.effect import Array
from pipeline.studies.estimators.gram import Solved, solve, weighted_gram

MAX_STEPS = 30
SETTLED = 1e-9
"""Largest change of any linear predictor in the last step."""
NEARLY_SETTLED = 3e-7
"""The same where the fitted means alone are asked for and the link is canonical: a step of Newton's method leaves an
error of the order of its own square, and one with the information of the step before of the product of both."""
MANY, SOME = 100_000, 16
"""From so many rows on, every so-manieth of them are fitted first."""
ROUGHLY_SETTLED = 1e-2
"""The same for those few, from whom the others differ by more than that."""
HARDLY_CURVED = 1e-2
"""After a step smaller than this the information has changed by about a hundredth, and leads the next one well enough
where nobody asks for the information itself."""
EXTREME = 25.0
"""A linear predictor beyond this is a probability (or rate) within 1e-11 of its end: separation."""

LARGEST = 700.0
"""Its exponential is still a number."""

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
    against = np.negative(eta)
    np.exp(np.minimum(against, LARGEST, out=against), out=against)  # (1 - mean) / mean, exact at both ends
    mean = against + 1
    np.reciprocal(mean, out=mean)
    against *= mean
    against *= mean
    return mean, y - mean, against


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


class Regressors(Protocol):
    """What a fit asks of rows x columns, however they are kept: a `Design`, or rows that follow from one."""

    @property
    def shape(self) -> tuple[int, int]: ...

    def gram(self, weight: Array | None = None) -> Array: ...

    def cross(self, values: Array) -> Array: ...

    def times(self, coefficients: Array) -> Array: ...


def fit(
    x: Array | Regressors,
    y: Array,
    family: Family,
    weight: Array | None = None,
    offset: Array | float = 0.0,
    start: Array | None = None,
    settled_at: float = SETTLED,
) -> Fit:
    """Maximum likelihood; `x` carries its own intercept, `offset` is on the linear scale.

    `start` are coefficients to begin from; left out, nought, or for many rows what some of them say. With `settled_at`
    above SETTLED the means alone are good: the information may be that of a step before.
    """
    design: Regressors = Design.of(x) if isinstance(x, np.ndarray | Design) else x
    beta = start if start is not None else _start(design, y, family, weight, offset)
    eta, settled, largest = design.times(beta) + offset, False, math.inf
    for _ in range(MAX_STEPS):
        mean, score, information = family(eta, y)
        if largest > HARDLY_CURVED or settled_at <= SETTLED:
            solved = solve(design.gram(information if weight is None else weight * information))
        step = solved.inverse @ design.cross(score if weight is None else weight * score)
        del score  # a number a row each, and there may be millions of rows
        change = design.times(step)
        largest = _furthest(change)
        damping = min(1.0, 5.0 / largest) if largest else 1.0  # a step of five is already a factor of 150
        beta = beta + damping * step
        change *= damping
        eta += change
        if largest < settled_at:
            settled = True
            break
    if settled and settled_at > SETTLED:  # of a canonical link the information is how fast the mean moves
        information *= change
        mean += information
        score = y - mean
    else:
        mean, score, information = family(eta, y)
    within = _furthest(eta - offset if isinstance(offset, np.ndarray) else eta) < EXTREME
    if not settled:  # the last step moved the information too
        solved = solve(design.gram(information if weight is None else weight * information))
    return Fit(beta, mean, solved, score, settled and within)


def _furthest(values: Array) -> float:
    """From nought."""
    return max(float(values.max(initial=0.0)), -float(values.min(initial=0.0)))


def _start(x: Regressors, y: Array, family: Family, weight: Array | None, offset: Array | float) -> Array:
    """Nought; for many people what every sixteenth of them say, so that few steps need all of them."""
    if len(y) < MANY or not isinstance(x, Design):
        return np.zeros(x.shape[1])
    some = np.arange(0, len(y), SOME)
    moved = offset[some] if isinstance(offset, np.ndarray) else offset
    few = None if weight is None else weight[some]
    found = fit(x.chosen(some), y[some], family, few, moved, settled_at=ROUGHLY_SETTLED)
    return found.coefficients if found.converged else np.zeros(x.shape[1])

"""Ordered scales: how much the odds of a better step differ, one ratio for all steps.

McCullagh, P. (1980). Regression models for ordinal data. JRSS B 42, 109-142. Fisher scoring on cells (people
of one row of regressors, counted by value).
"""

import math

import numpy as np
from scipy import special

from pipeline.studies.estimators.effect import Array, Codes, Result, Withheld, effect
from pipeline.studies.estimators.glm import EXTREME, MAX_STEPS, SETTLED
from pipeline.studies.estimators.gram import solve
from pipeline.studies.estimators.inputs import problem


def log_odds_ratio(value: Codes, treated: Codes, x: Array) -> Result:
    """Treated (1) against reference (0), above 0 where the treated have higher values; model-based standard error."""
    if wrong := problem(value.astype(np.float64), treated, x, 2):
        return wrong
    levels, code = np.unique(value, return_inverse=True)
    design = np.column_stack([treated, x]).astype(np.float64)
    if len(value) <= len(levels) - 1 + design.shape[1]:
        return Withheld("too_many_covariates")
    found = _fit(code, design, len(levels))
    if isinstance(found, Withheld):
        return found
    theta, covariance = found
    first = len(levels) - 1
    return effect(theta[first], float(covariance[first, first]), math.inf, len(value), len(value), 1.0)


def _fit(code: Codes, design: Array, levels: int) -> tuple[Array, Array] | Withheld:
    """Thresholds, then slopes; P(value at most j) = expit(threshold_j - slopes'x)."""
    share = np.cumsum(np.bincount(code, minlength=levels))[:-1] / len(code)
    theta = np.concatenate([special.logit(share), np.zeros(design.shape[1])])
    likelihood = -math.inf
    for _ in range(MAX_STEPS * 2):
        here, score, information = _derivatives(code, design, theta, levels)
        solved = solve(information)
        step = solved.inverse @ score
        if np.abs(step).max() < SETTLED:
            settled = np.abs(theta).max() < EXTREME and solved.kept[levels - 1]
            return (theta, solved.inverse) if settled else Withheld("separation")
        theta = _stepped(code, design, theta, step * min(1.0, 5.0 / float(np.abs(step).max())), here, levels)
        likelihood = here
    return Withheld("separation" if math.isfinite(likelihood) else "not_converged")


def _cumulative(design: Array, theta: Array, levels: int) -> Array:
    """People x (levels + 1): chance of a value below each level, 0 and 1 at the ends."""
    below = special.expit(theta[: levels - 1] - (design @ theta[levels - 1 :])[:, None])
    return np.column_stack([np.zeros(len(design)), below, np.ones(len(design))])


def _log_likelihood(code: Codes, design: Array, theta: Array, levels: int) -> float:
    if (np.diff(theta[: levels - 1]) <= 0).any():
        return -math.inf
    chance = np.diff(_cumulative(design, theta, levels), axis=1)[np.arange(len(code)), code]
    return float(np.log(chance).sum()) if chance.min() > 0 else -math.inf


def _stepped(code: Codes, design: Array, theta: Array, step: Array, here: float, levels: int) -> Array:
    """The step, halved while thresholds would cross or the likelihood fall."""
    size = 1.0
    while size > 1e-10 and _log_likelihood(code, design, theta + size * step, levels) < here - 1e-9 * abs(here):
        size /= 2
    return np.asarray(theta + size * step)


def _derivatives(code: Codes, design: Array, theta: Array, levels: int) -> tuple[float, Array, Array]:
    """Log likelihood, its slope, and the expected information."""
    below = _cumulative(design, theta, levels)
    chance = np.maximum(np.diff(below, axis=1), 1e-300)
    density = below * (1 - below)  # of the logistic at each threshold
    score, information = np.zeros(len(theta)), np.zeros((len(theta), len(theta)))
    for j in range(levels):
        rows = np.zeros((len(code), len(theta)))  # slope of the chance of level j
        if j < levels - 1:
            rows[:, j] = density[:, j + 1]
        if j:
            rows[:, j - 1] = -density[:, j]
        rows[:, levels - 1 :] = -design * (density[:, j + 1] - density[:, j])[:, None]
        information += rows.T @ (rows / chance[:, [j]])
        own = code == j
        score += (rows[own] / chance[own, j][:, None]).sum(axis=0)
    return float(np.log(chance[np.arange(len(code)), code]).sum()), score, information

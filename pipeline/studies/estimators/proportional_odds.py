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
from pipeline.studies.estimators.weighting import effective_n


def log_odds_ratio(value: Codes, treated: Codes, x: Array, weight: Array | None = None) -> Result:
    """Treated (1) against reference (0), above 0 where the treated have higher values.

    The standard error is that of the model; with weights (taken as known) that of a sandwich (HC1).
    """
    if wrong := problem(value.astype(np.float64), treated, x, 2):
        return wrong
    levels, code = np.unique(value, return_inverse=True)
    design = np.column_stack([treated, x]).astype(np.float64)
    if len(value) <= len(levels) - 1 + design.shape[1]:
        return Withheld("too_many_covariates")
    even = np.ones(len(value))
    found = _fit(code, design, len(levels), even if weight is None else weight / weight.mean())
    if isinstance(found, Withheld):
        return found
    theta, covariance, meat = found
    first = len(levels) - 1
    if weight is None:
        return effect(theta[first], float(covariance[first, first]), math.inf, len(value), len(value), 1.0)
    variance = float((covariance @ meat @ covariance)[first, first]) * len(value) / (len(value) - len(theta))
    return effect(theta[first], variance, math.inf, len(value), effective_n(weight), 1.0)


def _fit(code: Codes, design: Array, levels: int, weight: Array) -> tuple[Array, Array, Array] | Withheld:
    """Thresholds, then slopes, with the inverse information and the squares of the people's scores.

    P(value at most j) = expit(threshold_j - slopes'x).
    """
    share = np.cumsum(np.bincount(code, minlength=levels))[:-1] / len(code)
    theta = np.concatenate([special.logit(share), np.zeros(design.shape[1])])
    likelihood = -math.inf
    for _ in range(MAX_STEPS * 2):
        here, scores, information = _derivatives(code, design, theta, levels, weight)
        solved = solve(information)
        step = solved.inverse @ scores.sum(axis=0)
        if np.abs(step).max() < SETTLED:
            settled = np.abs(theta).max() < EXTREME and solved.kept[levels - 1]
            return (theta, solved.inverse, scores.T @ scores) if settled else Withheld("separation")
        bounded = step * min(1.0, 5.0 / float(np.abs(step).max()))
        theta = _stepped(code, design, theta, bounded, here, levels, weight)
        likelihood = here
    return Withheld("separation" if math.isfinite(likelihood) else "not_converged")


def _cumulative(design: Array, theta: Array, levels: int) -> Array:
    """People x (levels + 1): chance of a value below each level, 0 and 1 at the ends."""
    below = special.expit(theta[: levels - 1] - (design @ theta[levels - 1 :])[:, None])
    return np.column_stack([np.zeros(len(design)), below, np.ones(len(design))])


def _log_likelihood(code: Codes, design: Array, theta: Array, levels: int, weight: Array) -> float:
    if (np.diff(theta[: levels - 1]) <= 0).any():
        return -math.inf
    chance = np.diff(_cumulative(design, theta, levels), axis=1)[np.arange(len(code)), code]
    return float((weight * np.log(chance)).sum()) if chance.min() > 0 else -math.inf


def _stepped(code: Codes, design: Array, theta: Array, step: Array, here: float, levels: int, weight: Array) -> Array:
    """The step, halved while thresholds would cross or the likelihood fall."""
    size = 1.0
    least = here - 1e-9 * abs(here)
    while size > 1e-10 and _log_likelihood(code, design, theta + size * step, levels, weight) < least:
        size /= 2
    return np.asarray(theta + size * step)


def _derivatives(code: Codes, design: Array, theta: Array, levels: int, weight: Array) -> tuple[float, Array, Array]:
    """Log likelihood, each person's slope of it, and the expected information."""
    below = _cumulative(design, theta, levels)
    chance = np.maximum(np.diff(below, axis=1), 1e-300)
    density = below * (1 - below)  # of the logistic at each threshold
    scores, information = np.zeros((len(code), len(theta))), np.zeros((len(theta), len(theta)))
    for j in range(levels):
        rows = np.zeros((len(code), len(theta)))  # slope of the chance of level j
        if j < levels - 1:
            rows[:, j] = density[:, j + 1]
        if j:
            rows[:, j - 1] = -density[:, j]
        rows[:, levels - 1 :] = -design * (density[:, j + 1] - density[:, j])[:, None]
        information += rows.T @ (rows * (weight / chance[:, j])[:, None])
        own = code == j
        scores[own] = rows[own] * (weight[own] / chance[own, j])[:, None]
    return float((weight * np.log(chance[np.arange(len(code)), code])).sum()), scores, information

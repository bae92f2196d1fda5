"""AIPW whose standard error knows that the chances and the outcome models were estimated too.

With few people or extreme weights the usual one is too small. It is judged beside the others and held to another
implementation's number, but stands in no answer. Stefanski, L. A. and Boos, D. D. (2002). The calculus of
M-estimation. The American Statistician 56, 29-38.
"""

import math

import numpy as np

from pipeline.studies.estimators.effect import Array, Codes, Result, Withheld, effect
from pipeline.studies.estimators.gram import gram_of_rows, solve, with_intercept
from pipeline.studies.estimators.inputs import problem
from pipeline.studies.estimators.propensity import propensity
from pipeline.studies.estimators.weighting import balancing_weights, effective_n


def stacked_aipw(y: Array, treated: Codes, x: Array) -> Result:
    """Difference among everybody between treated (1) and reference (0); unclipped, for the clip has no slope."""
    if wrong := problem(y, treated, x, 2):
        return wrong
    chance = propensity(treated, x)
    if isinstance(chance, Withheld):
        return chance
    if np.bincount(treated).min() <= x.shape[1] + 1:
        return Withheld("too_many_covariates")
    design = with_intercept(x)
    influence = _arm(y, treated, design, chance[:, 1], 1) - _arm(y, treated, design, chance[:, 1], 0)
    estimate, n = float(influence.mean()), len(y)
    variance = float(((influence - estimate) ** 2).sum()) / n**2
    weight = balancing_weights(chance, treated, "ate")
    worth = sum(effective_n(weight[treated == a]) for a in (0, 1))
    return effect(estimate, variance, math.inf, n, worth, float(y.std()))


def _arm(y: Array, treated: Codes, design: Array, e: Array, arm: int) -> Array:
    """What each person says about the mean of one arm, directly and by way of both models."""
    own = (treated == arm).astype(np.float64)
    chance, sign = (e, 1.0) if arm else (1 - e, -1.0)
    bread = solve(gram_of_rows(design, own)).inverse
    fitted = design @ (bread @ (design.T @ (own * y)))
    residual = own * (y - fitted)
    by_outcome = ((1 - own / chance) @ design) @ bread
    score = solve(gram_of_rows(design, e * (1 - e))).inverse
    by_choice = (-(residual * sign * (1 - chance) / chance) @ design) @ score
    through_outcome = residual * (design @ by_outcome)
    through_choice = (treated - e) * (design @ by_choice)
    return np.asarray(fitted + residual / chance + through_outcome + through_choice)

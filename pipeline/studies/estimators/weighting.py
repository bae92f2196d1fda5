"""Weighted comparisons: each person counts so that the arms resemble one population.

Whose population: everybody (`ate`, inverse probability weights), the people of one arm (`att`), or
those who could have been in any arm (`ato`, overlap weights).

Hajek, J. (1971), comment on Basu, in Foundations of Statistical Inference, 236. Li, F., Morgan, K. L. and
Zaslavsky, A. M. (2018). Balancing covariates via propensity score weighting. JASA 113, 390-400. Li, F. and
Li, F. (2019). Propensity score weighting for causal inference with multiple treatments. Annals of Applied
Statistics 13, 2389-2415. Kish, L. (1965). Survey Sampling.
"""

import math
from typing import Literal

import numpy as np

from pipeline.studies.estimators.effect import ArmMeans, Array, Codes, Withheld
from pipeline.studies.estimators.inputs import problem

Target = Literal["ate", "att", "ato"]


def tilt(chance: Array, target: Target, treated: int = 1) -> Array:
    """How much a person counts in the population asked about, from the chances (people x arms)."""
    if target == "ate":
        return np.ones(len(chance))
    if target == "att":
        return chance[:, treated]
    return np.asarray(1.0 / (1.0 / chance).sum(axis=1))


def balancing_weights(chance: Array, arm: Codes, target: Target, treated: int = 1) -> Array:
    """A weight per person: the tilt over the chance of the arm they are in."""
    return np.asarray(tilt(chance, target, treated) / chance[np.arange(len(arm)), arm])


def effective_n(weight: Array) -> float:
    """Kish: how many equally weighted people would know as much."""
    total = float((weight**2).sum())
    return float(weight.sum()) ** 2 / total if total else 0.0


def weighted_means(y: Array, arm: Codes, weight: Array, arms: int = 2) -> ArmMeans | Withheld:
    """Mean of every arm with weights taken as known (HC0 sandwich): each arm's people are independent."""
    if wrong := problem(y, arm, np.zeros((len(y), 0)), arms):
        return wrong
    if not np.isfinite(weight).all():
        return Withheld("no_overlap")
    means, variances, people, effective = np.zeros(arms), np.zeros(arms), list[int](), list[float]()
    for a in range(arms):
        own, w = y[arm == a], weight[arm == a]
        if np.count_nonzero(w > 0) < 2:
            return Withheld("no_overlap")
        means[a] = w @ own / w.sum()
        variances[a] = (w**2) @ (own - means[a]) ** 2 / w.sum() ** 2
        people.append(len(own))
        effective.append(effective_n(w))
    return ArmMeans(means, np.diag(variances), math.inf, tuple(people), tuple(effective), float(y.std()))

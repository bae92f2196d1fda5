"""Mean counts of every arm among everybody, had nobody chosen the arm or left: log-linear, corrected by weights.

Augmented inverse probability weighting whose outcome model is Poisson with a log link: right if either the counts, or
the choices and the leaving, are modelled right. No spread of the counts is assumed. A ratio of two means is judged on
the log scale (delta method).

Robins, J. M., Rotnitzky, A. and Zhao, L. P. (1994). Estimation of regression coefficients when some regressors are not
always observed. JASA 89, 846-866. Zou, G. (2004). A modified Poisson regression approach to prospective studies with
binary data. American Journal of Epidemiology 159, 702-706.
"""

from dataclasses import replace

import numpy as np

from pipeline.studies.estimators import glm
from pipeline.studies.estimators.dropout import Seen
from pipeline.studies.estimators.effect import ArmMeans, Array, Codes, Result, Withheld, effect, from_influence
from pipeline.studies.estimators.inputs import problem
from pipeline.studies.estimators.weighting import effective_n


def count_means(count: Array, arm: Codes, x: Array, chance: Array, staying: Array) -> ArmMeans | Withheld:
    """Mean count of every arm, in the unit of the counts.

    Args:
        count: one per person, NaN where nobody counted.
        arm: 0 to arms - 1.
        x: covariates, one slope each for all arms.
        chance: people x arms, of being in each arm; clipped.
        staying: chance (0 to 1] of being seen, given what was known before.
    """
    seen, arms = np.isfinite(count), chance.shape[1]
    if wrong := _problem(count, seen, arm, x, arms):
        return wrong
    design = _design(arm, x, arms)
    own = chance[np.arange(len(arm)), arm]
    weight = np.where(seen, 1 / (own * staying), 0.0)
    fitted = glm.fit(design[seen], count[seen], glm.poisson, weight[seen] / weight[seen].mean())
    df = int(seen.sum()) - fitted.information.rank
    if not fitted.converged:
        return Withheld("not_converged")
    if df <= 0:
        return Withheld("too_many_covariates")
    raised = float(np.sqrt(seen.sum() / df))  # HC1: residuals of a fitted model are too small
    expected = np.column_stack([_mean(_design(np.full(len(arm), a), x, arms), fitted) for a in range(arms)])
    residual = np.where(seen, count - expected[np.arange(len(arm)), arm], 0.0)
    correction = (arm[:, None] == np.arange(arms)) * (raised * weight * residual)[:, None]
    n = tuple(np.bincount(arm[seen], minlength=arms).tolist())
    worth = tuple(effective_n(weight[arm == a]) for a in range(arms))
    means = from_influence(expected + correction, np.ones(len(arm)), n, worth)
    # the raised residuals are for the uncertainty; the means themselves are those of the residuals as they are
    exact = (expected + correction / raised).mean(axis=0)
    if exact.min() <= 0:
        return Withheld("no_overlap")
    return replace(means, means=exact, df=float(df), spread=float(count[seen].std()))


def log_ratio(means: ArmMeans, arm: int, reference: int) -> Result:
    """Logarithm of the mean of `arm` over that of `reference`."""
    here, there, v = means.means[arm], means.means[reference], means.covariance
    variance = float(v[arm, arm] / here**2 + v[reference, reference] / there**2 - 2 * v[arm, reference] / here / there)
    n, worth = means.n[arm] + means.n[reference], means.n_effective[arm] + means.n_effective[reference]
    return effect(float(np.log(here / there)), variance, means.df, n, worth, 1.0)


def _design(arm: Codes, x: Array, arms: int) -> Array:
    return np.column_stack([np.ones(len(arm)), arm[:, None] == np.arange(1, arms), x]).astype(np.float64)


def _mean(design: Array, fitted: glm.Fit) -> Array:
    return glm.poisson(design @ fitted.coefficients, np.zeros(len(design)))[0]


def _problem(count: Array, seen: Seen, arm: Codes, x: Array, arms: int) -> Withheld | None:
    if np.bincount(arm[seen], minlength=arms).min() == 0:
        return Withheld("all_dropped_out")
    if wrong := problem(count[seen], arm[seen], x[seen], arms):
        return wrong
    if np.bincount(arm[seen], weights=count[seen], minlength=arms).min() <= 0:
        return Withheld("no_events")
    return None

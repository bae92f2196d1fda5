"""The mean of one arm, had nobody stopped reporting: nothing is compared, so only who left has to be faced.

The doubly robust one is `sequential_doubly_robust` with everybody in the same arm. That of repeated measures
takes the covariates' own spread into account, for here they are drawn with the people: the law of total variance
adds slopes x covariance x slopes / n to the variance of the mean at fixed covariates.
"""

from dataclasses import replace

import numpy as np

from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.effect import ArmMeans, Array, Codes, Result, Withheld
from pipeline.studies.estimators.inputs import problem
from pipeline.studies.estimators.mmrm import fit
from pipeline.studies.estimators.patterns import patterns_by_arm
from pipeline.studies.estimators.sequential_doubly_robust import sequential_doubly_robust


def doubly_robust_mean(y: Array, x: Array | Design) -> Result:
    """At the last visit. `y` is change from baseline, people x visits, NaN where not seen; `x` people x covariates."""
    found = sequential_doubly_robust(y, _together(y), x, np.ones((len(y), 1)))
    return found if isinstance(found, Withheld) else found.mean(0)


def repeated_measures_mean(y: Array, x: Array | Design) -> Result:
    """At the last visit, at the covariates' mean among everybody. Arguments as for `doubly_robust_mean`."""
    arm = _together(y)
    if wrong := problem(np.arange(len(y), dtype=np.float64), arm, x, 1):
        return wrong
    known = Design.of(x)
    found = fit(patterns_by_arm(y, arm, known, 1), y.shape[1])
    if isinstance(found, Withheld):
        return found
    means = found.means(y.shape[1] - 1, 1)
    if isinstance(means, Withheld):
        return means
    return _with_people(means, found.coefficients[1:, -1], known).mean(0)


def _with_people(means: ArmMeans, slopes: Array, x: Design) -> ArmMeans:
    """With the variance of the covariates' mean, which a regression takes as fixed."""
    spread = float(np.var(x.times(slopes), ddof=1)) / len(x) if len(slopes) else 0.0
    return replace(means, covariance=means.covariance + spread)


def _together(y: Array) -> Codes:
    return np.zeros(len(y), dtype=np.int64)

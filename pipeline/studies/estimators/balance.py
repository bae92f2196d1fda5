"""Whether the arms hold the same kind of people: standardised mean differences.

Austin, P. C. (2009). Balance diagnostics for comparing the distribution of baseline covariates between
treatment groups in propensity-score matched samples. Statistics in Medicine 28, 3083-3107.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from pipeline.studies.estimators.effect import Array, Codes

Scale = Literal["treated", "pooled"]


def standardised_differences(x: Array, treated: Codes, weight: Array | None = None, scale: Scale = "pooled") -> Array:
    """Mean of the treated minus mean of the rest, per column, in standard deviations.

    The divisor is that of the unweighted people, so that balance before and after weighting are on one
    scale: the treated's, or the root of the mean of both variances. A column that never varies gives 0
    where the arms agree and infinity where they do not. A proportion's variance is p (1 - p).
    """
    w = np.ones(len(x)) if weight is None else weight
    one, zero = treated == 1, treated == 0
    apart = _mean(x[one], w[one]) - _mean(x[zero], w[zero])
    variance = _variance(x[one]) if scale == "treated" else (_variance(x[one]) + _variance(x[zero])) / 2
    fixed = variance <= 0
    ratio = apart / np.sqrt(np.where(fixed, 1.0, variance))
    return np.where(fixed, np.where(apart == 0, 0.0, np.copysign(np.inf, apart)), ratio)


def population_differences(x: Array, own: npt.NDArray[np.bool_], weight: Array, counts: Array) -> Array:
    """Mean of one arm (`own`, with `weight`) minus that of everybody (`counts`: what each counts for), per column.

    In standard deviations of everybody, unweighted. McCaffrey, D. F. et al. (2013). A tutorial on propensity score
    estimation for multiple treatments using generalized boosted models. Statistics in Medicine 32, 3388-3414.
    """
    apart = _mean(x[own], weight[own]) - _mean(x, counts)
    spread = x.std(axis=0)
    return np.asarray(apart / np.where(spread > 0, spread, 1.0))


def _mean(x: Array, w: Array) -> Array:
    return np.asarray(w @ x / w.sum())


def _variance(x: Array) -> Array:
    share = x.mean(axis=0)
    is_binary = ((x == 0) | (x == 1)).all(axis=0)
    return np.where(is_binary, share * (1 - share), x.var(axis=0, ddof=1) if len(x) > 1 else 0.0)

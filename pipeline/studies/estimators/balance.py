"""Whether the arms hold the same kind of people: standardised mean differences.

Austin, P. C. (2009). Balance diagnostics for comparing the distribution of baseline covariates between
treatment groups in propensity-score matched samples. Statistics in Medicine 28, 3083-3107.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.effect import Array, Codes

Scale = Literal["treated", "pooled"]


def standardised_differences(
    x: Array | Design, treated: Codes, weight: Array | None = None, scale: Scale = "pooled"
) -> Array:
    """Mean of the treated minus mean of the rest, per column, in standard deviations.

    The divisor is that of the unweighted people, so that balance before and after weighting are on one
    scale: the treated's, or the root of the mean of both variances. A column that never varies gives 0
    where the arms agree and infinity where they do not. A proportion's variance is p (1 - p).
    """
    design, w = Design.of(x), np.ones(len(x)) if weight is None else weight
    one, zero = treated == 1, treated == 0
    apart = design.means(w * one) - design.means(w * zero)
    here = _variance(design.chosen(one))
    variance = here if scale == "treated" else (here + _variance(design.chosen(zero))) / 2
    fixed = variance <= 0
    ratio = apart / np.sqrt(np.where(fixed, 1.0, variance))
    return np.where(fixed, np.where(apart == 0, 0.0, np.copysign(np.inf, apart)), ratio)


def population_differences(x: Array | Design, own: npt.NDArray[np.bool_], weight: Array, counts: Array) -> Array:
    """Mean of one arm (`own`, with `weight`) minus that of everybody (`counts`: what each counts for), per column.

    In standard deviations of everybody, unweighted. McCaffrey, D. F. et al. (2013). A tutorial on propensity score
    estimation for multiple treatments using generalized boosted models. Statistics in Medicine 32, 3388-3414.
    """
    design = Design.of(x)
    apart = design.means(weight * own) - design.means(counts)
    spread = design.spread()
    return np.asarray(apart / np.where(spread > 0, spread, 1.0))


def _variance(x: Design) -> Array:
    squared, people = x.spread() ** 2, len(x)
    return np.where(x.is_binary(), squared, squared * people / (people - 1) if people > 1 else 0.0)

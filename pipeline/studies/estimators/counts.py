"""Rates of things counted (side effects, sessions missed) per time or per occasion asked.

Poisson regression with a robust standard error, which holds whatever the spread of the counts.

Zou, G. (2004). A modified Poisson regression approach to prospective studies with binary data. American
Journal of Epidemiology 159, 702-706.
"""

import math

import numpy as np

from pipeline.studies.estimators import glm
from pipeline.studies.estimators.effect import Array, Codes, Result, Withheld, effect
from pipeline.studies.estimators.inputs import problem


def log_rate_ratio(count: Array, exposure: Array, treated: Codes, x: Array) -> Result:
    """Treated (1) against reference (0): Poisson, HC1 sandwich. `exposure` is time or occasions, above 0."""
    design, wrong = _design(count, exposure, treated, x)
    if wrong:
        return wrong
    fitted = glm.fit(design, count, glm.poisson, offset=np.log(exposure))
    n = len(count)
    variance = float(fitted.robust(design)[1, 1]) * n / (n - fitted.information.rank)
    return (
        effect(fitted.coefficients[1], variance, math.inf, n, n, 1.0) if fitted.converged else Withheld("not_converged")
    )


def _design(count: Array, exposure: Array, treated: Codes, x: Array) -> tuple[Array, Withheld | None]:
    design = np.column_stack([np.ones(len(count)), treated, x]).astype(np.float64)
    if not (exposure > 0).all():
        return design, Withheld("missing_values")
    if wrong := problem(np.arange(len(count)) + count, treated, x, 2):
        return design, wrong
    if min(count[treated == 1].sum(), count[treated == 0].sum()) == 0:
        return design, Withheld("no_events")
    return design, Withheld("too_many_covariates") if len(count) <= design.shape[1] else None

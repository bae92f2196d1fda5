"""Hazard ratio where responses are only seen at visits: complementary log-log over person-visits.

The ratio is that of the underlying continuous time (proportional hazards), whatever the spacing of visits.
Prentice, R. L. and Gloeckler, L. A. (1978). Regression analysis of grouped survival data with application
to breast cancer data. Biometrics 34, 57-67.
"""

import math

import numpy as np

from pipeline.studies.estimators import glm
from pipeline.studies.estimators.effect import Array, Codes, Result, Withheld, effect
from pipeline.studies.estimators.weighting import effective_n


def log_hazard_ratio(
    person: Codes, visit: Codes, event: Codes, treated: Codes, x: Array, weight: Array | None = None
) -> Result:
    """Treated (1) against reference (0). One row per person and visit at risk; robust to weights and repeats."""
    w = np.ones(len(visit)) if weight is None else weight
    if min((treated == 1).sum(), (treated == 0).sum()) == 0:
        return Withheld("no_arm")
    if min(event[treated == 1].sum(), event[treated == 0].sum()) == 0:
        return Withheld("no_events")
    levels = np.unique(visit)
    design = np.column_stack([visit[:, None] == levels, x, treated]).astype(np.float64)
    fitted = glm.fit(design, event.astype(np.float64), glm.complementary_log_log, w)
    if not (fitted.converged and fitted.information.kept[-1]):
        return Withheld("separation")
    _, code = np.unique(person, return_inverse=True)
    score = np.column_stack([np.bincount(code, weights=c * fitted.score * w) for c in design.T])
    influence = score @ fitted.information.inverse
    rows = np.bincount(code)
    n_effective = effective_n(np.bincount(code, weights=w) / rows)
    return effect(fitted.coefficients[-1], float((influence[:, -1] ** 2).sum()), math.inf, len(rows), n_effective, 1.0)

"""The chance of being in each arm, given what was known before: logistic for two arms, multinomial for many.

Rosenbaum, P. R. and Rubin, D. B. (1983). The central role of the propensity score in observational
studies for causal effects. Biometrika 70, 41-55. Imbens, G. W. (2000). The role of the propensity score
in estimating dose-response functions. Biometrika 87, 706-710.
"""

import numpy as np
import numpy.typing as npt
from scipy import special

from pipeline.studies.estimators import glm
from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.effect import Array, Codes, Withheld
from pipeline.studies.estimators.gram import solve
from pipeline.studies.estimators.inputs import problem

CLIP = (0.02, 0.98)
"""Chances outside are moved to the end, so that nobody counts for more than 50 (section 10 of the plan)."""
OVERLAP = (0.05, 0.95)
"""A chance outside leaves hardly anybody in the other arm to compare with (judgement)."""


def propensity(arm: Codes, x: Array | Design, arms: int = 2) -> Array | Withheld:
    """Chances, people x arms, each row adding to one; unclipped. `x` has no intercept."""
    if wrong := problem(np.arange(len(arm), dtype=np.float64), arm, x, arms):
        return wrong
    design = Design.of(x).with_intercept
    if len(arm) <= design.shape[1] * (arms - 1):
        return Withheld("too_many_covariates")
    if arms > 2:
        return _multinomial(arm, design, arms)
    fitted = glm.fit(design, (arm == 1).astype(np.float64), glm.logit, settled_at=glm.NEARLY_SETTLED)
    return np.column_stack([1 - fitted.mean, fitted.mean]) if fitted.converged else Withheld("separation")


def _multinomial(arm: Codes, design: Design, arms: int) -> Array | Withheld:
    """Newton's method; arm 0 is the base. Separation shows as steps that never settle."""
    eta = np.zeros((len(arm), arms))
    for _ in range(glm.MAX_STEPS):
        chance = special.softmax(eta, axis=1)
        score = np.concatenate([design.cross((arm == a) - chance[:, a]) for a in range(1, arms)])
        step = (solve(_information(design, chance)).inverse @ score).reshape(arms - 1, -1)
        change = np.column_stack([np.zeros(len(arm)), *(design.times(own) for own in step)])
        largest = float(np.abs(change).max())
        eta = eta + change * min(1.0, 5.0 / max(largest, 1e-300))
        if largest < glm.NEARLY_SETTLED and np.ptp(eta, axis=1).max() < glm.EXTREME:
            return np.asarray(special.softmax(eta, axis=1))
    return Withheld("separation")


def _information(design: Design, chance: Array) -> Array:
    """Block (a, b) is X'WX with weight p_a (1 - p_a) where a is b, and -p_a p_b elsewhere."""
    others = range(1, chance.shape[1])
    own = {a: design.gram(chance[:, a] * (1 - chance[:, a])) for a in others}
    both = {(a, b): -design.gram(chance[:, a] * chance[:, b]) for a in others for b in others if a < b}
    return np.block([[own[a] if a == b else both[min(a, b), max(a, b)] for b in others] for a in others])


def clipped(chance: Array) -> Array:
    """Chances moved inside the limits. With many arms the rows need no longer add to one."""
    return np.clip(chance, *CLIP)


def outside_overlap(chance: Array) -> float:
    """Share of people for whom some arm was nearly impossible or nearly certain."""
    if chance.shape[1] > 2:
        return float(hardly_possible(chance).any(axis=1).mean())
    low, high = OVERLAP
    return float(((chance < low) | (chance > high)).any(axis=1).mean())


def hardly_possible(chance: Array) -> npt.NDArray[np.bool_]:
    """People x arms: below a tenth of a fair share 1 / k of the k arms, as 0.05 is between two."""
    return np.asarray(chance < OVERLAP[0] * 2 / chance.shape[1])

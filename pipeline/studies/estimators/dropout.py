"""Who stayed: whether people leave for good, and how likely each was to be seen at each visit.

Robins, J. M., Rotnitzky, A. and Zhao, L. P. (1995). Analysis of semiparametric regression models for
repeated outcomes in the presence of missing data. JASA 90, 106-121.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.studies.estimators import glm
from pipeline.studies.estimators.effect import Array, Codes, Withheld

Seen = npt.NDArray[np.bool_]

SKIPPED_LIMIT = 0.10
"""Above this share of those seen at the end having skipped an earlier visit, dropout is not monotone enough."""
STAYING_FLOOR = 0.02
"""A chance of still being seen below this is moved to it, so that nobody stands for more than 50."""


@dataclass(frozen=True)
class Staying:
    """`seen` and `chance`, people x visits: seen at this and every earlier visit, and the chance of that."""

    seen: Seen
    chance: Array


def skipped_share(y: Array) -> float:
    """Of those seen at the last visit, the share that missed an earlier one; 0 where nobody was seen."""
    last = np.isfinite(y[:, -1])
    return float((~np.isfinite(y[last])).any(axis=1).mean()) if last.any() else 0.0


def seen_throughout(y: Array) -> Seen:
    """People x visits: seen here and at every visit before."""
    return np.logical_and.accumulate(np.isfinite(y), axis=1)


def staying(y: Array, arm: Codes, x: Array, arms: int) -> Staying | Withheld:
    """Chance of being seen at each visit: pooled logistic among those seen before.

    On covariates, arm, visit, the last change seen (0 before the first visit) and its product with arm.
    """
    if skipped_share(y) > SKIPPED_LIMIT:
        return Withheld("skipped_visits")
    seen = seen_throughout(y)
    if np.bincount(arm[seen[:, -1]], minlength=arms).min() == 0:
        return Withheld("all_dropped_out")
    blocks, stayed, at = list[Array](), list[Array](), list[Codes]()
    for k in range(y.shape[1]):
        before = np.flatnonzero(seen[:, k - 1]) if k else np.arange(len(y))
        last = y[before, k - 1] if k else np.zeros(len(y))
        blocks.append(_design(last, arm[before], x[before], k, y.shape[1], arms))
        stayed.append(seen[before, k].astype(np.float64))
        at.append(before)
    conditional = _fitted(np.vstack(blocks), np.concatenate(stayed))
    if isinstance(conditional, Withheld):
        return conditional
    return Staying(seen, _cumulative(conditional, at, y.shape))


def staying_until_left(y: Array, arm: Codes, x: Array, arms: int) -> Staying | Withheld:
    """The same where people skip visits and come back: nobody has left who is seen later.

    What somebody showed last stands for a visit they skipped (0 before the first), so that leaving for good may depend
    on it; skipping is taken to depend on nothing else.
    """
    last, filled = np.zeros(len(y)), y.copy()
    later = np.logical_or.accumulate(np.isfinite(y)[:, ::-1], axis=1)[:, ::-1]
    for k in range(y.shape[1]):
        skipped = ~np.isfinite(y[:, k]) & later[:, k]
        filled[skipped, k] = last[skipped]
        last = np.where(np.isfinite(y[:, k]), y[:, k], last)
    return staying(filled, arm, x, arms)


def _design(last: Array, arm: Codes, x: Array, visit: int, visits: int, arms: int) -> Array:
    belongs = (arm[:, None] == np.arange(1, arms)).astype(np.float64)
    here = np.tile((np.arange(1, visits) == visit).astype(np.float64), (len(arm), 1))
    return np.column_stack([np.ones(len(arm)), here, belongs, last, belongs * last[:, None], x])


def _fitted(design: Array, stayed: Array) -> Array | Withheld:
    """Chances of staying. An arm or visit in which everybody stayed tends to 1, which is what its people need."""
    if stayed.all():
        return np.ones(len(stayed))
    if len(stayed) <= design.shape[1]:
        return Withheld("too_many_covariates")
    return glm.fit(design, stayed, glm.logit).mean


def _cumulative(conditional: Array, at: list[Codes], shape: tuple[int, ...]) -> Array:
    chance, start = np.ones(shape), 0
    for k, people in enumerate(at):
        chance[people, k] = conditional[start : start + len(people)]
        start += len(people)
    return np.asarray(np.maximum(np.cumprod(chance, axis=1), STAYING_FLOOR))

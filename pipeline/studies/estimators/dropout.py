"""Who stayed: whether people leave for good, and how likely each was to be seen at each visit.

Robins, J. M., Rotnitzky, A. and Zhao, L. P. (1995). Analysis of semiparametric regression models for
repeated outcomes in the presence of missing data. JASA 90, 106-121.
"""

from collections.abc import Sequence
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
    if seen.all():
        return Staying(seen, np.ones(y.shape))
    at = [np.flatnonzero(seen[:, k - 1]) if k else np.arange(len(y)) for k in range(y.shape[1])]
    stayed = np.concatenate([seen[before, k] for k, before in enumerate(at)]).astype(np.float64)
    conditional = _fitted(_design(y, arm, x, at, arms), stayed)
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


def _design(y: Array, arm: Codes, x: Array, at: Sequence[Codes], arms: int) -> Array:
    """Those at risk at each visit, one visit after the other: 1, visit, arm, last change, its product with arm, x."""
    first = len(at) + arms - 1  # the column of the last change
    design, start = np.zeros((sum(map(len, at)), first + arms + x.shape[1])), 0
    design[:, 0] = 1.0
    for k, before in enumerate(at):
        rows = design[start : start + len(before)]
        belongs = arm[before][:, None] == np.arange(1, arms)
        rows[:, len(at) : first] = belongs
        if k:
            rows[:, k], rows[:, first] = 1.0, y[before, k - 1]
            rows[:, first + 1 : first + arms] = belongs * rows[:, [first]]
        rows[:, first + arms :] = x if len(before) == len(x) else x[before]
        start += len(before)
    return design


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

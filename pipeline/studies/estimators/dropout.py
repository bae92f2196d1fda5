"""Who stayed: whether people leave for good, and how likely each was to be seen at each visit.

Robins, J. M., Rotnitzky, A. and Zhao, L. P. (1995). Analysis of semiparametric regression models for
repeated outcomes in the presence of missing data. JASA 90, 106-121.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.studies.estimators import glm
from pipeline.studies.estimators.at_risk import AtRisk
from pipeline.studies.estimators.design import Design
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
    *earlier, last = (np.isfinite(visit) for visit in y.T)
    n = np.count_nonzero(last)
    return (n - np.count_nonzero(np.logical_and.reduce([*earlier, last]))) / n if n else 0.0


def seen_throughout(y: Array) -> Seen:
    """People x visits: seen here and at every visit before."""
    return np.logical_and.accumulate(np.isfinite(y), axis=1)


def staying(y: Array, arm: Codes, x: Array | Design, arms: int) -> Staying | Withheld:
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
    visits = seen.sum(axis=1)
    order = np.argsort((y.shape[1] - visits).astype(np.uint8), kind="stable")
    rows = _at_risk(y, arm, Design.of(x), order, visits[order], arms)
    conditional = _fitted(rows, visits[order])
    if isinstance(conditional, Withheld):
        return conditional
    return Staying(seen, _cumulative(rows, conditional, order, y.shape))


def staying_until_left(y: Array, arm: Codes, x: Array | Design, arms: int) -> Staying | Withheld:
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


def _at_risk(y: Array, arm: Codes, x: Design, order: Codes, visits: Codes, arms: int) -> AtRisk:
    """In this order of people, of whom `visits` tells at how many each was seen without a gap."""
    last = np.zeros(y.shape, order="F")
    for k in range(1, y.shape[1]):
        last[:, k] = y[:, k - 1][order]
    n = tuple(int((visits >= k).sum()) for k in range(y.shape[1]))
    return AtRisk(x.chosen(order), arm[order], arms, last, n)


def _fitted(rows: AtRisk, visits: Codes) -> Array | Withheld:
    """Chances of staying. An arm or visit in which everybody stayed tends to 1, which is what its people need."""
    stayed = _stayed(rows, visits)
    if stayed.all():
        return np.ones(len(stayed))
    if len(stayed) <= rows.shape[1]:
        return Withheld("too_many_covariates")
    start = None
    if len(stayed) >= glm.MANY:
        some = np.arange(0, len(visits), glm.SOME)
        few = rows.chosen(some)
        first = glm.fit(few, _stayed(few, visits[some]), glm.logit, settled_at=glm.ROUGHLY_SETTLED)
        start = first.coefficients if first.converged else None
    return glm.fit(rows, stayed, glm.logit, start=start, settled_at=glm.NEARLY_SETTLED).mean


def _stayed(rows: AtRisk, visits: Codes) -> Array:
    """Whether people were seen at each visit at which they were at risk, in the order of the rows."""
    return np.concatenate([visits[:n] > k for k, n in enumerate(rows.n)]).astype(np.float64)


def _cumulative(rows: AtRisk, conditional: Array, order: Codes, shape: tuple[int, ...]) -> Array:
    chance = np.ones(shape, order="F")
    for k, part in enumerate(rows.visits(conditional)):
        chance[order[: len(part)], k] = part
    return np.asarray(np.maximum(np.cumprod(chance, axis=1), STAYING_FLOOR))

"""Mean change had nobody stopped reporting: right if either the outcomes or the choices are modelled right.

Sequential regression of the last visit's change on what was seen before, backwards, each step corrected
by those seen, weighted by their chance of being there. Without dropout it is AIPW.

Robins, J. M., Rotnitzky, A. and Zhao, L. P. (1994). Estimation of regression coefficients when some
regressors are not always observed. JASA 89, 846-866. Rotnitzky, A., Robins, J. M. and Scharfstein, D. O.
(1998). Semiparametric regression for repeated outcomes with nonignorable nonresponse. JASA 93,
1321-1339. Bang, H. and Robins, J. M. (2005). Doubly robust estimation in missing data and causal
inference models. Biometrics 61, 962-973.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.dropout import Seen, Staying, staying
from pipeline.studies.estimators.effect import ArmMeans, Array, Codes, Withheld, from_influence
from pipeline.studies.estimators.gram import solve
from pipeline.studies.estimators.inputs import problem
from pipeline.studies.estimators.weighting import Target, effective_n, tilt


def aipw(
    y: Array, arm: Codes, x: Array | Design, chance: Array, target: Target = "ate", treated: int = 1
) -> ArmMeans | Withheld:
    """One outcome per person, nobody missing. `chance` is people x arms, clipped or not as the caller wishes."""
    if not np.isfinite(y).all():
        return Withheld("missing_values")
    return sequential_doubly_robust(y[:, None], arm, x, chance, target, treated)


def sequential_doubly_robust(
    y: Array, arm: Codes, x: Array | Design, chance: Array, target: Target = "ate", treated: int = 1
) -> ArmMeans | Withheld:
    """Means at the last visit. `y` is change from baseline, people x visits in order, NaN where not seen.

    What somebody shows after a first missed visit is set aside; where that happens to many,
    `skipped_visits` is returned. `x` serves the outcome and the dropout model.
    """
    found = influences(y, arm, x, chance)
    return found if isinstance(found, Withheld) else found.means(target, treated)


@dataclass(frozen=True)
class Influences:
    """What each person says about the mean of each arm (people x arms), whichever population is asked about."""

    psi: Array
    arm: Codes
    chance: Array
    stay: Staying

    def means(self, target: Target, treated: int = 1) -> ArmMeans:
        population = tilt(self.chance, target, treated)
        return from_influence(self.psi, population, *_sizes(self.arm, self.chance, self.stay, population))


def influences(y: Array, arm: Codes, x: Array | Design, chance: Array) -> Influences | Withheld:
    """One fit for all populations. Arguments as for `sequential_doubly_robust`."""
    arms = chance.shape[1]
    if wrong := problem(np.arange(len(y), dtype=np.float64), arm, x, arms):
        return wrong
    last = y[np.isfinite(y[:, -1]), -1]
    if len(last) and np.ptp(last) == 0:
        return Withheld("no_variation")
    stay = staying(y, arm, x, arms)
    if isinstance(stay, Withheld):
        return stay
    columns = [_influence(y[:, -1], y, arm == a, Design.of(x), chance[:, a], stay, curved=False) for a in range(arms)]
    return _together(columns, arm, chance, stay)


def doubly_robust_variances(y: Array, arm: Codes, x: Array | Design, chance: Array) -> ArmMeans | Withheld:
    """Variance of the last visit's change per arm, had everybody been in it and stayed. Arguments as for the mean.

    The doubly robust mean of the squared distance from the arm's own mean. That the mean is estimated costs nothing
    to first order, for there the squared distance is smallest. A square follows what was seen before along a curve.
    """
    arms, found = chance.shape[1], sequential_doubly_robust(y, arm, x, chance)
    if isinstance(found, Withheld):
        return found
    stay = staying(y, arm, x, arms)
    if isinstance(stay, Withheld):
        return stay
    squared = [(y[:, -1] - mean) ** 2 for mean in found.means]
    columns = [_influence(squared[a], y, arm == a, Design.of(x), chance[:, a], stay, curved=True) for a in range(arms)]
    together = _together(columns, arm, chance, stay)
    if isinstance(together, Withheld):
        return together
    spread = together.means("ate")
    return spread if spread.means.min() > 0 else Withheld("not_converged")


def _together(columns: list[Array | Withheld], arm: Codes, chance: Array, stay: Staying) -> Influences | Withheld:
    found = [column for column in columns if not isinstance(column, Withheld)]
    if len(found) < len(columns):
        return next(column for column in columns if isinstance(column, Withheld))
    return Influences(np.column_stack(found), arm, chance, stay)


def _influence(
    target: Array, y: Array, own: Seen, x: Design, chance: Array, stay: Staying, *, curved: bool
) -> Array | Withheld:
    """What each person says about the mean target of one arm, if everybody were in it and stayed."""
    order, at_risk = _longest_first(own, stay)
    history = _history(x.chosen(order), [visit[order] for visit in y.T[:-1]], curved=curved)
    expected, weight, correction = target[order], 1 / chance[order], np.zeros(len(order))
    summed, before = np.zeros((history.shape[1],) * 2), 0
    for k in reversed(range(y.shape[1])):
        n, seen = at_risk[k], at_risk[k + 1]
        columns = history.shape[1] - _width(y.shape[1] - 1 - k, curved=curved)
        known = history.first(n, columns)
        if seen <= columns:
            return Withheld("too_many_covariates")
        summed = summed[:columns, :columns] + known.chosen(slice(before, seen)).gram()
        before = seen
        beta = solve(summed).inverse @ known.first(seen, columns).cross(expected[:seen])
        fitted = known.times(beta)
        correction[:seen] += (expected[:seen] - fitted[:seen]) * weight[:seen] / stay.chance[order[:seen], k]
        expected[:n] = fitted
    psi = _history(x, (), curved=curved).times(beta)
    psi[order] = expected + correction
    return psi


def _longest_first(own: Seen, stay: Staying) -> tuple[Codes, list[int]]:
    """The people of an arm, those seen longest first, and how many were seen at no fewer than 0, 1, 2, ... visits."""
    people = np.flatnonzero(own)
    visits = stay.seen[people].sum(axis=1)
    order = np.argsort((stay.seen.shape[1] - visits).astype(np.uint8), kind="stable")
    return people[order], [int((visits >= k).sum()) for k in range(stay.seen.shape[1] + 1)]


def _history(x: Design, visits: Sequence[Array], *, curved: bool) -> Design:
    """1, covariates and what was seen at the visits given; with squares of what is no word where it follows a curve."""
    seen = [column for visit in visits for column in ((visit, visit**2) if curved else (visit,))]
    squares = x.own.T**2 if curved else ()
    return x.with_intercept.beside(*squares, *seen) if curved or seen else x.with_intercept


def _width(visits: int, *, curved: bool) -> int:
    """Columns of so many visits."""
    return visits * (2 if curved else 1)


def _sizes(arm: Codes, chance: Array, stay: Staying, population: Array) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """People seen at the last visit per arm, and what they are worth with the weights they carry."""
    seen = np.flatnonzero(stay.seen[:, -1])
    here = arm[seen]
    weight = population[seen] / (chance[seen, here] * stay.chance[seen, -1])
    n = np.bincount(here, minlength=chance.shape[1])
    return tuple(n.tolist()), tuple(effective_n(weight[here == a]) for a in range(chance.shape[1]))

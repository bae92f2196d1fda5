"""Mean change had nobody stopped reporting: right if either the outcomes or the choices are modelled right.

Sequential regression of the last visit's change on what was seen before, backwards, each step corrected
by those seen, weighted by their chance of being there. Without dropout it is AIPW.

Robins, J. M., Rotnitzky, A. and Zhao, L. P. (1994). Estimation of regression coefficients when some
regressors are not always observed. JASA 89, 846-866. Rotnitzky, A., Robins, J. M. and Scharfstein, D. O.
(1998). Semiparametric regression for repeated outcomes with nonignorable nonresponse. JASA 93,
1321-1339. Bang, H. and Robins, J. M. (2005). Doubly robust estimation in missing data and causal
inference models. Biometrics 61, 962-973.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.dropout import Seen, Staying, staying
from pipeline.studies.estimators.effect import ArmMeans, Array, Codes, Withheld, from_influence
from pipeline.studies.estimators.gram import masked_least_squares
from pipeline.studies.estimators.inputs import problem
from pipeline.studies.estimators.weighting import Target, effective_n, tilt


def aipw(
    y: Array, arm: Codes, x: Array, chance: Array, target: Target = "ate", treated: int = 1
) -> ArmMeans | Withheld:
    """One outcome per person, nobody missing. `chance` is people x arms, clipped or not as the caller wishes."""
    if not np.isfinite(y).all():
        return Withheld("missing_values")
    return sequential_doubly_robust(y[:, None], arm, x, chance, target, treated)


def sequential_doubly_robust(
    y: Array, arm: Codes, x: Array, chance: Array, target: Target = "ate", treated: int = 1
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


def influences(y: Array, arm: Codes, x: Array, chance: Array) -> Influences | Withheld:
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
    columns = [_influence(y[:, -1], y, arm == a, x, chance[:, a], stay, curved=False) for a in range(arms)]
    return _together(columns, arm, chance, stay)


def doubly_robust_variances(y: Array, arm: Codes, x: Array, chance: Array) -> ArmMeans | Withheld:
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
    columns = [_influence(squared[a], y, arm == a, x, chance[:, a], stay, curved=True) for a in range(arms)]
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
    target: Array, y: Array, own: Seen, x: Array, chance: Array, stay: Staying, *, curved: bool
) -> Array | Withheld:
    """What each person says about the mean target of one arm, if everybody were in it and stayed."""
    correction, target = np.zeros(len(y)), target.copy()
    for k in reversed(range(y.shape[1])):
        rows = np.flatnonzero(own & stay.seen[:, k - 1] if k else own)
        here, history = stay.seen[rows, k], _history(x, y, rows, k, curved=curved)
        if here.sum() <= history.shape[1]:
            return Withheld("too_many_covariates")
        beta = masked_least_squares(history, target[rows], here)
        fitted, seen = history @ beta, rows[here]
        correction[seen] += (target[seen] - fitted[here]) / (chance[seen] * stay.chance[seen, k])
        target[rows] = fitted
    others = np.flatnonzero(~own)
    target[others] = _history(x, y, others, 0, curved=curved) @ beta if curved else beta[0] + x[others] @ beta[1:]
    return np.asarray(target + correction)


def _history(x: Array, y: Array, rows: Codes, visit: int, *, curved: bool) -> Array:
    """1, covariates and what was seen before the visit, of those who were seen at every visit before it."""
    size, width = x.shape[1], x.shape[1] + visit
    history = np.empty((len(rows), 1 + width * (2 if curved else 1)))
    history[:, 0], history[:, 1 : 1 + size], history[:, 1 + size : 1 + width] = 1.0, x[rows], y[rows, :visit]
    if curved:
        history[:, 1 + width :] = history[:, 1 : 1 + width] ** 2
    return history


def _sizes(arm: Codes, chance: Array, stay: Staying, population: Array) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """People seen at the last visit per arm, and what they are worth with the weights they carry."""
    weight = stay.seen[:, -1] * population / (chance[np.arange(len(arm)), arm] * stay.chance[:, -1])
    n = [int(stay.seen[arm == a, -1].sum()) for a in range(chance.shape[1])]
    return tuple(n), tuple(effective_n(weight[arm == a]) for a in range(chance.shape[1]))

"""How the outcome goes with depth (or weekly frequency): each dose as it is, and a smooth curve through them.

The doses as categories are the record; the natural spline with four degrees of freedom is the curve. No
straight line, and nothing monotone: both hid a plateau and a decline in simulation.

Durrleman, S. and Simon, R. (1989). Flexible regression models with cubic splines. Statistics in Medicine
8, 551-561. Hastie, T., Tibshirani, R. and Friedman, J. (2009). Elements of Statistical Learning, 5.2.1.
"""

import numpy as np

from pipeline.studies.estimators.effect import Array, Result, Withheld
from pipeline.studies.estimators.inputs import MAX_LEVELS
from pipeline.studies.estimators.linear import LinearFit, fit

SPLINE_DF = 4


def natural_spline(dose: Array, knots: Array) -> Array:
    """Basis without intercept, doses x (knots - 1): cubic between the knots, straight beyond the first and last."""
    scaled = (dose - knots[0]) / (knots[-1] - knots[0])
    at = (knots - knots[0]) / (knots[-1] - knots[0])

    def piece(k: int) -> Array:
        cubes = np.maximum(scaled - at[k], 0) ** 3 - np.maximum(scaled - at[-1], 0) ** 3
        return np.asarray(cubes / (at[-1] - at[k]))

    last = piece(len(at) - 2)
    return np.column_stack([scaled, *(piece(k) - last for k in range(len(at) - 2))])


def spline_knots(dose: Array, df: int = SPLINE_DF) -> Array:
    """Ends of the doses, and `df` - 1 quantiles between them; fewer where doses repeat so often that knots meet."""
    return np.asarray(np.unique(np.quantile(dose, np.linspace(0, 1, df + 1))))


def spline_curve(y: Array, dose: Array, x: Array, reference: float, at: Array) -> list[Result]:
    """Adjusted difference from the reference dose at each of the doses `at`, with HC3 and t intervals."""
    if not len(dose):
        return [Withheld("no_arm")] * len(at)
    knots = spline_knots(dose)
    if len(knots) < 2:
        return [Withheld("one_level")] * len(at)
    basis, origin = natural_spline(dose, knots), natural_spline(np.array([reference]), knots)
    fitted = _fitted(y, basis, x)
    if isinstance(fitted, Withheld):
        return [fitted] * len(at)
    return [_difference(fitted, row) for row in natural_spline(at, knots) - origin]


def by_dose(y: Array, dose: Array, x: Array, reference: float) -> dict[float, Result]:
    """Adjusted difference of every dose from the reference, each dose a category, with HC3 and t intervals."""
    levels, count = np.unique(dose, return_counts=True)
    others = [float(level) for level in levels if level != reference]
    if len(others) == len(levels):
        return {dose: Withheld("no_arm") for dose in others}
    if len(levels) > MAX_LEVELS:
        return {dose: Withheld("too_many_levels") for dose in others}
    fitted = _fitted(y, (dose[:, None] == np.array(others)).astype(np.float64), x)
    if isinstance(fitted, Withheld):
        return dict.fromkeys(others, fitted)
    people = dict(zip(levels.tolist(), count.tolist(), strict=True))
    lonely = {level for level in others if min(people[level], people[reference]) < 2}
    rows = np.eye(len(others))
    return {
        level: Withheld("one_person") if level in lonely else _difference(fitted, row)
        for level, row in zip(others, rows, strict=True)
    }


def _fitted(y: Array, basis: Array, x: Array) -> LinearFit | Withheld:
    if not (np.isfinite(y).all() and np.isfinite(basis).all() and np.isfinite(x).all()):
        return Withheld("missing_values")
    return fit(np.column_stack([np.ones(len(y)), x, basis]), y)


def _difference(fitted: LinearFit, row: Array) -> Result:
    """`row` weighs the columns of the dose, which stand last."""
    whole = np.zeros(len(fitted.coefficients))
    whole[len(whole) - len(row) :] = row
    if not fitted.determined[whole != 0].all():
        return Withheld("separation")
    return fitted.contrast(whole)

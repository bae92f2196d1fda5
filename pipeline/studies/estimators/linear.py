"""The linear model, on rows or on their sums: adjusted differences whose uncertainty holds with unequal spread.

MacKinnon, J. G. and White, H. (1985). Some heteroskedasticity-consistent covariance matrix estimators
with improved finite sample properties. Journal of Econometrics 29, 305-325. Long, J. S. and Ervin, L. H.
(2000). Using heteroscedasticity consistent standard errors in the linear regression model. The American
Statistician 54, 217-224. Lin, W. (2013). Agnostic notes on regression adjustments to experimental data.
Annals of Applied Statistics 7, 295-318.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.effect import Array, Codes, Result, Withheld, effect
from pipeline.studies.estimators.gram import Solved, adds_to_others, solve
from pipeline.studies.estimators.inputs import problem

Correction = Literal["hc0", "hc1", "hc2", "hc3"]
POWER: dict[Correction, int] = {"hc0": 0, "hc1": 0, "hc2": 1, "hc3": 2}
"""A squared residual is divided by (1 - leverage) to this power."""
ALONE = 1e-9
"""Leverage closer to 1 than this: the fit passes through that person, who decides a coefficient alone."""


@dataclass(frozen=True)
class Meat:
    """Sum of x x' e^2 / (1 - leverage)^power over rows, p x p; `alone` are rows (k x p) the fit passes through."""

    matrix: Array
    alone: Array


@dataclass(frozen=True)
class LinearFit:
    """Coefficients with their sandwich covariance, residual degrees of freedom, and the outcome's spread.

    `alone` holds, per person the fit passes through, what that person moves in each coefficient;
    `determined` tells which coefficients the data determine (a column that repeats others has none).
    """

    coefficients: Array
    covariance: Array
    df: int
    n: int
    spread: float
    alone: Array
    determined: npt.NDArray[np.bool_]

    def contrast(self, row: Array) -> Result:
        """A weighted sum of coefficients with its t interval (delta method, covariates taken as given)."""
        if np.abs(self.alone @ row).max(initial=0.0) * self.n > ALONE:
            return Withheld("one_person_decides")
        variance = float(row @ self.covariance @ row)
        return effect(float(row @ self.coefficients), variance, self.df, self.n, self.n, self.spread)


def fit(x: Array | Design, y: Array, correction: Correction = "hc3") -> LinearFit | Withheld:
    """Least squares with a heteroskedasticity-consistent covariance."""
    n, x = len(y), Design.of(x)
    solved = solve(x.gram())
    if n - solved.rank <= 0:
        return Withheld("too_many_covariates")
    beta = solved.inverse @ x.cross(y.astype(np.float64))
    meat = _meat(x, (y - x.times(beta)) ** 2, solved, POWER[correction])
    return _sandwich(beta, solved, meat, float(n), correction, float(y.std()))


def _meat(x: Design, squared_residual: Array, solved: Solved, power: int) -> Meat:
    """`squared_residual` of every row, divided by what is left of one at its leverage."""
    apart = 1 - x.quadratic(solved.inverse)
    is_alone = apart < ALONE
    divisor = np.where(is_alone, 1.0, apart) ** power
    scaled = np.where(is_alone, 0.0, squared_residual / divisor)
    return Meat(x.gram(scaled), x.chosen(is_alone).dense())


def _sandwich(beta: Array, solved: Solved, meat: Meat, n: float, correction: Correction, spread: float) -> LinearFit:
    df = int(n) - solved.rank
    covariance = solved.inverse @ meat.matrix @ solved.inverse * (n / df if correction == "hc1" else 1.0)
    return LinearFit(beta, covariance, df, int(n), float(spread), meat.alone @ solved.inverse, solved.kept)


@dataclass(frozen=True)
class Sums:
    """Cross products of a whole study: X'X, X'y, y'y and people."""

    n: int
    xx: Array
    xy: Array
    yy: float

    @classmethod
    def of_rows(cls, x: Array, y: Array) -> "Sums":
        return cls(len(y), x.T @ x, x.T @ y, float(y @ y))

    def coefficients(self) -> Array:
        """What the second pass over the rows needs to know."""
        return np.asarray(solve(self.xx).inverse @ self.xy)

    def fit(self, meat: Meat, correction: Correction = "hc3") -> LinearFit | Withheld:
        """`meat` comes from a second pass over all rows (see `meat_of_rows`); the first column is the intercept."""
        solved = solve(self.xx)
        if self.n - solved.rank <= 0:
            return Withheld("too_many_covariates")
        spread = np.sqrt(max(self.yy / self.n - (self.xy[0] / self.n) ** 2, 0.0))
        return _sandwich(self.coefficients(), solved, meat, float(self.n), correction, spread)

    def meat_of_rows(self, x: Array, y: Array, correction: Correction = "hc3") -> Meat:
        """The second pass in memory."""
        residual = y - x @ self.coefficients()
        return _meat(Design.of(x), residual**2, solve(self.xx), POWER[correction])


def ancova(y: Array, treated: Codes, x: Array | Design, correction: Correction = "hc3") -> Result:
    """Difference in y between treated (1) and reference (0) among like people: one slope per covariate."""
    if wrong := problem(y, treated, x, 2):
        return wrong
    return _difference(Design.of(x).with_arm(treated), y, correction)


def g_computation(y: Array, treated: Codes, x: Array, correction: Correction = "hc2") -> Result:
    """Mean difference over everybody when each arm has slopes of its own."""
    if wrong := problem(y, treated, x, 2):
        return wrong
    centred = x - x.mean(axis=0)
    design = np.column_stack([np.ones(len(y)), treated, centred, centred * treated[:, None]])
    return _difference(Design.of(design), y, correction)


def ancova_from_sums(sums: Sums, meat: Meat, correction: Correction = "hc3") -> Result:
    """The same from sums whose regressors are 1, treated, covariates; `meat` by the same correction."""
    treated = float(sums.xx[0, 1])
    arms = treated, sums.n - treated
    if min(arms) < 2:
        return Withheld("one_person" if min(arms) else "no_arm")
    fitted = sums.fit(meat, correction)
    if isinstance(fitted, Withheld):
        return fitted
    return (
        fitted.contrast(_second(len(fitted.coefficients))) if adds_to_others(sums.xx, [1]) else Withheld("separation")
    )


def _second(size: int) -> Array:
    """The row that takes the coefficient of the second column."""
    row = np.zeros(size)
    row[1] = 1.0
    return row


def _difference(x: Design, y: Array, correction: Correction) -> Result:
    """The coefficient of the second column, which tells treated from reference."""
    n_treated = int((x.column(1) > 0).sum())
    arms = n_treated, len(y) - n_treated
    if min(arms) < 2:
        return Withheld("one_person" if min(arms) else "no_arm")
    fitted = fit(x, y, correction)
    if isinstance(fitted, Withheld):
        return fitted
    if not adds_to_others(x.gram(), [1]):
        return Withheld("separation")
    return fitted.contrast(_second(len(fitted.coefficients)))

"""What an estimator returns: an effect with its uncertainty, or the reason why there is none."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.studies.estimators.reasons import REASONS, Reason
from pipeline.studies.estimators.student import LEVEL, quantile, two_sided

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

ROUNDING = 1e-10
"""A standard error below this share of the values' own spread is rounding error, not uncertainty."""


@dataclass(frozen=True)
class Withheld:
    """No number, and why."""

    reason: Reason

    @property
    def sentence(self) -> str:
        return REASONS[self.reason]


@dataclass(frozen=True)
class Effect:
    """An estimate in the unit of the values, its standard error and degrees of freedom (infinite: normal).

    `n` counts people whose outcome is used, `n_effective` what they are worth after weighting (Kish).
    """

    estimate: float
    std_error: float
    df: float
    n: int
    n_effective: float

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Lower and upper limit."""
        half = quantile((1 + level) / 2, self.df) * self.std_error
        return self.estimate - half, self.estimate + half

    def p_value(self, null: float = 0.0) -> float:
        """Two-sided. Never nought: the smallest positive number stands for anything below it."""
        return two_sided((self.estimate - null) / self.std_error, self.df)


Result = Effect | Withheld


def effect(estimate: float, variance: float, df: float, n: int, n_effective: float, spread: float) -> Result:
    """An effect, unless its variance is nought, not finite, or mere rounding beside the values' `spread`."""
    if df <= 0:
        return Withheld("too_many_covariates")
    if not (math.isfinite(estimate) and math.isfinite(variance)):
        return Withheld("not_converged")
    if variance <= (ROUNDING * spread) ** 2:
        return Withheld("no_variation")
    return Effect(float(estimate), math.sqrt(variance), float(df), int(n), float(n_effective))


@dataclass(frozen=True)
class ArmMeans:
    """The mean of every arm in one population, with the covariance of those means.

    `means` has one entry per arm, `covariance` arm x arm; `n` and `n_effective` count people with an
    outcome per arm. `spread` is the values' own standard deviation.
    """

    means: Array
    covariance: Array
    df: float
    n: tuple[int, ...]
    n_effective: tuple[float, ...]
    spread: float

    def difference(self, arm: int, reference: int) -> Result:
        """Mean of `arm` minus mean of `reference`."""
        v = self.covariance
        variance = float(v[arm, arm] + v[reference, reference] - 2 * v[arm, reference])
        estimate = float(self.means[arm] - self.means[reference])
        n = self.n[arm] + self.n[reference]
        return effect(estimate, variance, self.df, n, self.n_effective[arm] + self.n_effective[reference], self.spread)

    def mean(self, arm: int) -> Result:
        """Mean of one arm alone."""
        variance = float(self.covariance[arm, arm])
        return effect(float(self.means[arm]), variance, self.df, self.n[arm], self.n_effective[arm], self.spread)


def from_influence(psi: Array, tilt: Array, n: tuple[int, ...], n_effective: tuple[float, ...]) -> ArmMeans:
    """Weighted means of influence values, people x arms, with the covariance of independent people.

    `tilt` is the weight of each person in the population asked about (all ones: everybody).
    """
    total = tilt.sum()
    means = tilt @ psi / total
    deviation = psi - means
    if not (tilt == 1).all():
        deviation *= tilt[:, None]
    people = len(psi)
    covariance = deviation.T @ deviation / total**2 * (people / (people - 1))
    return ArmMeans(means, covariance, math.inf, n, n_effective, float(psi.std()))

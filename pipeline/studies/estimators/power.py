"""What could have been seen: power, and the smallest difference a comparison can detect.

Both tails count (R's power.t.test with strict = TRUE).
"""

import math

from scipy import optimize, special

from pipeline.studies.estimators.effect import Effect, Withheld
from pipeline.studies.estimators.student import quantile

ALPHA = 0.05
POWER = 0.80


def power(difference: float, std_error: float, df: float, alpha: float = ALPHA) -> float:
    """Chance that a two-sided test at `alpha` finds a true difference."""
    critical, shift = quantile(1 - alpha / 2, df), abs(difference) / std_error
    if math.isinf(df):
        return float(special.ndtr(shift - critical) + special.ndtr(-critical - shift))
    return float(2 - special.nctdtr(df, shift, critical) - special.nctdtr(df, -shift, critical))


def smallest_detectable(std_error: float, df: float, alpha: float = ALPHA, wanted: float = POWER) -> float | Withheld:
    """The true difference that would be found with the wanted power, in the unit of the standard error."""
    if not (std_error > 0 and math.isfinite(std_error) and df >= 1):
        return Withheld("no_variation")
    high = 2.0 * (quantile(1 - alpha / 2, df) + quantile(wanted, df))
    found = optimize.brentq(lambda shift: power(shift, 1.0, df, alpha) - wanted, 1e-6, high, xtol=1e-12)
    return float(found) * std_error


def smallest_detectable_of(effect: Effect) -> float | Withheld:
    """Beside every "no difference": what that comparison could have seen."""
    return smallest_detectable(effect.std_error, effect.df)


def two_arms(n: int, deviation: float = 1.0) -> tuple[float, float]:
    """Standard error and degrees of freedom of two arms of n people each with equal spread."""
    return deviation * math.sqrt(2 / n), 2.0 * (n - 1)

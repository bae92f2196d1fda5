"""Whether two arms are the same for practical purposes: two one-sided tests against a margin.

Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power approach for
assessing the equivalence of average bioavailability. J. Pharmacokinetics and Biopharmaceutics 15, 657-680.
"""

import sys
from dataclasses import dataclass

from pipeline.studies.estimators.effect import Effect, Withheld
from pipeline.studies.estimators.student import beyond

ALPHA = 0.05
"""Of each one-sided test; the matching interval has confidence 1 - 2 x ALPHA."""


@dataclass(frozen=True)
class Equivalence:
    """`p_value` is the larger of the two one-sided; `is_same` where the 90% interval lies inside the margins."""

    ci_lower: float
    ci_upper: float
    p_value: float
    is_same: bool


def equivalence(effect: Effect, lower: float, upper: float) -> Equivalence | Withheld:
    """Is the effect inside (lower, upper), in the unit of the effect?"""
    if not lower < upper:
        return Withheld("unordered_limits")
    above = beyond((effect.estimate - lower) / effect.std_error, effect.df)
    below = beyond((upper - effect.estimate) / effect.std_error, effect.df)
    low, high = effect.interval(1 - 2 * ALPHA)
    p_value = max(above, below, sys.float_info.min)
    return Equivalence(low, high, p_value, lower < low and high < upper)

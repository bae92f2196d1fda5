"""Student's t, and the normal where degrees of freedom are infinite, straight from scipy.special.

scipy.stats has the same numbers and takes a third of a second to import, which whoever asks one question pays.
"""

import math
import sys

from scipy import special

LEVEL = 0.95
"""Confidence of every interval."""


def quantile(probability: float, df: float) -> float:
    """The value that is not exceeded with this probability."""
    return float(special.ndtri(probability) if math.isinf(df) else special.stdtrit(df, probability))


def beyond(statistic: float, df: float) -> float:
    """The chance of a larger statistic."""
    return float(special.ndtr(-statistic) if math.isinf(df) else special.stdtr(df, -statistic))


def two_sided(statistic: float, df: float) -> float:
    """The chance of a statistic at least this far from nought on either side. Never nought: the smallest positive
    number stands for anything below it."""
    return max(2 * beyond(abs(statistic), df), sys.float_info.min)

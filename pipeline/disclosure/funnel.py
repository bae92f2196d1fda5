"""A clinic's result held against what others' patients of the same case mix had: funnel plots, as pure functions.

Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in Medicine 24:1185-1202.
Spiegelhalter, D. J. (2005). Handling over-dispersion of performance indicators. Quality and Safety in Health Care
14:347-351.
"""

import numpy as np
import numpy.typing as npt
from scipy import stats

Numbers = npt.NDArray[np.float64]

LEVELS = (0.95, 0.998)
"""Of the two funnels; outside the wider one a clinic stands out (Spiegelhalter 2005: about 2 and 3 standard errors)."""

WINSORISED = 0.1
"""Share of the clinics at either end whose z-scores are pulled in, lest those that stand out widen the limits by which
they are judged (Spiegelhalter 2005, over-dispersion: 10%)."""


def expected(n: Numbers, reference: Numbers) -> float:
    """Indirect standardisation: the mean these people would have if each stratum did as it does elsewhere.

    `n`: people by stratum; `reference`: mean by stratum elsewhere. Keiding, N. and Clayton, D. (2014). Standardization
    and control for confounding in observational studies. Statistical Science 29:529-558.

    >>> expected(np.array([30.0, 10.0]), np.array([8.0, 4.0]))
    7.0
    """
    return float(np.average(reference, weights=n))


def winsorised(scores: Numbers, share: float = WINSORISED) -> Numbers:
    """The scores, those beyond the quantiles `share` and 1 - `share` set to these.

    >>> winsorised(np.array([-9.0, -1.0, 0.0, 1.0, 9.0]), 0.25).tolist()
    [-1.0, -1.0, 0.0, 1.0, 1.0]
    """
    return np.clip(scores, *np.quantile(scores, (share, 1 - share)))


def over_dispersion(scores: Numbers) -> float:
    """By how much the variance between clinics exceeds what chance makes: the mean square of winsorised z-scores, at
    least 1, for clinics that vary less than chance are no reason for narrower limits.

    >>> over_dispersion(np.array([0.5, -0.5, 0.2]))
    1.0
    """
    return max(1.0, float(np.mean(winsorised(scores) ** 2)))


def half_width(n: Numbers, standard_deviation: float, dispersion: float, level: float) -> Numbers:
    """Half the distance between the limits for a mean of `n` people whose results have this standard deviation: they
    stand around no difference, widened by the square root of the over-dispersion.

    >>> half_width(np.array([100.0]), 10.0, 1.0, 0.95).round(2).tolist()
    [1.96]
    """
    return np.asarray(stats.norm.ppf((1 + level) / 2) * np.sqrt(dispersion) * standard_deviation / np.sqrt(n))


def pooled_deviation(n: Numbers, half_intervals: Numbers, level: float = LEVELS[0]) -> float:
    """The standard deviation within clinics, from the half widths of Student's intervals for their means.

    >>> round(pooled_deviation(np.array([25.0, 25.0]), np.array([4.128, 4.128])), 2)
    10.0
    """
    deviations = half_intervals * np.sqrt(n) / stats.t.ppf((1 + level) / 2, n - 1)
    return float(np.sqrt(np.average(deviations**2, weights=n - 1)))

"""How much would have to be wrong for the answer to change: unmeasured causes, and those who left.

VanderWeele, T. J. and Ding, P. (2017). Sensitivity analysis in observational research: introducing the
E-value. Annals of Internal Medicine 167, 268-274. VanderWeele, T. J. (2017), ibid. for continuous outcomes
(exp(0.91 d)). Cinelli, C. and Hazlett, C. (2020). Making sense of sensitivity: extending omitted variable
bias. JRSS B 82, 39-67. Cro, S. et al. (2020). Sensitivity analysis for clinical trials with missing
continuous outcome data using controlled multiple imputation. Statistics in Medicine 39, 2815-2842.
"""

import math
from dataclasses import dataclass

from pipeline.studies.estimators.effect import Effect
from pipeline.studies.estimators.student import LEVEL, quantile

PER_DEVIATION = 0.91
"""log risk ratio per standard deviation of a continuous outcome."""

MOST_DEVIATIONS = 10.0
"""Arms further apart than this hardly vary within: the ratio of risks that stands for it, above 8,000, says nothing
(judgement)."""


@dataclass(frozen=True)
class EValue:
    """Risk ratio that an unmeasured cause needs with both exposure and outcome, for the estimate and for the limit.

    1 for the limit where the interval already holds no effect.
    """

    estimate: float
    limit: float


def e_value(ratio: float) -> float:
    """Of one risk ratio, on either side of 1."""
    above = max(ratio, 1 / ratio)
    return above + math.sqrt(above * (above - 1))


def e_values(ratio: float, lower: float, upper: float) -> EValue:
    """Of a risk ratio and the limit nearer to 1."""
    nearer = lower if ratio >= 1 else upper
    crossed = lower <= 1 <= upper
    return EValue(e_value(ratio), 1.0 if crossed else e_value(nearer))


def e_values_of_difference(effect: Effect, deviation: float, level: float = LEVEL) -> EValue | None:
    """Of a difference in means; `deviation` is the outcome's standard deviation, above nought. None where the
    difference or a limit lies beyond `MOST_DEVIATIONS`."""
    low, high = effect.interval(level)
    if max(abs(effect.estimate), abs(low), abs(high)) > MOST_DEVIATIONS * deviation:
        return None
    ratio, lower, upper = (math.exp(PER_DEVIATION * v / deviation) for v in (effect.estimate, low, high))
    return e_values(ratio, lower, upper)


@dataclass(frozen=True)
class Robustness:
    """Shares (0-1) of what is left of exposure and outcome that an unmeasured cause would have to explain.

    `partial_r2` is what the exposure explains of the outcome; `value` brings the estimate to nought,
    `value_limit` the interval to touch it.
    """

    partial_r2: float
    value: float
    value_limit: float


def robustness(effect: Effect, level: float = LEVEL) -> Robustness:
    """For a coefficient of a linear model with finite degrees of freedom."""
    strength = abs(effect.estimate / effect.std_error)
    critical = quantile((1 + level) / 2, effect.df - 1) / math.sqrt(effect.df - 1)
    whole = strength / math.sqrt(effect.df)
    return Robustness(strength**2 / (strength**2 + effect.df), _robustness(whole), _robustness(whole - critical))


def _robustness(f: float) -> float:
    return 0.0 if f <= 0 else (math.sqrt(f**4 + 4 * f**2) - f**2) / 2


@dataclass(frozen=True)
class Shifted:
    """The effect if those who left did `delta` (arm) and `delta_reference` worse (negative) than those like them."""

    delta: float
    delta_reference: float
    effect: Effect


def delta_table(
    effect: Effect, missing: float, missing_reference: float, deltas: tuple[float, ...], n: tuple[int, int]
) -> tuple[Shifted, ...]:
    """Every pair of shifts. `missing` are shares (0-1) without a result in arm and reference, `n` their people."""
    table = []
    for delta in deltas:
        for other in deltas:
            moved = delta * missing - other * missing_reference
            extra = _share_variance(delta, missing, n[0]) + _share_variance(other, missing_reference, n[1])
            spread = math.sqrt(effect.std_error**2 + extra)
            table.append(
                Shifted(delta, other, Effect(effect.estimate + moved, spread, effect.df, effect.n, effect.n_effective))
            )
    return tuple(table)


def _share_variance(delta: float, share: float, n: int) -> float:
    return delta**2 * share * (1 - share) / n


def tipping_point(effect: Effect, missing: float, null: float = 0.0, level: float = LEVEL) -> float | None:
    """How much worse than those like them the arm's leavers must have done for the interval to reach `null`.

    In the unit of the effect and of its sign; nought where it reaches it already; None where nobody left.
    The standard error is taken as it is.
    """
    low, high = effect.interval(level)
    if low <= null <= high:
        return 0.0
    if missing <= 0:
        return None
    return ((null - low) if effect.estimate > null else (null - high)) / missing

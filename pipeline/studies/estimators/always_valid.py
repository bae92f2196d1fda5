"""An interval that stays right however often one looks: the asymptotic confidence sequence.

Waudby-Smith, I., Arbour, D., Sinha, R., Kennedy, E. H. and Ramdas, A. (2024). Time-uniform central limit theory
and asymptotic confidence sequences. Annals of Statistics 52, 2613-2640.
"""

import math
import sys

from pipeline.studies.estimators.effect import Effect
from pipeline.studies.estimators.student import LEVEL

TUNED_FOR = 1000
"""People at whom the interval is narrowest: 500 an arm."""


def always_valid_interval(effect: Effect, tuned_for: int = TUNED_FOR, level: float = LEVEL) -> tuple[float, float]:
    """Limits that all looks together miss with at most 1 - level. Asymptotic: not for fewer than some fifty people."""
    half = always_valid_quantile(effect.n, tuned_for, level) * effect.std_error
    return effect.estimate - half, effect.estimate + half


def always_valid_quantile(n: int, tuned_for: int = TUNED_FOR, level: float = LEVEL) -> float:
    """What stands in place of 1.96 where `n` people have a result."""
    information = _information(n, tuned_for)
    return math.sqrt(2 * (information + 1) / information * math.log(math.sqrt(information + 1) / (1 - level)))


def always_valid_p_value(effect: Effect, null: float = 0.0, tuned_for: int = TUNED_FOR) -> float:
    """Two-sided: the smallest 1 - level whose interval leaves `null` out. The chance that any of all looks shows one
    below a is at most a. Never nought: the smallest positive number stands for anything below it."""
    information = _information(effect.n, tuned_for)
    distance = ((effect.estimate - null) / effect.std_error) ** 2
    p_value = math.sqrt(information + 1) * math.exp(-distance * information / (2 * (information + 1)))
    return min(max(p_value, sys.float_info.min), 1.0)


def _information(n: int, tuned_for: int) -> float:
    """People times rho squared, tuned at one level for all, so that intervals nest and p-values agree with them."""
    alpha = 1 - LEVEL
    return n * (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / tuned_for

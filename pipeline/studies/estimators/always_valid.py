"""An interval that stays right however often one looks: the asymptotic confidence sequence.

Waudby-Smith, I., Arbour, D., Sinha, R., Kennedy, E. H. and Ramdas, A. (2024). Time-uniform central limit theory
and asymptotic confidence sequences. Annals of Statistics 52, 2613-2640.
"""

import math

from pipeline.studies.estimators.effect import Effect
from pipeline.studies.estimators.welch import LEVEL

TUNED_FOR = 1000
"""People at whom the interval is narrowest: 500 an arm."""


def always_valid_interval(effect: Effect, tuned_for: int = TUNED_FOR, level: float = LEVEL) -> tuple[float, float]:
    """Limits that all looks together miss with at most 1 - level. Asymptotic: not for fewer than some fifty people."""
    alpha = 1 - level
    tuning = (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / tuned_for
    information = effect.n * tuning
    factor = math.sqrt(2 * (information + 1) / information * math.log(math.sqrt(information + 1) / alpha))
    return effect.estimate - factor * effect.std_error, effect.estimate + factor * effect.std_error

"""A study that is looked at version after version: the interval that allows for it, beside every headline.

Somebody who looks each month at a 95% interval finds "a difference" sooner or later where there is none. From the
second version on, verdicts rest on what stands here.
"""

import math
from dataclasses import replace
from typing import Any

from pipeline.contract.results import Comparison
from pipeline.studies.estimators.always_valid import (
    always_valid_interval,
    always_valid_p_value,
    always_valid_quantile,
)
from pipeline.studies.estimators.effect import Effect
from pipeline.studies.estimators.equivalence import ALPHA as ONE_SIDED
from pipeline.studies.estimators.power import POWER
from pipeline.studies.estimators.student import LEVEL, quantile

MIN_PEOPLE = 50
"""With fewer results such an interval does not keep its promise: it leans on the normal approximation at every look
(judgement)."""


def always_valid(
    main: Effect, same: tuple[Effect, float] | None, *, is_logarithm: bool, null: float = 0.0
) -> dict[str, Any] | None:
    """The headline's interval and p-value for any number of looks, in the headline's own unit; None for too few people.

    `same` is the difference with its margin where sameness is asked about, else None. `main` may be the logarithm of
    the ratio that stands in the headline. The p-value is against `null`.
    """
    if main.n < MIN_PEOPLE:
        return None
    low, high = always_valid_interval(main)
    detectable = (always_valid_quantile(main.n) + quantile(POWER, math.inf)) * main.std_error
    return {
        "ci_lower": math.exp(low) if is_logarithm else low,
        "ci_upper": math.exp(high) if is_logarithm else high,
        "level": LEVEL,
        "p_value": always_valid_p_value(main, null),
        "detectable_difference": math.exp(detectable) if is_logarithm else detectable,
        "equivalence": None if same is None else _sameness(*same),
    }


def _sameness(apart: Effect, margin: float) -> dict[str, Any]:
    """Two one-sided tests; each is half of a two-sided one, for looks from below and from above are alike."""
    low, high = always_valid_interval(apart, level=1 - 2 * ONE_SIDED)
    inside = abs(apart.estimate) < margin
    p_value = max(always_valid_p_value(apart, null) / 2 for null in (-margin, margin)) if inside else 1.0
    return {
        "ci_lower": low, "ci_upper": high, "level": 1 - 2 * ONE_SIDED, "p_value": p_value,
        "is_same": -margin < low and high < margin, "margin": margin,
    }  # fmt: skip


def widened(found: Comparison) -> Comparison:
    """The comparison, judged as one of many looks; as it is where its headline has no such interval."""
    contrasts = found.diagnostics.get("contrasts", ())
    wide = contrasts[0].get("always_valid") if len(contrasts) == 1 else None
    if wide is None:
        return found
    limits = {key: wide[key] for key in ("ci_lower", "ci_upper", "p_value")}
    estimates = tuple(replace(e, **limits) if e.role == "headline" else e for e in found.estimates)
    numbers = {**contrasts[0], "detectable_difference": wide["detectable_difference"]}
    numbers |= {"equivalence": wide["equivalence"]} if wide["equivalence"] else {}
    return replace(found, estimates=estimates, diagnostics={**found.diagnostics, "contrasts": [numbers]})


def told(because: str, found: Comparison, n_looks: int) -> str:
    """A verdict's sentence, with how often the study was looked at and what follows from it."""
    if n_looks == 1:
        return because
    contrasts = found.diagnostics.get("contrasts", ())
    if len(contrasts) == 1 and contrasts[0].get("always_valid"):
        wider = "the wider interval that stays right however often one looks decides"
        return f"{because} Looked at on {n_looks} versions; {wider}."
    return f"{because} Looked at on {n_looks} versions, which this verdict does not allow for."

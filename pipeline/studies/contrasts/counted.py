"""Instruments that count: a ratio of mean counts in the headline, for a few high counts move a mean.

The ratio is about everybody whose visit has passed. Those seen stand for those like them who left: like them at the
start, in the arm, and in what they showed last. A ratio below 1 is fewer; which side is better, the instrument says.
"""

import math
from typing import Any

import numpy as np

from pipeline.contract.results import Quantity
from pipeline.studies.contrasts.adjusted import Pair
from pipeline.studies.contrasts.completers import difference
from pipeline.studies.contrasts.diagnostics import sensitivity
from pipeline.studies.contrasts.headline import MIN_ADJUSTED, Method
from pipeline.studies.estimators.count_means import count_means, log_ratio
from pipeline.studies.estimators.counts import log_rate_ratio
from pipeline.studies.estimators.dropout import staying_until_left
from pipeline.studies.estimators.effect import ArmMeans, Array, Effect, Result, Withheld
from pipeline.studies.estimators.equivalence import equivalence
from pipeline.studies.estimators.mmrm import repeated_measures
from pipeline.studies.estimators.power import smallest_detectable_of
from pipeline.studies.estimators.propensity import clipped
from pipeline.studies.estimators.sensitivity import e_values
from pipeline.studies.protocols.instrument import Instrument
from pipeline.studies.protocols.protocol import Aim

RATIOS = ("count_model", "poisson_completers", "count_ratio")
"""Methods whose effect is the logarithm of a ratio of mean counts."""


def headline_of_counts(pair: Pair) -> Method:
    """By how many people have a result in the smaller arm."""
    return "count_model" if min(pair.n) >= MIN_ADJUSTED else "count_ratio"


def count_effects(pair: Pair, counted: Array, instrument: Instrument) -> dict[str, Result]:
    """Every method by code; those of `RATIOS` on the log scale. `counted` is at the last visit, NaN not seen."""
    seen = pair.seen
    count, arm, x = counted[seen], pair.arm[seen], pair.x.chosen(seen).dense()
    once = np.ones(len(count))
    crude = log_rate_ratio(count, once, arm, np.zeros((len(count), 0)))
    if min(pair.n) < MIN_ADJUSTED:
        return {"count_ratio": crude}
    means = _means(pair, counted)
    here, there = (0, 1) if instrument.direction == "lower" else (1, 0)
    return {
        "count_model": means if isinstance(means, Withheld) else log_ratio(means, 1, 0),
        "count_model_difference": means if isinstance(means, Withheld) else means.difference(here, there),
        "poisson_completers": log_rate_ratio(count, once, arm, x),
        "mmrm": difference(repeated_measures(pair.y, pair.arm, pair.x)),
        "count_ratio": crude,
    }


def _means(pair: Pair, counted: Array) -> ArmMeans | Withheld:
    if isinstance(pair.chance, Withheld):
        return pair.chance
    stay = staying_until_left(pair.y, pair.arm, pair.x, 2)
    if isinstance(stay, Withheld):
        return stay
    return count_means(counted, pair.arm, pair.x.dense(), clipped(pair.chance), stay.chance[:, -1])


def quantity_of(method: str, instrument: Instrument) -> tuple[Quantity, str]:
    """What a method estimates, and its unit."""
    if method in RATIOS:
        return "rate_ratio", f"ratio of {instrument.unit_in_words}"
    return "difference", instrument.unit


def beside_counts(
    main: Effect, apart: Result | None, pair: Pair, instrument: Instrument, aim: Aim, margin: float | None
) -> dict[str, Any]:
    """What stands beside a ratio of counts: `main` is its logarithm, `apart` the same as a difference of mean counts.

    What those who left would have had to do, and sameness, are in the instrument's unit. The margin is turned into a
    ratio at the mean of the reference's people with a result, and `margin`, like what could be detected, is a
    ratio above 1 for the better side.
    """
    low, high = main.interval()
    ratios = e_values(math.exp(main.estimate), math.exp(low), math.exp(high))
    detectable = smallest_detectable_of(main)
    numbers: dict[str, Any] = {} if not isinstance(apart, Effect) else sensitivity(apart, pair, margin)
    if isinstance(apart, Effect) and aim == "equivalence" and margin is not None:
        same = equivalence(apart, -margin, margin)
        if not isinstance(same, Withheld):
            numbers["equivalence"] = {
                "ci_lower": same.ci_lower, "ci_upper": same.ci_upper, "level": 0.90, "p_value": same.p_value,
                "is_same": same.is_same, "margin": margin,
            }  # fmt: skip
    return numbers | {
        "better": instrument.direction,
        "margin": None if margin is None else _as_ratio(pair, margin, instrument),
        "detectable_difference": None if isinstance(detectable, Withheld) else math.exp(detectable),
        "e_value": {"estimate": ratios.estimate, "limit": ratios.limit},
    }


def _as_ratio(pair: Pair, margin: float, instrument: Instrument) -> float | None:
    """How many times better the reference's mean count is without, or with, a margin of it."""
    if pair.counted is None:
        return None
    mean = float(pair.counted[pair.seen & (pair.arm == 0)].mean())
    if instrument.direction == "lower":
        return mean / (mean - margin) if mean > margin else None
    return (mean + margin) / mean if mean > 0 else None

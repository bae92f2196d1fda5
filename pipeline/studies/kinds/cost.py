"""Does one arm pay more a month than another, and how much more for each additional responder?

A description of what is paid, not an effect: nothing is adjusted for. What an additional responder costs is only said
where one arm has more of them beyond doubt; a small difference in between would make any sum of it.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from pipeline.contract.instruments import instruments
from pipeline.contract.results import Arm, Comparison, Gate
from pipeline.studies.contrasts.looking_often import always_valid
from pipeline.studies.estimators.effect import Effect, Result, Withheld
from pipeline.studies.estimators.power import smallest_detectable
from pipeline.studies.estimators.skewed_means import SEED, Amounts
from pipeline.studies.kinds.asked import NOBODY
from pipeline.studies.kinds.cost_rows import RATIO, amounts_of, beside, ratio
from pipeline.studies.kinds.payments import Payments, Prices, read_payments
from pipeline.studies.kinds.responders import more_responders
from pipeline.studies.protocols.protocol import Contrast, Protocol

MATTERS = 1.25
"""Dearer by less than a quarter is not dearer (judgement)."""

MIN_TOLD = 30
"""People of an arm below which a few high amounts decide the mean (judgement; bootstrap-t was tried from here on)."""

MOSTLY_UNTOLD = 0.5
"""Where fewer of the people in the arms told what they paid, who told may decide (judgement)."""


def answer_cost(con: duckdb.DuckDBPyConnection, protocol: Protocol, version: str | None) -> Comparison:
    """The ratio of mean costs a month in the currency and year that most people paid in, the others beside it."""
    contrast = protocol.contrast or NOBODY
    paid = read_payments(con, protocol)
    prices = paid.prices[0] if paid.prices else None
    found = amounts_of(prices, contrast) if prices else None
    reason = _reason(paid, contrast, prices) or (found.reason if isinstance(found, Withheld) else None)
    given = found if isinstance(found, Amounts) and reason is None else None
    responders: Result | str = more_responders(con, protocol) if given else "no_costs"
    cautions = list(_cautions(paid, contrast)) if given else []
    gate: Gate = "fail" if given is None else "caution" if cautions else "pass"
    headline = ratio(contrast, given.log_ratio if given else None, reason)
    return Comparison(
        version=version,
        study=protocol.id,
        estimand=_estimand(protocol, contrast, prices),
        attrition=paid.attrition,
        arms=tuple(Arm(one.id, one.label, *_people(paid, one.id)) for one in protocol.arms if one.id in paid.people),
        estimates=(headline, *beside(protocol, contrast, paid, given, responders)),
        diagnostics={"contrasts": [_numbers(contrast, prices, given, gate)], "adjusted_for": [], "seed": SEED},
        gate=gate,
        warnings=(*cautions, *_NOTES) if given else (),
        reason=reason,
    )


_NOTES = (
    "What people say they paid for device, cartridges and sessions, each spread over its life; other treatments, time "
    "and travel are not counted. Currencies and years are never taken together.",
)


def _people(paid: Payments, arm: str) -> tuple[int, int, int]:
    in_arm, _, spread = paid.people[arm]
    return in_arm, in_arm, spread


def _reason(paid: Payments, contrast: Contrast, prices: Prices | None) -> str | None:
    named = (contrast.arm, contrast.reference)
    if any(paid.people.get(code, (0, 0, 0))[0] == 0 for code in named):
        return "no_arm"
    if any(paid.people[code][1] == 0 for code in named):
        return "no_costs"
    return "too_few_amounts" if prices is None or prices.fewest < MIN_TOLD else None


def _cautions(paid: Payments, contrast: Contrast) -> Iterator[str]:
    in_arms = sum(paid.people[code][0] for code in (contrast.arm, contrast.reference))
    told = sum(paid.people[code][2] for code in (contrast.arm, contrast.reference))
    if told < MOSTLY_UNTOLD * in_arms:
        yield f"{told} of {in_arms} people told what they paid in a way that can be spread over months."


def _numbers(contrast: Contrast, prices: Prices | None, given: Amounts | None, gate: Gate) -> Mapping[str, Any]:
    numbers: dict[str, Any] = {
        "contrast": f"{contrast.arm} vs {contrast.reference}", "headline": "bootstrap_t", "gate": gate,
        "margin": MATTERS, "adjusted_for": [], "currency": prices.currency if prices else None,
        "year": prices.year if prices else None,
    }  # fmt: skip
    if given is None:
        return numbers
    ratio = given.log_ratio
    detectable = smallest_detectable(ratio.std_error, math.inf)
    as_effect = Effect(ratio.estimate, ratio.std_error, math.inf, ratio.n, ratio.n)
    return {
        **numbers,
        "n": ratio.n,
        "detectable_difference": None if isinstance(detectable, Withheld) else math.exp(detectable),
        "always_valid": always_valid(as_effect, None, is_logarithm=True),
    }


def _estimand(protocol: Protocol, contrast: Contrast, prices: Prices | None) -> dict[str, Any]:
    labels = {arm.id: arm.label for arm in protocol.arms}
    known = instruments().get(protocol.outcome.instrument)
    return {
        "definition": "the arms of the study's protocol",
        "instrument": protocol.outcome.instrument,
        "week": protocol.outcome.week,
        "unit": RATIO,
        "quantity": RATIO,
        "diagnosis": protocol.people.diagnosis,
        "where": list(protocol.people.where),
        "landmark_days": protocol.landmark_days,
        "reference": contrast.reference or None,
        "treatment": [labels[code] for code in (contrast.arm, contrast.reference) if code in labels],
        "population": "people who told what they paid",
        "prices": prices.unit if prices else None,
        "variable": "what needling costs a month",
        "intercurrent_events": {},
        "summary": "ratio of means",
        "responder": known.responder_rule if known else None,
        "people_without_a_result": "left out",
    }


def preview_cost(con: duckdb.DuckDBPyConnection, protocol: Protocol) -> dict[str, Any]:
    """Who told what they paid, by arm; no amount is looked at."""
    paid = read_payments(con, protocol)
    arms = [
        {"arm": one.id, "label": one.label, "n": n, "n_due": spread}
        for one in protocol.arms
        for n, _, spread in (paid.people.get(one.id, (0, 0, 0)),)
    ]
    return {
        "attrition": [{"step": step, "n": n} for step, n in paid.attrition],
        "arms": arms,
        "detectable_difference": None,
        "reason": "unknown_before_the_answers",
    }

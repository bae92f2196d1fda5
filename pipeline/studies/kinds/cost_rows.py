"""The rows of a study of costs: the ratio of means, what an additional responder costs, and every price level."""

import math
from collections.abc import Iterator
from dataclasses import replace

from pipeline.contract.results import Estimate, Role
from pipeline.studies.contrasts.headline import MIN_SHOWN
from pipeline.studies.estimators.effect import Effect, Result, Withheld
from pipeline.studies.estimators.skewed_means import Amounts, Studentised, amounts, mean_amount
from pipeline.studies.kinds.payments import Payments, Prices
from pipeline.studies.protocols.protocol import Contrast, Protocol

DAYS_PER_MONTH = 30.4375

RATIO = "ratio of mean costs a month"


def amounts_of(prices: Prices, contrast: Contrast) -> Amounts | Withheld:
    """The two arms of a contrast at one price level."""
    if not {contrast.arm, contrast.reference} <= prices.amounts.keys():
        return Withheld("no_arm")
    return amounts(prices.amounts[contrast.arm], prices.amounts[contrast.reference])


def ratio(contrast: Contrast, found: Studentised | None, reason: str | None) -> Estimate:
    """The headline: how many times as much the arm pays as the reference."""
    empty = Estimate("cost_ratio", "bootstrap_t", contrast.arm, contrast.reference, RATIO, reason=reason)
    if found is None:
        return replace(empty, role="headline")
    low, high = (math.exp(limit) for limit in found.interval())
    p_value = found.p_value()
    return replace(empty, reason=None, estimate=math.exp(found.estimate), ci_lower=low, ci_upper=high,
                   p_value=p_value, p_adjusted=p_value, role="headline")  # fmt: skip


def beside(
    protocol: Protocol, contrast: Contrast, paid: Payments, given: Amounts | None, responders: Result | str
) -> Iterator[Estimate]:
    """What an additional responder costs, the difference and the means it rests on, and every other price level."""
    if given is not None:
        unit = paid.prices[0].unit
        yield _responders(contrast, responders)
        yield _per_responder(protocol, contrast, paid.prices[0], given.difference, responders)
        yield _sum(contrast, given.difference, unit, "sensitivity")
    for place, prices in enumerate(paid.prices):
        if not {contrast.arm, contrast.reference} <= prices.amounts.keys():
            continue
        for arm in (contrast.arm, contrast.reference):
            yield _mean(arm, prices)
        if place > 0:
            found = amounts_of(prices, contrast) if prices.fewest >= MIN_SHOWN else None
            apart = found.difference if isinstance(found, Amounts) else None
            yield _sum(contrast, apart, prices.unit, "unadjusted")


def _sum(contrast: Contrast, found: Studentised | None, unit: str, role: Role) -> Estimate:
    empty = Estimate("difference", "bootstrap_t", contrast.arm, contrast.reference, unit, reason="too_few", role=role)
    if found is None:
        return empty
    low, high = found.interval()
    return replace(empty, reason=None, estimate=found.estimate, std_error=found.std_error, ci_lower=low, ci_upper=high,
                   p_value=found.p_value())  # fmt: skip


def _mean(arm: str, prices: Prices) -> Estimate:
    values = prices.amounts[arm]
    empty = Estimate("mean", "bootstrap_t", arm, None, prices.unit, reason="too_few")
    found = mean_amount(values) if len(values) >= MIN_SHOWN else None
    if not isinstance(found, Studentised):
        return empty if found is None else replace(empty, reason=found.reason)
    low, high = found.interval()
    return replace(empty, reason="no_test", estimate=found.estimate, std_error=found.std_error, ci_lower=low,
                   ci_upper=high)  # fmt: skip


def _responders(contrast: Contrast, found: Result | str) -> Estimate:
    empty = Estimate("share", "responders", contrast.arm, contrast.reference, "share of responders", role="sensitivity")
    if not isinstance(found, Effect):
        return replace(empty, reason=found if isinstance(found, str) else found.reason)
    low, high = found.interval()
    return replace(empty, estimate=found.estimate, std_error=found.std_error, ci_lower=low, ci_upper=high,
                   p_value=found.p_value())  # fmt: skip


def _per_responder(
    protocol: Protocol, contrast: Contrast, prices: Prices, apart: Studentised, found: Result | str
) -> Estimate:
    """Costs up to the visit over responders by then. Limits are those of Fieller at the least favourable covariance:
    what somebody pays and whether they respond may go together (Fieller 1954, JRSS B 16, 175-185)."""
    unit = f"{prices.currency} per additional responder ({prices.year})"
    empty = Estimate("cost_per_responder", "fieller", contrast.arm, contrast.reference, unit, role="sensitivity")
    if not isinstance(found, Effect):
        return replace(empty, reason=found if isinstance(found, str) else found.reason)
    low, high = found.interval()
    if low <= 0:
        return replace(empty, reason="fewer_responders" if high < 0 else "responders_alike")
    months = 7 * protocol.outcome.week / DAYS_PER_MONTH
    corners = [months * sum_ / share for sum_ in apart.interval() for share in (low, high)]
    return replace(empty, reason="no_test", estimate=months * apart.estimate / found.estimate, ci_lower=min(corners),
                   ci_upper=max(corners))  # fmt: skip

"""What the diagnostics of one contrast say, as sentences that explain their terms where they stand. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.contrasts import Contrast
from dashboard.words.numbers import interval, number, people, unit
from pipeline.contract.results import RATIOS
from pipeline.contract.spoken import capital


def overlap(contrast: Contrast) -> Iterator[str]:
    """Who could have been in either arm, and what the arms are worth after weighting."""
    numbers = contrast.numbers
    outside = numbers.get("outside_overlap")
    if outside is not None:
        yield (
            f"**Overlap**: {outside:.1%} of the people could hardly have been in the other arm (a chance under 5%, "
            "judged by what was recorded at the start). Beyond 10% the figure is about the others alone."
        )
    worth = [row for row in numbers.get("effective") or () if row.get("n")]
    if worth:
        labels = [arm.label for arm in contrast.arms] or ["one arm", "the other"]
        named = zip(labels, worth, strict=False)
        said = ", ".join(f"{label}: {people(row['n'])} worth {row['n_effective']:,.0f}" for label, row in named)
        yield (
            f"**Effective number**: weighted so that the arms resemble each other, {said}. At least 30, and a tenth of "
            "the arm, are needed."
        )
    if numbers.get("n_left_out"):
        yield (
            f"**Left out**: {people(numbers['n_left_out'])} of a kind that only one of the arms has; there is nobody "
            "to compare them with."
        )


def robustness(contrast: Contrast, digits: int) -> Iterator[str]:
    """How much would have to be wrong for the answer to change, and what could have been seen."""
    numbers, shown = contrast.numbers, contrast.shown
    if shown is None:
        return
    yield from _e_value(numbers)
    if "tipping_point" in numbers:
        own = unit(str(numbers.get("unit") or _unit(contrast)))
        yield _tipping(numbers["tipping_point"], contrast, own, digits)
    yield from _detectable(contrast, digits)
    yield from _sameness(numbers, contrast, digits)
    yield from _often(numbers, shown.quantity, digits, unit(shown.unit))


def _unit(contrast: Contrast) -> str:
    """The instrument's own unit, also where the headline is a ratio."""
    estimates = [e for e in (contrast.headline, contrast.unadjusted, *contrast.others) if e is not None]
    return next((e.unit for e in estimates if e.quantity in ("difference", "mean")), estimates[0].unit)


def _e_value(numbers: Mapping[str, Any]) -> Iterator[str]:
    value = numbers.get("e_value")
    if not value:
        return
    limit = (
        "the interval already holds no difference"
        if value["limit"] <= 1
        else f"{value['limit']:.1f} times to move the interval's limit there"
    )
    yield (
        f"**E-value {value['estimate']:.1f}**: a cause that nobody recorded would have to make both the choice of the "
        f"arm and a good result {value['estimate']:.1f} times as likely to explain the figure away ({limit}). The "
        "larger, the harder to explain away."
    )


def _tipping(point: float | None, contrast: Contrast, own: str, digits: int) -> str:
    if point is None:
        return f"**Tipping point**: nobody of {contrast.label} left without a result, so nothing has to be supposed."
    if point == 0:
        return (
            "**Tipping point**: the interval holds no difference already, whatever is supposed of those who left "
            "without a result."
        )
    way = "worse" if point < 0 else "better"
    return (
        f"**Tipping point**: people of {contrast.label} who left without a result would have had to do "
        f"{number(abs(point), digits)} {own} {way} than those like them who stayed, for the interval to reach no "
        "difference."
    )


def _detectable(contrast: Contrast, digits: int) -> Iterator[str]:
    least, shown = contrast.numbers.get("detectable_difference"), contrast.shown
    if least is None or shown is None:
        return
    margin = contrast.numbers.get("margin")
    is_ratio = shown.quantity in RATIOS
    own = "" if is_ratio else f" {unit(shown.unit)}"
    size = f"a ratio of {number(least, 2)}" if is_ratio else f"a difference of {number(least, digits)}{own}"
    least_that_matters = "" if margin is None else f"a ratio of {number(margin, 2)}" if is_ratio else number(margin, 1)
    matters = f" {capital(least_that_matters)}{own} would matter." if least_that_matters else ""
    yield (
        f"**Smallest detectable difference**: with these people, {size} would be found in 80 of 100 such studies; a "
        f"smaller one mostly not.{matters}"
    )


def _sameness(numbers: Mapping[str, Any], contrast: Contrast, digits: int) -> Iterator[str]:
    same = numbers.get("equivalence")
    margin = None if not same else same.get("margin", numbers.get("margin"))
    if not same or margin is None:
        return
    inside = "lies within" if same["is_same"] else "does not lie within"
    own = unit(_unit(contrast))
    yield (
        f"**Sameness**: the 90% interval {interval(same['ci_lower'], same['ci_upper'], digits)} {own} {inside} "
        f"{number(margin, 1)} of no difference, the least that would matter, so the arms "
        f"{'can' if same['is_same'] else 'cannot'} be said to do the same."
    )


def _often(numbers: Mapping[str, Any], quantity: str, digits: int, own: str) -> Iterator[str]:
    wide = numbers.get("always_valid")
    if wide and wide.get("ci_lower") is not None:
        limits = interval(wide["ci_lower"], wide["ci_upper"], 2 if quantity in RATIOS else digits)
        yield (
            f"**For whoever looks again and again**: {limits} {'' if quantity in RATIOS else own}".rstrip()
            + ", the wider interval that stays right however often new data are looked at."
        )

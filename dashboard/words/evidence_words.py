"""Published trials beside our own estimate, as rows and sentences. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.figures.published import DOUBTED, OWN, POOLED, USABLE, Row
from dashboard.words.numbers import amount, estimate_digits, interval, raised, signed, unit
from pipeline.api import explained
from pipeline.contract.methods import NOT_ADJUSTED
from pipeline.contract.results import Comparison, Estimate
from pipeline.contract.spoken import capital

Document = Mapping[str, Any]

_DIGITS = 1
"""Decimals of what was printed: most trials give one or two."""

NOT_BESIDE = "This study has no single difference of means, so nothing of these data stands on the same scale."


def headline(result: Comparison) -> Estimate | None:
    """Our own figure that stands beside trials: a difference, given or with the reason why not."""
    found = [e for e in result.estimates if e.role == "headline" and e.quantity == "difference"]
    return found[0] if len(found) == 1 else None


def answer(found: Document, result: Comparison | None) -> str:
    """What was published, what these data say, and that both are not of the same people."""
    trials: Sequence[Document] = found["trials"]
    if not trials:
        return str(found["why"])
    n = len({trial["trial"] for trial in trials})
    given = [trial for trial in trials if trial["difference"] is not None]
    figures = {0: "none of them with a figure that can be brought to this study's unit",
               1: "one contrast with a figure in this study's unit"}  # fmt: skip
    said = figures.get(len(given), f"{len(given)} contrasts with a figure in this study's unit")
    opening = f"{n} published {'trial speaks' if n == 1 else 'trials speak'} to this question, {said}."
    return f"{opening} {_pooled(found)} {_own(result)}"


def _pooled(found: Document) -> str:
    return raised(str(found["why"]).replace("/cm2", "hairs/cm2"))


def _own(result: Comparison | None) -> str:
    own = None if result is None else headline(result)
    if result is None or own is None:
        return NOT_BESIDE
    if not own.is_given:
        return f"These data give no figure beside them. {explained(own.reason)}"
    people = " and ".join(f"{arm.n_observed:,}" for arm in result.arms if arm.arm in (own.arm, own.reference))
    how = "not adjusted" if own.method in NOT_ADJUSTED else "adjusted"
    figure = f"**{amount(own, estimate_digits([own]))} {unit(own.unit)}**"
    return (
        f"These data say {figure} (95% interval in brackets, {how}; {people} with a result). It is an association "
        "among people who chose; a trial draws lots, in other people."
    )


def rows(found: Document, result: Comparison | None) -> list[Row]:
    """Ours on top, then the pooled figure where there is one, then every contrast that was published."""
    own = None if result is None else headline(result)
    shown = [] if own is None or result is None else [_own_row(own, result)]
    pooled: Document | None = found["pooled"]
    if pooled is not None:
        limits = interval(pooled["ci_lower"], pooled["ci_upper"], _DIGITS)
        shown.append(Row("Trials pooled", f"{pooled['n_trials']} trials", POOLED,
                         f"{signed(pooled['estimate'], _DIGITS)} ({limits})", pooled["estimate"], pooled["ci_lower"],
                         pooled["ci_upper"]))  # fmt: skip
    return shown + [_trial_row(trial) for trial in found["trials"] if trial["difference"] is not None]


def _own_row(own: Estimate, result: Comparison) -> Row:
    n = " and ".join(f"{arm.n_observed:,}" for arm in result.arms if arm.arm in (own.arm, own.reference))
    detail = f"week {result.estimand.get('week')}; n = {n}"
    if not own.is_given:
        return Row("These data", detail, OWN, "withheld")
    return Row("These data", detail, OWN, amount(own, estimate_digits([own])), own.estimate, own.ci_lower, own.ci_upper)


def _trial_row(trial: Document) -> Row:
    value, lower, upper = trial["difference"], trial["ci_lower"], trial["ci_upper"]
    said = signed(value, _DIGITS)
    said += f" ({interval(lower, upper, _DIGITS)})" if lower is not None and upper is not None else " (no interval)"
    kind = USABLE if trial["is_poolable"] else DOUBTED
    return Row(f"{trial['name']}: {_spoken(trial['arm'])}", _detail(trial), kind, said, value, lower, upper)


def _detail(trial: Document) -> str:
    week = "week not known" if trial["weeks"] is None else f"week {trial['weeks']:g}"
    return f"against {_spoken(trial['reference'])}; {week}; {_people(trial)}"


def _people(trial: Document) -> str:
    here, there = trial["n_arm"], trial["n_reference"]
    return "people not known" if here is None and there is None else f"n = {_n(here)} and {_n(there)}"


def _n(n: int | None) -> str:
    return "?" if n is None else f"{n:,}"


def _spoken(code: str) -> str:
    return "PRP" if code == "prp" else code.replace("_", " ")


def trials_table(trials: Sequence[Document], measured: str | None) -> list[dict[str, str]]:
    """One row a contrast: what was printed, what it is in this study's unit, and what is doubtful about it."""
    return [
        {
            "Trial": f"{trial['name']}, {_spoken(str(trial['design']))}",
            "Contrast": _contrast(trial),
            "People": _people(trial),
            "As printed": raised("; ".join(trial["printed"])) or "no figure",
            f"Difference{f', {unit(measured)}' if measured else ''} (95% interval)": _converted(trial),
            "What is doubtful, and where it was read": " ".join([*_doubts(trial), _read_in(trial)]),
        }
        for trial in trials
    ]


def _contrast(trial: Document) -> str:
    week = "week not known" if trial["weeks"] is None else f"week {trial['weeks']:g}"
    compared = f"{_spoken(trial['arm'])} against {_spoken(trial['reference'])}"
    return f"{compared}; needle {_needle(trial['needle_length_mm'])}; {week}"


def _read_in(trial: Document) -> str:
    place = trial["source_locator"]
    if str(trial["source"]).startswith("none"):
        return f"No source was read{f' ({place})' if place else ''}."
    return f"Read in: {_breakable(trial['source'])}, {place}."


def _breakable(address: str) -> str:
    """An address that may be broken after each sign, so that it does not widen the page."""
    return re.sub(r"([/;=?&])", "\\1\N{ZERO WIDTH SPACE}", address)


def _needle(limits: Sequence[float] | None) -> str:
    if limits is None:
        return "length not known"
    low, high = limits
    return f"{low:g} mm" if low == high else f"{low:g} to {high:g} mm"


def _converted(trial: Document) -> str:
    if trial["difference"] is None:
        return "none"
    return f"{_trial_row(trial).numbers}, {'may be pooled' if trial['is_poolable'] else 'not pooled'}"


def _doubts(trial: Document) -> list[str]:
    said = [reason["sentence"] for reason in trial["reasons"]]
    said += [f"{capital(text)}." for text in trial["disagreement"]]
    if not trial["verified_fulltext"]:
        said.append("Not read in full.")
    return said


def reviews_table(reviews: Sequence[Document]) -> list[dict[str, str]]:
    """One row a figure of a review."""
    return [
        {
            "Review": f"{review['name']}, {_spoken(review['design'])}",
            "About": "; ".join(filter(None, [review["outcome"], review["about"]])),
            "Trials": _n(review["n_studies"]),
            "People": _n(review["n_people"]),
            "Figure (95% interval)": _review(review),
            "What is doubtful, and where it was read": _review_doubts(review),
        }
        for review in reviews
    ]


def _review_doubts(review: Document) -> str:
    said = [f"{capital(text).rstrip('.')}." for text in (*review["doubts"], review["note"]) if text]
    return " ".join([*said, f"Read in: {_breakable(review['source'])}."])


def _review(review: Document) -> str:
    if review["value"] is None:
        return "none printed"
    limits = "no interval" if review["ci_lower"] is None else f"{review['ci_lower']:g} to {review['ci_upper']:g}"
    own = f" {unit(review['unit'])}" if review["unit"] else ""
    return f"{review['measure']} {review['value']:g}{own} ({limits})"

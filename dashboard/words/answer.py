"""The answer in a sentence or two, from a comparison that has been made."""

from collections.abc import Sequence

from dashboard.contrasts import Contrast, contrasts, is_apart
from dashboard.words.numbers import SHARES, estimate_digits, interval, number, people, unit
from pipeline.api import explained
from pipeline.contract.methods import NOT_ADJUSTED
from pipeline.contract.results import RATIOS, Comparison, Estimate
from pipeline.contract.spoken import capital

_MOST_NAMED = 3


def answer(result: Comparison) -> str:
    """What the intervals say, in words. Markdown."""
    found = contrasts(result)
    if not found:
        return _nothing_to_compare(result)
    withheld = [c for c in found if c.shown is None or not c.shown.is_given]
    given = [c for c in found if c not in withheld]
    if not given:
        reasons = dict.fromkeys(explained(c.shown.reason) for c in found if c.shown)
        return f"No figure is given. {' '.join(reasons)}"
    said = [_opening(result, given), *_given(given, digits_of(result)), _withheld(len(withheld)), _as_they_are(given)]
    return " ".join(part for part in (*said, _nature(result)) if part)


def digits_of(result: Comparison) -> int:
    """Decimals of every figure of the comparison on the page, the same everywhere."""
    return estimate_digits(e for e in result.estimates if e.quantity not in SHARES and e.role != "sensitivity")


def _opening(result: Comparison, given: Sequence[Contrast]) -> str:
    week = result.estimand.get("week")
    against = given[0].against
    opening = f"At week {week}" if week is not None else "Among these people"
    if against is None or any(c.against != against for c in given):
        return f"{opening}:"
    return f"{opening}, compared with **{against}**:"


def _given(given: Sequence[Contrast], digits: int) -> list[str]:
    estimates = [(c, e) for c in given if (e := c.shown) is not None]
    apart = [(c, e) for c, e in estimates if is_apart(e) or e.reference is None]
    open_ = [(c, e) for c, e in estimates if (c, e) not in apart]
    named = "; ".join(_sentence(c, e, digits) for c, e in apart[:_MOST_NAMED])
    more = len(apart) - _MOST_NAMED
    said = [f"{named}."] if named else []
    said += [f"{more} more {'arm differs' if more == 1 else 'arms differ'} too."] if more > 0 else []
    if len(open_) == 1:
        said.append(_no_difference(*open_[0], digits, capital=bool(said)))
    elif open_:
        others = f"For {len(open_)} other arms" if said else f"for each of {len(open_)} arms"
        said.append(f"{others} the 95% interval includes both directions; the table says how large a difference "
                    "could have been seen.")  # fmt: skip
    return said


def _no_difference(contrast: Contrast, estimate: Estimate, digits: int, *, capital: bool) -> str:
    head = "No" if capital else "no"
    least = detectable(contrast, digits)
    pairs = " of pairs of people did better" if estimate.quantity == "win_probability" else ""
    could = f", and only a difference of {least} or more could have been relied on to show" if least else ""
    return (
        f"{head} clear difference for **{contrast.label}**: {_amount(estimate, digits)}{pairs}{_people(contrast)}. "
        f"The interval includes both directions{could}."
    )


def detectable(contrast: Contrast, digits: int) -> str:
    """The smallest difference that would have been seen in 80 of 100 such studies, with its unit; or nothing."""
    least, shown = contrast.numbers.get("detectable_difference"), contrast.shown
    if least is None or shown is None:
        return ""
    if shown.quantity in RATIOS:
        return f"{number(float(least), 2)} times"
    return f"{number(float(least), digits)} {unit(shown.unit)}"


def _sentence(contrast: Contrast, estimate: Estimate, digits: int) -> str:
    value, lower, upper = estimate.estimate or 0.0, estimate.ci_lower or 0.0, estimate.ci_upper or 0.0
    subject, who = f"**{contrast.label}**", _people(contrast)
    match estimate.quantity:
        case "difference" if is_apart(estimate):
            low, high = sorted((abs(lower), abs(upper)))
            way = "better" if value > 0 else "worse"  # than the other arm, which may have got worse itself
            limits = f"95% interval {interval(low, high, digits)}"
            return f"{subject} did {way} by {number(abs(value), digits)} {unit(estimate.unit)} ({limits}){who}"
        case "win_probability":
            limits = f"95% interval {lower:.0%} to {upper:.0%}"
            return f"{subject} did better in {value:.0%} of pairs of people, where 50% is no difference ({limits}){who}"
        case "odds_ratio":
            limits = f"95% interval {interval(lower, upper, 2)}"
            return f"{subject} had {number(value, 2)} times the odds of a better step ({limits}){who}"
        case "cost_ratio":
            limits = f"95% interval {interval(lower, upper, 1)}"
            return f"{subject} cost {number(value, 1)} times as much a month ({limits}){who}"
        case "rate_ratio":
            fewer = ", fewer being better" if contrast.numbers.get("better") == "lower" else ""
            limits = f"95% interval {interval(lower, upper, 2)}"
            return f"{subject} had {number(value, 2)} times the count{fewer} ({limits}){who}"
        case _:
            return f"{subject}, {_WORDS.get(estimate.quantity, 'estimate')}: {_amount(estimate, digits)}{who}"


_WORDS = {
    "mean": "mean improvement",
    "share": "share",
    "difference": "difference in mean improvement, above 0 is better",
    "variance_ratio": "how many times as large the variance of the change is",
    "difference_of_differences": "how much larger the difference is",
}


_TIMES = {
    "odds_ratio": "times the odds of a better step",
    "rate_ratio": "times the count",
    "variance_ratio": "times the variance of the change",
    "cost_ratio": "times the cost",
}
"""What a ratio is of."""


def _amount(estimate: Estimate, digits: int) -> str:
    value, lower, upper = estimate.estimate or 0.0, estimate.ci_lower, estimate.ci_upper
    if estimate.quantity in SHARES:
        limits = "" if lower is None or upper is None else f" (95% interval {lower:.0%} to {upper:.0%})"
        return f"{value:.0%}{limits}"
    shown = 2 if estimate.quantity in RATIOS else digits
    limits = "" if lower is None or upper is None else f" (95% interval {interval(lower, upper, shown)})"
    own = _TIMES.get(estimate.quantity, "times") if estimate.quantity in RATIOS else unit(estimate.unit)
    return f"{number(value, shown)} {own}{limits}"


def _people(contrast: Contrast) -> str:
    *first, last = [f"{arm.n_observed:,}" for arm in contrast.arms] or [""]
    counted = f"{', '.join(first)} and {last}" if first else last
    return f", {counted} with a result" if counted else ""


def _withheld(n: int) -> str:
    if not n:
        return ""
    return f"For {n} {'arm' if n == 1 else 'arms'} no figure is given; the reason stands below."


def _as_they_are(given: Sequence[Contrast]) -> str:
    """Which figures are of too few people to adjust for anything."""
    few = [c for c in given if c.headline is not None and c.headline.method in NOT_ADJUSTED]
    if not few:
        return ""
    which = "" if len(few) == len(given) else f"In {' and '.join(f'**{c.label}**' for c in few)} "
    return capital(f"{which}nothing could be adjusted for: there are too few people.")


def _nature(result: Comparison) -> str:
    """What kind of finding it is."""
    certificate = result.diagnostics.get("certificate", {})
    if certificate.get("is_exploratory"):
        return "This is an association, and exploratory: the question was not fixed before its answer could be seen."
    return "This is an association."


def _nothing_to_compare(result: Comparison) -> str:
    if result.reason:
        return explained(result.reason)
    if len(result.arms) == 1:
        arm = result.arms[0]
        return f"There is nobody to compare with: all {people(arm.n)} who count here are in one arm, **{arm.label}**."
    reasons = dict.fromkeys(explained(e.reason) for e in result.estimates if not e.is_given)
    return " ".join(("There is no comparison to show.", *reasons))

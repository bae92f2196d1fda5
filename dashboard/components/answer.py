"""The answer in a sentence or two, from a comparison that has been made."""

from dashboard.numbers import decimals, interval, number, people, unit
from pipeline.contract.results import REASONS, Comparison, Estimate

_MOST_NAMED = 3


def answer(result: Comparison) -> str:
    """What the intervals say, in words. Markdown."""
    if result.reason:
        return REASONS[result.reason]
    given = [e for e in result.estimates if e.reference and e.is_given]
    if not given:
        return _nothing_to_compare(result)
    labels = {arm.arm: arm.label for arm in result.arms}
    opening = f"At week {result.estimand['week']}, compared with **{labels[str(given[0].reference)]}**"
    apart = [e for e in given if _is_apart(e)]
    if not apart:
        subject = f"**{labels[given[0].arm]}**" if len(given) == 1 else f"any of the {len(given)} other arms"
        return f"{opening}: no clear difference for {subject}. The 95% interval includes both directions."
    digits = shown_decimals(result)
    named = [_sentence(e, labels[e.arm], digits) for e in apart[:_MOST_NAMED]]
    return f"{opening}: {'; '.join(named)}.{_rest(len(apart) - len(named), len(given) - len(apart))}"


def shown_decimals(result: Comparison) -> int:
    """Decimals of every figure of the comparison on the page, the same everywhere."""
    return decimals(e.std_error for e in result.estimates if e.quantity != "win_probability")


def _rest(n_more: int, n_open: int) -> str:
    more = f" {n_more} more {'arm differs' if n_more == 1 else 'arms differ'} too." if n_more else ""
    if not n_open:
        return more
    return more + f" For {n_open} other {'arm' if n_open == 1 else 'arms'} the interval includes both directions."


def _is_apart(estimate: Estimate) -> bool:
    """Whether the 95% interval leaves out no difference."""
    none = 0.5 if estimate.quantity == "win_probability" else 0.0
    lower, upper = estimate.ci_lower, estimate.ci_upper
    return lower is not None and upper is not None and not lower <= none <= upper


def _sentence(estimate: Estimate, label: str, digits: int) -> str:
    value, lower, upper = estimate.estimate or 0.0, estimate.ci_lower or 0.0, estimate.ci_upper or 0.0
    if estimate.quantity == "win_probability":
        return f"**{label}** did better in {value:.0%} of pairs of people (95% interval {lower:.0%} to {upper:.0%})"
    low, high = sorted((abs(lower), abs(upper)))
    direction = "more" if value > 0 else "less"
    return (
        f"**{label}** improved by {number(abs(value), digits)} {unit(estimate.unit)} {direction} "
        f"(95% interval {interval(low, high, digits)})"
    )


def _nothing_to_compare(result: Comparison) -> str:
    if len(result.arms) == 1:
        arm = result.arms[0]
        return f"There is nobody to compare with: all {people(arm.n)} who count here are in one arm, **{arm.label}**."
    reasons = {e.reason for e in result.estimates if e.reference and e.reason}
    return "There is no comparison to show. " + " ".join(sorted(REASONS[reason] for reason in reasons))

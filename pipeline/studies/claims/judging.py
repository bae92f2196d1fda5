"""The rules of the verdicts, one for each aim: what an interval must show, and what undecided means."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from pipeline.contract.results import RATIOS, Comparison, Estimate
from pipeline.contract.spoken import unit
from pipeline.studies.protocols.protocol import Aim

Judgement = Literal[
    "supported", "contradicted", "inconclusive", "not enough people", "failed diagnostics", "not answerable"
]
Judged = tuple[Judgement, str]

ALPHA = 0.05
"""Of a claim as a whole: Holm over its studies (Holm 1979, Scandinavian Journal of Statistics 6, 65-70)."""


def numbers(found: Comparison) -> Mapping[str, Any]:
    """What the study's one contrast rests on."""
    contrasts: Sequence[Mapping[str, Any]] = found.diagnostics.get("contrasts", ())
    return contrasts[0] if contrasts else {}


def p_value(aim: Aim, headline: Estimate, found: Comparison) -> float | None:
    """Of the test that the aim asks for: against no difference, or where a limit was named, against that."""
    same = numbers(found).get("equivalence") if aim == "equivalence" else None
    return headline.p_value if same is None else float(same["p_value"])


def judge(aim: Aim, headline: Estimate, found: Comparison, p_adjusted: float | None) -> Judged:
    """The verdict of a headline that is given and may be believed."""
    return _RULES[aim](headline, found, p_adjusted) or _undecided(aim, headline, found)


Rule = Callable[[Estimate, Comparison, float | None], Judged | None]


def _different(headline: Estimate, found: Comparison, p_adjusted: float | None) -> Judged | None:
    null = 1.0 if headline.quantity in RATIOS else 0.0
    low, high, margin = headline.ci_lower, headline.ci_upper, numbers(found).get("margin")
    if low is None or high is None or p_adjusted is None:
        return None
    if headline.quantity == "rate_ratio" and numbers(found).get("better") == "lower":
        low, high = 1 / high, 1 / low  # how many times fewer
    if margin is not None and high < margin and _is_enough(found, margin):
        return (
            "contradicted",
            f"The interval leaves no room for a {_what(headline)} of {_sized(margin, headline)} that would matter.",
        )
    if p_adjusted < ALPHA and low > null:
        return (
            "supported",
            "The interval lies above no difference, also after correction for the claim's other studies.",
        )
    if p_adjusted < ALPHA and high < null:
        return "contradicted", "The interval lies below no difference."
    return None


def _is_enough(found: Comparison, margin: float) -> bool:
    """Whether a difference that matters would have been seen, as far as is known: else luck alone misses it."""
    detectable = numbers(found).get("detectable_difference")
    return detectable is None or detectable <= margin


def _same(headline: Estimate, found: Comparison, p_adjusted: float | None) -> Judged | None:
    same = numbers(found).get("equivalence")
    margin = None if same is None else same.get("margin", numbers(found).get("margin"))  # in the unit of the interval
    if same is None or margin is None or p_adjusted is None:
        return None
    size = f"{margin:g} {unit(str(found.estimand.get('unit') or ''))}".rstrip()
    if same["is_same"] and p_adjusted < ALPHA:
        return "supported", f"The 90% interval lies within {size} of no difference."
    if same["ci_lower"] > margin or same["ci_upper"] < -margin:
        return "contradicted", f"The 90% interval lies more than {size} away from no difference."
    return None


def _minimal(headline: Estimate, found: Comparison, p_adjusted: float | None) -> Judged | None:
    low, high, limit = headline.ci_lower, headline.ci_upper, numbers(found).get("limit")
    if low is None or high is None or limit is None or p_adjusted is None or p_adjusted >= ALPHA:
        return None
    if high < limit:
        return "supported", f"The upper limit of the mean change lies under {_sized(limit, headline)}."
    return (
        ("contradicted", f"The lower limit of the mean change lies above {_sized(limit, headline)}.")
        if low > limit
        else None
    )


def _most(headline: Estimate, found: Comparison, p_adjusted: float | None) -> Judged | None:
    low, high, share = headline.ci_lower, headline.ci_upper, numbers(found).get("more_than")
    if low is None or high is None or share is None or p_adjusted is None or p_adjusted >= ALPHA:
        return None
    if low > share:
        return "supported", f"The interval of the share that was over by then lies above {share:.0%}."
    return (
        ("contradicted", f"The interval of the share that was over by then lies below {share:.0%}.")
        if high < share
        else None
    )


def _undecided(aim: Aim, headline: Estimate, found: Comparison) -> Judged:
    detectable, margin = numbers(found).get("detectable_difference"), numbers(found).get("margin")
    if detectable is None or margin is None:
        return "inconclusive", "The interval holds a difference and none; no margin says how small one would matter."
    if detectable > margin:
        return (
            "not enough people",
            f"With these people only a {_what(headline)} of {_sized(detectable, headline)} or more could have been "
            f"seen; {_sized(margin, headline)} would matter.",
        )
    if aim in ("minimal", "recovery"):
        return "inconclusive", "There are enough people, and the interval holds the limit that was named in advance."
    return "inconclusive", "There are enough people, and the interval holds a difference that matters and none."


def _what(headline: Estimate) -> str:
    return "ratio" if headline.quantity in RATIOS else "difference"


def _sized(size: float, headline: Estimate) -> str:
    if headline.quantity == "share":
        return f"{100 * size:.3g} percentage points"
    return f"{size:.3g}" if headline.quantity in RATIOS else f"{size:.3g} {unit(headline.unit)}"


def _none(headline: Estimate, found: Comparison, p_adjusted: float | None) -> Judged | None:
    """A course compares nothing, so nothing is judged."""
    return None


_RULES: Mapping[Aim, Rule] = {
    "difference": _different,
    "equivalence": _same,
    "course": _none,
    "minimal": _minimal,
    "variation": _different,
    "interaction": _different,
    "recovery": _most,
    "cost": _different,
}

"""Rates, means and amounts as words, table cells and rows of a file: each with its n and its interval."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.figures import rates as figure
from dashboard.words.numbers import number
from pipeline.api import explained
from pipeline.contract.cells import Mean, Rate

WITHHELD = "not given"

_NOTES = {
    "nobody_asked": "nobody was asked", "under_half_asked": "under half asked", "too_few": "too few people",
    "under_half_timed": "end rarely told", "no_events": "none to time", "no_variation": "all alike",
}  # fmt: skip
"""Why there is no number, short enough to stand in its place."""


def note(reason: str | None) -> str:
    """The short word for a gap."""
    return _NOTES.get(reason or "", WITHHELD)


def percent(share: float, upper: float) -> str:
    """With more decimals where the upper limit of what it stands beside is small."""
    return number(100 * share, 2 if upper < 0.01 else 1 if upper < 0.1 else 0) + "%"


def told(rate: Rate) -> str:
    """`71% (70 to 72)`, `none seen, at most 0.3%`, or nothing where no figure is given."""
    if rate.estimate is None or rate.ci_lower is None or rate.ci_upper is None:
        return ""
    if rate.is_none_seen:
        return f"none seen, at most {percent(rate.ci_upper, rate.ci_upper)}"
    return limits(rate.estimate, rate.ci_lower, rate.ci_upper)


def limits(share: float, lower: float, upper: float) -> str:
    """A share with its limits, the percent sign once for each: `71% (70% to 72%)`."""
    return f"{percent(share, upper)} ({percent(lower, upper)} to {percent(upper, upper)})"


def told_mean(mean: Mean, digits: int = 2) -> str:
    """`0.52 (0.50 to 0.54)`; as percent where it is a ratio of two counts."""
    if mean.estimate is None or mean.ci_lower is None or mean.ci_upper is None:
        return ""
    return f"{number(mean.estimate, digits)} ({number(mean.ci_lower, digits)} to {number(mean.ci_upper, digits)})"


def row(rate: Rate, detail: str, place: int = 0) -> figure.Row:
    """One line of a figure."""
    mark = figure.Mark(
        "", place, rate.estimate, rate.ci_lower, rate.ci_upper, told(rate), note(rate.reason), rate.is_none_seen
    )
    return figure.Row(rate.label, detail, (mark,))


def table(rates: Sequence[Rate], named: str, things: str, counted: str, share: str) -> list[dict[str, str]]:
    """A row a rate: what it is of, people, things asked about, those counted, and the share with its interval."""
    is_partly_asked = any(rate.n_all != rate.n for rate in rates)
    return [
        {
            named: rate.label,
            "People asked" if is_partly_asked else "People": f"{rate.people:,}",
            **({"Sessions in all": f"{rate.n_all:,}"} if is_partly_asked else {}),
            **({things: f"{rate.n:,}{_share_asked(rate)}"} if things else {}),
            counted: f"{rate.y:,}",
            share: told(rate) or f"{WITHHELD}: {note(rate.reason)}",
        }
        for rate in rates
    ]


def _share_asked(rate: Rate) -> str:
    return f" ({rate.n / rate.n_all:.0%})" if rate.n_all and rate.n_all != rate.n else ""


def records(rates: Sequence[Rate | Mean], **more: Any) -> pd.DataFrame:
    """One rate or mean a row, numbers unrounded, with its unit and the reason of a gap."""
    return pd.DataFrame([{**more, **_record(one)} for one in rates])


def _record(one: Rate | Mean) -> dict[str, Any]:
    common = {"code": one.code, "label": one.label, "people": one.people, "n": one.n}
    numbers = {"estimate": one.estimate, "ci_lower": one.ci_lower, "ci_upper": one.ci_upper, "reason": one.reason}
    if isinstance(one, Mean):
        return common | {"unit": one.unit} | numbers
    return (
        common
        | {"counted": one.y, "n_in_all": one.n_all, "unit": "share", "is_upper_limit_one_sided": one.is_none_seen}
        | numbers
    )


def reasons(rates: Sequence[Rate | Mean]) -> list[str]:
    """The sentence behind every figure that is not given."""
    return sorted({explained(one.reason) for one in rates if one.reason})

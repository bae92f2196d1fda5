"""Intervals that stand beside a headline, as text for a person at a terminal. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.contract import spoken

Document = Mapping[str, Any]


def always_valid(contrasts: Sequence[Document], estimates: Sequence[Document]) -> Iterator[str]:
    """The wider interval of each headline, for whoever looks again and again."""
    units = {row["contrast"]: row.get("unit") or "" for row in estimates if row.get("role") == "headline"}
    for numbers in contrasts:
        if wide := numbers.get("always_valid"):
            sign = spoken.sign(units.get(numbers["contrast"], ""), numbers["contrast"])
            limits = f"{wide['ci_lower']:{sign}.2f} to {wide['ci_upper']:{sign}.2f}"
            yield f"Right however often one looks, {numbers['contrast']}: {limits}"


def sameness(contrasts: Sequence[Document], unit: object) -> Iterator[str]:
    """The interval that is held against the margin, where it is asked whether arms do the same."""
    for numbers in contrasts:
        if same := numbers.get("equivalence"):
            held = f"{same['ci_lower']:+z.2f} to {same['ci_upper']:+z.2f}; the margin is {numbers['margin_in_unit']:g}"
            yield f"{same['level']:.0%} interval, {numbers['contrast']}: {held} {unit}"

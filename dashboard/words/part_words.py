"""Shares of a whole as bars, table cells and rows of a file: people by level, or sessions by severity."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.figures.parts import Row
from dashboard.words.numbers import people
from dashboard.words.rate_words import WITHHELD, note, told
from pipeline.contract.cells import Parts, Rate


def levels(found: Sequence[Parts]) -> tuple[Rate, ...]:
    """The levels that the rows are shared out over; empty where no row can be."""
    return next((p.levels for p in found if p.levels), ())


def bars(found: Sequence[Parts]) -> list[Row]:
    """Lines of the figure."""
    return [Row(p.label, _counted(p), tuple(rate.estimate or 0.0 for rate in p.levels), note(p.reason)) for p in found]


def _counted(p: Parts) -> str:
    return people(p.n) if p.people == p.n else f"{p.n:,} sessions, {people(p.people)}"


def table(found: Sequence[Parts], named: str) -> list[dict[str, str]]:
    """One row a kind, a column for each level, each share with its interval."""
    is_of_sessions = any(p.people != p.n for p in found)
    return [
        {
            named: p.label,
            "People": f"{p.people:,}",
            **({"Sessions with one": f"{p.n:,}"} if is_of_sessions else {}),
            **{
                level.label: told(p.levels[i]) if p.levels else f"{WITHHELD}: {note(p.reason)}"
                for i, level in enumerate(levels(found))
            },
        }
        for p in found
    ]


def records(found: Sequence[Parts]) -> pd.DataFrame:
    """One kind and level a row, unrounded."""
    rows: list[dict[str, Any]] = []
    for p in found:
        rows += [
            {"kind": p.label, "people": p.people, "n": p.n, "level": rate.label, "counted": rate.y, "unit": "share",
             "estimate": rate.estimate, "ci_lower": rate.ci_lower, "ci_upper": rate.ci_upper, "reason": rate.reason}
            for rate in p.levels
        ] or [{"kind": p.label, "people": p.people, "n": p.n, "reason": p.reason}]  # fmt: skip
    return pd.DataFrame(rows)

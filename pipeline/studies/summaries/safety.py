"""Side effects per session asked, and how soon they are over, from the summaries of a version."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import numpy as np

from pipeline.contract import reference
from pipeline.contract.cells import Over, Parts, Rate, Safety, Unasked, Within
from pipeline.errors import UsageError
from pipeline.studies.contrasts.headline import MIN_SHOWN
from pipeline.studies.estimators.clustered_share import ClusterTotals
from pipeline.studies.estimators.effect import Withheld
from pipeline.studies.estimators.time_to_recovery import NEVER, OverBy, Spans, recovery
from pipeline.studies.people.reading import fetch
from pipeline.studies.protocols.questions import MIN_ASKED, MIN_TIMED
from pipeline.studies.summaries.cells import NOTHING, in_order, rate, totals

HOURS = (24, 72, 168)
"""A day, a few days, a week."""

DIMENSIONS = ("depth", "device", "setting")
ANY, SERIOUS = "any", "serious"
_NAMES = {ANY: "Any side effect", SERIOUS: "Marked as serious"}
_SEVERITIES = ("none", "mild", "moderate", "severe", "very severe")
_GRADES = ("", "mild", "moderate", "severe", "life-threatening", "death")

Cell = tuple[str, str, str]
"""Place, dimension, code."""


def read_safety(con: duckdb.DuckDBPyConnection, by: str, place: str, effect: str) -> Safety:
    """`by` depth, device or setting; `place` all or a setting; `effect` any, serious or a code of the vocabulary.

    Raises UsageError for anything else, or where the version was published before there were summaries.
    """
    _known(by, place, effect)
    asked = {(p, d, c): (int(n), int(m)) for p, d, c, n, m in fetch(con, _ASKED, {})}
    told = {tuple(row[:5]): totals(*map(int, row[5:])) for row in fetch(con, _TOLD, {})}
    whole = (place, "all", "all") if place == "all" else ("all", "setting", place)
    cells = [(whole, "All these sessions"), *_kinds(by, place, asked)]
    return Safety(
        place,
        by,
        effect,
        whole=_rate(whole, "effect", effect, _NAMES.get(effect) or _label(effect), asked, told),
        rates=tuple(_rate(cell, "effect", effect, label, asked, told, cell[2]) for cell, label in cells[1:]),
        effects=tuple(_rate(whole, "effect", code, name, asked, told) for code, name in effects().items()),
        severity=_graded(cells, "severity", _SEVERITIES, asked, told),
        grades=_graded(cells, "ctcae_grade", _GRADES, asked, told),
        over=_over(con, cells, asked),
        unasked=tuple(_unasked(con)),
    )


def _kinds(by: str, place: str, asked: "Asked") -> "Cells":
    """The rows beside the whole; of settings within one setting there is none."""
    if by == "setting" and place != "all":
        return []
    there = in_order(by, (c for p, d, c in asked if (p, d) == (place, by)))
    return [((place, by, code), label) for code, label in there]


_ASKED = "SELECT place, dimension, code, n_sessions, n_asked FROM safety_asked"
_TOLD = "SELECT place, dimension, code, measure, level, people, n, y, nn, ny, yy FROM safety_cells"

Cells = Sequence[tuple[Cell, str]]
"""With their labels."""

Asked = Mapping[Cell, tuple[int, int]]
Told = Mapping[tuple[Any, ...], ClusterTotals]


def effects() -> dict[str, str]:
    """What can be asked after: any, serious, then each of the vocabulary."""
    known = {term.code: term.label for term in reference.vocabulary("effect") if term.code != "none"}
    return _NAMES | known


def _label(effect: str) -> str:
    return reference.label("effect", effect)


def _known(by: str, place: str, effect: str) -> None:
    for what, given, known in (
        ("by", by, DIMENSIONS),
        ("place", place, ("all", *(term.code for term in reference.vocabulary("setting")))),
        ("effect", effect, tuple(effects())),
    ):
        if given not in known:
            raise UsageError(f"{what} is {given!r}, expected one of {', '.join(known)}")


def _why_not(cell: Cell, asked: Asked) -> str | None:
    n, m = asked.get(cell, (0, 0))
    if m == 0:
        return "nobody_asked"
    return "under_half_asked" if m < MIN_ASKED * n else None


def _rate(cell: Cell, measure: str, level: str, label: str, asked: Asked, told: Told, code: str | None = None) -> Rate:
    """A level that nobody told is none of those asked about any."""
    base = told.get((*cell, measure, ANY), NOTHING)
    sums = told.get((*cell, measure, level)) or ClusterTotals(base.people, base.m, 0, base.mm, 0, 0)
    return rate(code or level, label, sums, asked.get(cell, (0, 0))[0], _why_not(cell, asked))


def _graded(cells: Cells, measure: str, names: Sequence[str], asked: Asked, told: Told) -> tuple[Parts, ...]:
    """Of sessions with one, by how bad the worst was; nothing at all where nobody said."""
    levels = {key[4] for key in told if key[:4] == (*cells[0][0], measure)}
    if not levels:
        return ()
    shown = [(str(level), f"{level}: {name}") for level, name in enumerate(names) if level > 0 or "0" in levels]
    return tuple(_parts(cell, label, measure, shown, asked, told) for cell, label in cells)


def _parts(
    cell: Cell, label: str, measure: str, shown: Sequence[tuple[str, str]], asked: Asked, told: Told
) -> Parts:  # fmt: skip
    found = {level: sums for level, _ in shown if (sums := told.get((*cell, measure, level)))}
    if not found:
        return Parts(cell[2], label, 0, 0, reason=_why_not(cell, asked) or "too_few")
    base = next(iter(found.values()))
    reason = _why_not(cell, asked) or ("too_few" if base.people < MIN_SHOWN else None)
    if reason:
        return Parts(cell[2], label, base.people, base.m, reason=reason)
    none = ClusterTotals(base.people, base.m, 0, base.mm, 0, 0)
    rates = tuple(rate(level, name, found.get(level, none)) for level, name in shown)
    return Parts(cell[2], label, base.people, base.m, rates)


_SPANS = """
SELECT dimension, code, dealt, low_hours, high_hours, n, people FROM safety_spans
WHERE place = $place AND dimension = $dimension AND code = $code ORDER BY dealt, low_hours, high_hours"""


def _over(con: duckdb.DuckDBPyConnection, cells: Cells, asked: Asked) -> tuple[Over, ...]:
    return tuple(_one_over(con, cell, label, _why_not(cell, asked)) for cell, label in cells)


def _one_over(con: duckdb.DuckDBPyConnection, cell: Cell, label: str, reason: str | None) -> Over:
    rows = np.array(fetch(con, _SPANS, {"place": cell[0], "dimension": cell[1], "code": cell[2]}), dtype=object)
    if not len(rows):
        return Over(cell[2], label, 0, 0, 0, reason=reason or "no_events")
    dealt, low, high, n, people = (rows[:, column].astype(np.int64) for column in range(2, 7))
    timed = int(n[(low >= 0) | (high < NEVER)].sum())
    empty = Over(cell[2], label, int(people[0]), int(n.sum()), timed, reason=reason)
    if reason is None and empty.people < MIN_SHOWN:
        reason = "too_few"
    elif reason is None and timed < MIN_TIMED * empty.n:
        reason = "under_half_timed"
    found = recovery(Spans(dealt, low, high, n, empty.people)) if reason is None else None
    if found is None or isinstance(found, Withheld):
        return Over(empty.code, label, empty.people, empty.n, timed, reason=reason or getattr(found, "reason", None))
    within = tuple(_within(hour, found.by(hour)) for hour in HOURS)
    return Over(empty.code, label, empty.people, empty.n, timed, within, found.median())


def _within(hour: int, over: OverBy) -> Within:
    return Within(hour, over.least.estimate, over.least.interval()[0], over.most.interval()[1])


def _unasked(con: duckdb.DuckDBPyConnection) -> list[Unasked]:
    sql = "SELECT effect, n_reports, n_people, n_serious FROM safety_unasked ORDER BY n_reports DESC, effect"
    return [
        Unasked(code, _label(code), int(n), int(people), int(serious))
        for code, n, people, serious in fetch(con, sql, {})
    ]

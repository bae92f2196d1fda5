"""What rules in SQL find, each as one figure: how many rows or groups are wrong, or the number that was measured.

Conditions on single rows and plain aggregates of a table are told by one scan of it together; groups and
measures over groups by a query each. Nothing is asked twice: Great Expectations holds the figures
against their bounds (see gx.py) and does not count again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.validate import gx
from pipeline.validate.rules import Groups, HasColumns, Measure, Rows, Rule, Unique
from pipeline.validate.sql import Target, grouped, measured, wrong_columns

IN_SQL = (HasColumns, Rows, Groups, Unique, Measure)
"""The kinds of check that are told by a figure."""

_PLAIN = re.compile(r"\s*SELECT\s+(?P<aggregate>.+)\s+FROM \{batch\}\s*", re.DOTALL)


@dataclass(frozen=True)
class Figure:
    """What was found for a rule: the number, which columns are wrong, or why it could not be told."""

    value: float | None = None
    names: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Told:
    """A rule's figure, and the bounds within which it should lie."""

    figure: Figure
    bounds: gx.Bounded

    def outcome(self, held: bool) -> gx.Outcome:
        """What it means for the rule. `held`: the figure lies within its bounds."""
        if self.figure.error:
            return gx.Outcome(success=False, error=self.figure.error)
        if self.bounds.is_count:
            return gx.Outcome(held, int(self.figure.value or 0), observed=self.figure.names)
        return gx.Outcome(held, 0 if held else 1, observed=self.figure.value)


def tell(source: gx.Source, target: Target, rules: Sequence[Rule]) -> dict[str, Told]:
    """The figure of each rule in SQL by its id. A rule that raises does so alone."""
    in_sql = [rule for rule in rules if isinstance(rule.check, IN_SQL)]
    figures = _figures(source, target, in_sql)
    return {rule.id: Told(figures[rule.id], _bounded(rule, figures[rule.id])) for rule in in_sql}


def _bounded(rule: Rule, figure: Figure) -> gx.Bounded:
    if isinstance(rule.check, Measure):
        return gx.Bounded(figure.value, rule.check.low, rule.check.high)
    return gx.Bounded(figure.value, 0, 0, is_count=True)


def _figures(source: gx.Source, target: Target, rules: Sequence[Rule]) -> dict[str, Figure]:
    together = {rule.id: sql for rule in rules if (sql := _aggregate(rule, target))}
    figures = _scan(source, target, together)
    for rule in rules:
        if rule.id not in figures:
            figures[rule.id] = _alone(source, rule, target)
    return figures


def _aggregate(rule: Rule, target: Target) -> str | None:
    """The figure as an aggregate over the rows `b` of the table; None where it takes a query of its own."""
    match rule.check:
        case Rows(where):
            return f"count(*) FILTER (WHERE {target.fill(where)})"
        case Measure(sql):
            plain = _PLAIN.fullmatch(sql)
            if plain and "{batch}" not in plain["aggregate"]:
                return target.fill(plain["aggregate"])
    return None


def _scan(source: gx.Source, target: Target, aggregates: dict[str, str]) -> dict[str, Figure]:
    """All aggregates by one scan. Where one of them raises, each by a scan of its own."""
    if not aggregates:
        return {}
    try:
        found = gx.select(source, f"SELECT {', '.join(aggregates.values())} FROM {target.fill('{batch}')} AS b")[0]
    except gx.QUERY_ERRORS as error:
        if len(aggregates) == 1:
            return {rule: Figure(error=gx.without_values(str(error))) for rule in aggregates}
        parts = [_scan(source, target, {rule: sql}) for rule, sql in aggregates.items()]
        return {rule: figure for part in parts for rule, figure in part.items()}
    return {rule: Figure(_number(value)) for rule, value in zip(aggregates, found, strict=True)}


def _alone(source: gx.Source, rule: Rule, target: Target) -> Figure:
    try:
        match rule.check:
            case HasColumns(columns):
                wrong = [str(name) for (name,) in gx.select(source, wrong_columns(columns, target))]
                return Figure(len(wrong), names=", ".join(wrong) or None)
            case Groups() | Unique():
                return Figure(_number(gx.select(source, f"SELECT count(*) FROM ({grouped(rule.check, target)})")[0][0]))
            case Measure(sql):
                return Figure(_number(gx.select(source, measured(sql, target))[0][0]))
            case _:
                raise TypeError(f"rule {rule.id} is of kind {type(rule.check).__name__}, which no figure tells")
    except gx.QUERY_ERRORS as error:
        return Figure(error=gx.without_values(str(error)))


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))

"""Rules that compare with another file become rules with bounds: the other figure is measured first."""

from dataclasses import replace

from pipeline.validate import gx
from pipeline.validate.rules import Drift, Matches, Measure, Rule
from pipeline.validate.sql import Target, measured


def bounded(rule: Rule, target: Target, landing: gx.Source | None, previous: gx.Source | None) -> Rule | gx.Outcome:
    """The rule with its bounds, or the outcome where the other figure could not be measured.

    Without the other file, or where it cannot be compared, the figure is measured without bounds.
    """
    try:
        match rule.check:
            case Drift() as drift:
                return replace(rule, check=_drift(drift, target, previous))
            case Matches() as matches:
                return replace(rule, check=_matches(matches, landing))
            case _:
                return rule
    except gx.QUERY_ERRORS as error:
        return gx.Outcome(success=False, error=gx.without_values(str(error)))


def _drift(check: Drift, target: Target, previous: gx.Source | None) -> Measure:
    before = None if previous is None else _earlier(previous, check.sql, target)
    if before is None:
        return Measure(check.sql)
    if check.fall is not None:
        return Measure(check.sql, low=before * (1 - check.fall))
    shift = check.shift or 0.0
    return Measure(check.sql, low=before - shift, high=before + shift)


def _earlier(previous: gx.Source, sql: str, target: Target) -> float | None:
    """The figure of the last version; None where that version was made without this table or column."""
    try:
        return _figure(previous, sql, target)
    except gx.QUERY_ERRORS as error:
        if gx.is_about_schema(str(error)):
            return None
        raise


def _matches(check: Matches, landing: gx.Source | None) -> Measure:
    if landing is None:
        return Measure(check.sql)
    expected = _figure(landing, check.landing, Target("landing", "participants"))
    return Measure(check.sql, low=expected, high=expected)


def _figure(source: gx.Source, sql: str, target: Target) -> float | None:
    value = gx.select(source, measured(sql, target))[0][0]
    return None if value is None else float(value)

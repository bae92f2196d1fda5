"""The summaries that pages read: a row a cell, and every one adds up to the rows it was made of."""

from collections.abc import Mapping

from pipeline.contract.summaries import SUMMARIES, Summary
from pipeline.validate.rules import Groups, HasColumns, Measure, Rows, Rule, Suite, Unique

_WHOLE = "place = 'all' AND dimension = 'all'"
_IMPOSSIBLE = (
    "b.people < 1 AND b.n > 0 OR b.n::HUGEINT * b.n > b.people::HUGEINT * b.nn "
    "OR b.y::HUGEINT * b.y > b.people::HUGEINT * b.yy OR b.ny::HUGEINT * b.ny > b.nn::HUGEINT * b.yy"
)
"""What no people can have given: each sum of squares is at least what equal shares would give (Cauchy)."""

_ADDS_UP: Mapping[str, tuple[str, str]] = {
    "safety_asked": (
        "All sessions are counted, and those after which somebody was asked; the share asked rests on it.",
        f"(SELECT sum(n_sessions) + sum(n_asked) FROM {{batch}} WHERE {_WHOLE}) - (SELECT count(*) FROM {{sessions}}) "
        "- (SELECT count(DISTINCT session_id) FROM safety_answers)",
    ),
    "safety_cells": (
        "Sessions asked and sessions with a side effect are those of the rows, each once.",
        f"(SELECT sum(n) + sum(y) FROM {{batch}} WHERE {_WHOLE} AND measure = 'effect' AND level = 'any') - (SELECT "
        "count(DISTINCT session_id) + count(DISTINCT CASE WHEN effect <> 'none' THEN session_id END) "
        "FROM safety_answers)",
    ),
    "safety_spans": (
        "Every session with a side effect has its span of hours, once.",
        "(SELECT coalesce(sum(n), 0) FROM {batch} WHERE dimension = 'all') - (SELECT count(DISTINCT session_id) "
        "FROM safety_answers WHERE effect <> 'none')",
    ),
    "safety_unasked": (
        "Every report that nobody asked for is counted here, and in no rate.",
        "(SELECT coalesce(sum(n_reports), 0) FROM {batch}) - (SELECT count(*) FROM {side_effects} "
        "WHERE solicited = 'spontaneous' AND effect <> 'none')",
    ),
    "cost_amounts": (
        "Whoever can be said to pay so much a month is counted once.",
        "(SELECT coalesce(sum(n_people), 0) FROM {batch} WHERE dimension = 'all' AND per = 'month') - (SELECT "
        "coalesce(sum(n_month), 0) FROM cost_told WHERE dimension = 'all' AND item <> 'any')",
    ),
    "cost_told": (
        "Everybody who told a cost is counted once for each currency and item.",
        "(SELECT coalesce(sum(n_people), 0) FROM {batch} WHERE dimension = 'all' AND item NOT IN ('any', 'needling')) "
        "- (SELECT count(*) FROM cost)",
    ),
    "adherence_cells": (
        "Everybody who needles, and of whom it can be said whether they stopped, stands at yes or no.",
        "(SELECT coalesce(sum(n), 0) FROM {batch} WHERE dimension = 'all' AND measure = 'stopped_needling') - (SELECT "
        "count(*) FROM retention WHERE is_due AND stopped_needling IS NOT NULL)",
    ),
    "adherence_plan": (
        "Plans and logs are of the people who stand at a level of the plan.",
        "(SELECT coalesce(sum(people), 0) FROM {batch} WHERE dimension = 'all') - (SELECT coalesce(sum(n), 0) "
        "FROM adherence_cells WHERE dimension = 'all' AND measure = 'plan')",
    ),
    "self_report": (
        "Every session's needle is among those that are looked at.",
        "(SELECT coalesce(sum(n), 0) FROM {batch} WHERE source = 'all' AND measure = 'half_millimetre') - (SELECT "
        "count(*) FROM {sessions})",
    ),
}
"""By table, what must hold and a difference that must be nought."""

_EVERYBODY_ONCE = """
    SELECT column_name FROM {batch} WHERE kind = 'share' AND column_name <> 'was_asked'
    GROUP BY column_name HAVING sum(y) <> max(n) OR max(n) <> (SELECT count(*) FROM {participants})
"""


def _rules(summary: Summary) -> tuple[Rule, ...]:
    columns = tuple((name, kind) for name, kind, _ in summary.columns)
    given = (
        Rule(f"{summary.name}.columns", "critical", "It has the columns that pages read.", HasColumns(columns)),
        Rule(
            f"{summary.name}.grain",
            "critical",
            f"There is one row per {', '.join(summary.key)}; two would count people twice.",
            Unique(summary.key),
        ),
    )
    return (*given, *_sums(summary), *_reconciled(summary))


def _sums(summary: Summary) -> tuple[Rule, ...]:
    if "yy" not in {name for name, _, _ in summary.columns}:
        return ()
    sentence = "The sums are such as people can have given; intervals are made of them."
    return (Rule(f"{summary.name}.sums", "critical", sentence, Rows(_IMPOSSIBLE)),)


def _reconciled(summary: Summary) -> tuple[Rule, ...]:
    if summary.name == "profile":
        sentence = "Everybody has one value of every column, not recorded included: the shares add up to one."
        return (Rule("profile.everybody_once", "critical", sentence, Groups(_EVERYBODY_ONCE)),)
    sentence, difference = _ADDS_UP[summary.name]
    return (Rule(f"{summary.name}.adds_up", "critical", sentence, Measure(f"SELECT {difference}", low=0, high=0)),)


SUITES = tuple(Suite(summary.name, _rules(summary), is_mart=True) for summary in SUMMARIES)

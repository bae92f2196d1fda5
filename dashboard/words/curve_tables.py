"""The tables of the curves, as text: every number with its people and its interval, every gap with its reason."""

from collections.abc import Sequence

import pandas as pd

from dashboard.words.curve_words import Shown
from dashboard.words.numbers import interval, number, p_value, signed
from pipeline.api import explained
from pipeline.contract import reference
from pipeline.contract.curves import Course, Leaving, Level, Step, TimeToResponse, Visit
from pipeline.contract.spoken import capital

REFERENCE, NOBODY, WITHHELD = "reference", "nobody", "withheld"


def levels_table(
    levels: Sequence[Level], what: str, unit: str, digits: int, *, pooled: bool = False
) -> list[dict[str, str]]:
    """One row a band or cell: people, difference alone and with all at once; on the map the drawn point."""
    rows = []
    for level in levels:
        row = {what: capital(level.label), "People": f"{level.n:,}",
               "With a result": f"{level.n_observed:,}"}  # fmt: skip
        row[f"Difference, {unit} (95% interval)"] = _level(level, digits, level.ci_lower, level.ci_upper)
        row["95% interval, all at once"] = _limits(level.all_lower, level.all_upper, digits)
        if pooled:
            drawn = level.pooled is not None and not level.is_reference
            row[f"Drawn towards the others, {unit}"] = signed(level.pooled or 0.0, digits) if drawn else ""
        rows.append(row)
    return rows


def _level(level: Level, digits: int, lower: float | None, upper: float | None) -> str:
    if level.is_reference:
        return REFERENCE
    if level.estimate is None:
        return NOBODY if level.n == 0 else WITHHELD
    return f"{signed(level.estimate, digits)} ({_limits(lower, upper, digits)})"


def _limits(lower: float | None, upper: float | None, digits: int) -> str:
    return "" if lower is None or upper is None else interval(lower, upper, digits)


def reasons(rows: Sequence[Level] | Sequence[Visit]) -> list[str]:
    """The sentence behind every gap, once; where there is nobody there is nothing to explain."""
    there = [row for row in rows if not (isinstance(row, Level) and row.n == 0)]
    return [explained(code) for code in dict.fromkeys(row.reason for row in there if row.reason)]


def visits_table(shown: Shown, unit: str, digits: int) -> list[dict[str, str]]:
    """One row an arm and visit; each arm with its people, who are fewer where arms are made alike."""
    return [
        {
            "Arm": arm.label,
            "Visit": f"week {visit.week}",
            "Arms settled": "not yet" if visit.is_history else "before it",
            "People": f"{n:,}",
            "Seen": _of(visit.n_seen, n),
            f"Mean improvement, {unit} (95% interval)": _mean(visit, digits),
        }
        for arm, n, visits in shown
        for visit in visits
    ]


def _mean(visit: Visit, digits: int) -> str:
    if visit.mean is None or visit.ci_lower is None or visit.ci_upper is None:
        return WITHHELD
    return f"{signed(visit.mean, digits)} ({interval(visit.ci_lower, visit.ci_upper, digits)})"


def reason_names(leaving: Sequence[Leaving]) -> list[tuple[str | None, str]]:
    """Why people left, in words, those told first and the commonest on top; what nobody told comes last."""
    total: dict[str | None, int] = {}
    for left in leaving:
        for code, n in left.reasons:
            total[code] = total.get(code, 0) + n
    order = sorted(total, key=lambda code: (code is None, -total[code], code or ""))
    return [(code, "No reason told" if code is None else reference.label("event", code)) for code in order]


def leaving_table(arms: Sequence[tuple[str, Leaving]]) -> list[dict[str, str]]:
    """One row an arm: who stopped needling, who stopped reporting, and each reason."""
    names = reason_names([left for _, left in arms])
    return [
        {
            "Arm": label,
            "People due": f"{left.n_due:,}",
            "Stopped needling": _of(left.n_stopped_needling, left.n_due),
            "Stopped reporting": _of(left.n_stopped_reporting, left.n_due),
            **{name: f"{dict(left.reasons).get(code, 0):,}" for code, name in names},
        }
        for label, left in arms
    ]


def leaving_records(arms: Sequence[tuple[str, Leaving]]) -> pd.DataFrame:
    """One row an arm and reason, for a file."""
    return pd.DataFrame(
        [
            {"label": label, "week": left.week, "n_due": left.n_due, "n_stopped_needling": left.n_stopped_needling,
             "n_stopped_reporting": left.n_stopped_reporting, "reason": code, "n": n}
            for label, left in arms
            for code, n in left.reasons
        ]
    )  # fmt: skip


def _of(n: int, whole: int) -> str:
    return f"{n:,} ({n / whole:.0%})" if whole else f"{n:,}"


def courses_table(found: TimeToResponse) -> list[dict[str, str]]:
    """One row an arm: share by the horizon, and the difference from the reference."""
    rows = []
    for course in found.courses:
        last = course.steps[-1] if course.steps else None
        rows.append(
            {
                "Arm": course.label,
                "People": f"{course.n:,}",
                "At risk at the end": f"{last.n_at_risk:,}" if last else "",
                f"Responded by week {found.estimand['week']}, % (95% interval)": _share(last),
                "Difference, percentage points (95% interval)": difference(course),
                "p": "" if course.p_value is None else p_value(course.p_value),
            }
        )
    return rows


def _share(step: Step | None) -> str:
    if step is None or step.share is None or step.ci_lower is None or step.ci_upper is None:
        return WITHHELD
    return f"{step.share:.0%} ({100 * step.ci_lower:.0f} to {100 * step.ci_upper:.0f})"


def difference(course: Course) -> str:
    """An arm's difference from the reference at the horizon, in percentage points; or that there is none."""
    if course.is_reference:
        return REFERENCE
    if course.difference is None or course.ci_lower is None or course.ci_upper is None:
        return WITHHELD
    limits = f"{number(100 * course.ci_lower, 0)} to {number(100 * course.ci_upper, 0)}"
    return f"{signed(100 * course.difference, 0)} ({limits})"


def steps_table(found: TimeToResponse) -> list[dict[str, str]]:
    """One row an arm and visit."""
    return [
        {
            "Arm": course.label,
            "Visit": f"week {step.week}",
            "At risk before it": f"{step.n_at_risk:,}",
            "Responded at it": f"{step.n_responded:,}",
            "Responded by then, % (95% interval)": _share(step),
        }
        for course in found.courses
        for step in course.steps
    ]

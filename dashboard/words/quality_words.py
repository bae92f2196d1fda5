"""The words of the page Data quality."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from dashboard.figures.beside import Row
from dashboard.words.numbers import number, people, signed, unit
from dashboard.words.rate_words import WITHHELD, limits, note, told, told_mean
from pipeline.contract.cells import Drift, GateRun, Held, Mean, Quality, Rate

TITLE = "Can the data be relied on?"
GATES_NOTE = (
    "Before anything is published, every rule is held against the data. A critical rule that fails stops the "
    "publication, and the version before it stays. A warning is published and told to whoever reads a number."
)
NOTHING_HELD = "No record waits in quarantine: every record that came was taken in."
HELD_NOTE = (
    "Records that could not be taken in, now, in the whole home. A record may wait for several reasons and then counts "
    "under each. The page Steward hands them back to their senders, line by line."
)
DRIFT_NOTE = (
    "Filled circle: this version. Open diamond: the one before. Far: a share that moved by more than 5 points, or a "
    "mean by more than its limit (0.25 mm; 1 point of pain; 21 hairs/cm²). Both versions hold mostly the same people, "
    "so their intervals tell how well each is known, not whether they differ."
)
NO_VERSION_BEFORE = (
    "There is no earlier version to compare with, or none that keeps what is needed. From the next publication on, "
    "this page shows what moved."
)
SIGNS = {
    "same_pain": "Always the same pain, over five or more painful sessions",
    "half_millimetre": "Needle lengths on a half or whole millimetre",
    "whole_weeks": "Intervals of whole weeks between sessions",
    "count_on_five": "Counts of combed hairs that end in 0 or 5",
    "sessions_within_a_day": "Sessions written down within a day",
    "sessions_over_30_days": "Sessions written down over 30 days later",
    "outcomes_within_a_day": "Results written down within a day",
    "outcomes_over_30_days": "Results written down over 30 days later",
    "side_effects_within_a_day": "Side effects written down within a day",
    "side_effects_over_30_days": "Side effects written down over 30 days later",
}
MEANING = {
    "same_pain": "Pain that never differs is more likely filled in than felt. Of people.",
    "half_millimetre": "Needles are sold so, and people round; a source with nothing else may round. Of sessions.",
    "whole_weeks": "A log kept by heart shows a week where there were six or eight days. One in seven falls on a whole "
    "week by chance; a weekly plan that is kept gives all of them. Of intervals.",
    "count_on_five": "One in five ends so by chance; more are estimated rather than counted. Of counts above nought.",
    "within_a_day": "What is written down at once is remembered best. Of records that say when they were written.",
    "over_30_days": "Written down over a month later, it is recalled rather than recorded. Of records that say when.",
}


def meaning(sign: str) -> str:
    """What a sign means, and what it is a share of."""
    return MEANING.get(sign) or MEANING["within_a_day" if sign.endswith("within_a_day") else "over_30_days"]


def answer(found: Quality) -> str:
    """The last gate, what is held back, what moved. Markdown."""
    said = [_gate(found.runs[-1])] if found.runs else ["No check of this home is on record."]
    held, sources = sum(one.n for one in found.held), len({one.source for one in found.held})
    said.append(f"**{held:,}** entries of {sources} {'source' if sources == 1 else 'sources'} wait in quarantine."
                if held else "Nothing waits in quarantine.")  # fmt: skip
    if found.previous is None:
        said.append("There is no earlier version to compare with.")
    else:
        far = [one for one in found.drift if one.is_far]
        said.append(
            f"Since version `{found.previous}`, **{len(far)}** of {len(found.drift)} shares and means moved far."
        )
    return " ".join(said)


def _gate(run: GateRun) -> str:
    failed = run.n_critical + run.n_broken
    if failed:
        return (
            f"The last check, {run.at[:10]}, **did not pass**: {failed} of {run.n_rules} rules failed that must hold, "
            "so nothing was published from it and the version before stays."
        )
    if run.n_warnings:
        noun = "warning" if run.n_warnings == 1 else "warnings"
        return f"The last check, {run.at[:10]}, **passed with {run.n_warnings} {noun}** of {run.n_rules} rules."
    return f"The last check, {run.at[:10]}, **passed**: all {run.n_rules} rules hold."


def gates_table(runs: Sequence[GateRun]) -> list[dict[str, str]]:
    """One run a row, newest first."""
    return [
        {
            "When (UTC)": run.at[:16].replace("T", " "),
            "Candidate": run.version,
            "Rules": f"{run.n_rules:,}",
            "Critical failed": f"{run.n_critical:,}",
            "Could not be made": f"{run.n_broken:,}",
            "Warnings": f"{run.n_warnings:,}",
            "Published": "yes" if run.is_published else "no",
            "Which": ", ".join(run.failed) or "none",
        }
        for run in reversed(runs)
    ]


def gates_records(runs: Sequence[GateRun]) -> pd.DataFrame:
    """One run a row, oldest first."""
    return pd.DataFrame([{**run.__dict__, "failed": " ".join(run.failed), "unit": "rules"} for run in runs])


def reasons(found: Sequence[Held]) -> list[tuple[str, int]]:
    """Records by reason, most first."""
    counts = Counter[str]()
    for one in found:
        counts[one.reason] += one.n
    return [(reason.replace("_", " "), n) for reason, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]


def held_table(found: Sequence[Held]) -> list[dict[str, str]]:
    """Source and reason a row."""
    return [
        {
            "Source": one.source,
            "Reason": one.reason.replace("_", " "),
            "Records": f"{one.n:,}",
            "What it means": one.sentence,
        }
        for one in found
    ]


def held_records(found: Sequence[Held]) -> pd.DataFrame:
    """The same with numbers as numbers."""
    return pd.DataFrame([{**one.__dict__, "unit": "records"} for one in found])


def drift_rows(found: Sequence[Drift]) -> list[Row]:
    """Shares of one column, now and before."""
    return [
        Row(
            one.label, _moved(one), one.now.estimate, None if one.before is None else one.before.estimate,
            note(one.now.reason),
        )
        for one in found
    ]  # fmt: skip


def _moved(one: Drift) -> str:
    if one.moved is None:
        return ""
    if one.unit == "share":
        return f"{signed(100 * one.moved, 1)} points{', far' if one.is_far else ''}"
    return f"{signed(one.moved, 2)} {unit(one.unit)}{', far' if one.is_far else ''}"


def drift_table(found: Sequence[Drift]) -> list[dict[str, str]]:
    """One value of a column a row, now and before."""
    return [
        {
            "Column": one.column,
            "Value": one.label,
            "This version (95% interval)": _told(one.now),
            "The one before (95% interval)": "" if one.before is None else _told(one.before),
            "Moved": _moved(one),
        }
        for one in found
    ]


def _told(one: Rate | Mean) -> str:
    if isinstance(one, Mean):
        return f"{told_mean(one)} {unit(one.unit)}, n {one.n:,}" if one.estimate is not None else _gap(one.reason)
    return f"{told(one)}, {one.y:,} of {one.n:,}" if one.is_given else _gap(one.reason)


def _gap(reason: str | None) -> str:
    return f"{WITHHELD}: {note(reason)}"


def drift_records(found: Sequence[Drift]) -> pd.DataFrame:
    """The same, unrounded."""
    return pd.DataFrame(
        [
            {
                "column": one.column, "value": one.label, "unit": one.unit, "people": one.now.people, "n": one.now.n,
                "now": one.now.estimate, "now_lower": one.now.ci_lower, "now_upper": one.now.ci_upper,
                "before": one.before.estimate if one.before else None,
                "before_lower": one.before.ci_lower if one.before else None,
                "before_upper": one.before.ci_upper if one.before else None,
                "moved": one.moved, "is_far": one.is_far,
            }
            for one in found
        ]
    )  # fmt: skip


def sign_detail(rate: Rate) -> str:
    """What a rate of a sign is of."""
    return f"{rate.y:,} of {rate.n:,}, {people(rate.people)}"


def sign_answer(rates: Sequence[Rate]) -> str:
    """The share over all sources in words."""
    whole = rates[0]
    if whole.estimate is None or whole.ci_lower is None or whole.ci_upper is None:
        return f"{_gap(whole.reason)}."
    if whole.is_none_seen:
        return f"All sources together: {told(whole)} ({number(whole.n, 0)} looked at)."
    return f"All sources together: {limits(whole.estimate, whole.ci_lower, whole.ci_upper)}, {sign_detail(whole)}."

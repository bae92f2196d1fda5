"""The words and rows of the page Cohort: who would take part, who they are, whether like could meet like."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.queries.cohort import Before, Cohort
from dashboard.words.numbers import MINUS, number, people, unit
from dashboard.words.tables import attrition_table
from pipeline.api import explained
from pipeline.contract.spoken import capital, characteristic

Document = Mapping[str, Any]

TITLE = "Who would take part, and could they be compared?"
UNSEEN = "No result of any arm has been looked at."
TABLE_ONE_NOTE = (
    "People whose visit has passed. Numbers: mean (standard deviation); words: share of the arm. Largest difference: "
    "the largest standardised difference "
    "between an arm and the reference, in standard deviations; up to 0.10 the "
    "arms count as alike, beyond 0.25 as too different. Not told: people who did not say."
)
NO_TABLE_ONE = (
    "For a question about side effects or costs nobody's start is compared; the steps above say who is counted."
)
OVERLAP_NOTE = (
    "Smallest difference: the true one that 80 of 100 such comparisons would find, from the spread of everybody's "
    "results taken together. "
    "Worth: how many people an arm is worth once weighted so that both arms resemble each other. Outside the overlap: "
    "people so unlike everybody in the other arm that they could hardly have been in it. Each pair is taken by itself; "
    "where Compare makes several arms alike at once, an arm may be worth less."
)
NOBODY_DUE = "Nobody who passes these steps has reached the visit yet, so nobody can be described."
PROTOCOL = (
    "A protocol says who takes part, the arms, the outcome and the one contrast. Saved as a study it can be fixed with "
    "`needling studies freeze` before new data come in; then what it finds was asked for in advance."
)
MAY_NOT_SAVE = "Saving it in the home is for data stewards. {refusal}"
SAVED = "Saved. It can be chosen at the top of this page and on Compare, under its name `{study}`."
SAVE_HELP = (
    "Small letters, digits and hyphens, such as depth-at-half-a-year. It becomes a file in studies/ of the home."
)
NO_EARLIER = "No version before this one is kept, so there is nothing to compare it with."
_DIGITS = 1


def answer(cohort: Cohort) -> str:
    """How many of all are left, in which arms, and what a comparison of them could show. Markdown."""
    seen = cohort.seen
    if not seen["arms"]:
        return f"{explained(seen['reason'])} {UNSEEN}"
    first, last = seen["attrition"][0]["n"], seen["attrition"][-1]["n"]
    filled = [arm for arm in seen["arms"] if arm["n_due"]]
    arms = f", in {len(filled)} {'arm' if len(filled) == 1 else 'arms'}" if filled else ""
    said = [f"Of {people(first)} **{last:,}** would be counted{arms}."]
    least = seen["detectable_difference"]
    if least is not None:
        own = seen["detectable_unit"]
        size = _size(least, own)
        kind = size if own in _RATIOS else f"difference of {size}"
        said.append(f"A true {kind} would be found by 80 of 100 such comparisons.")
    return " ".join((*said, UNSEEN))


_RATIOS = ("odds ratio", "ratio of variances")


def _size(least: float, own: str) -> str:
    """What could be detected, in its unit."""
    return f"{own} of {number(least, 2)}" if own in _RATIOS else f"{number(least, _DIGITS)} {unit(own)}"


def steps(seen: Document, old: Document | None = None) -> list[dict[str, str]]:
    """One row per step, with what it leaves and leaves out; beside it the version before, where there is one."""
    rows = attrition_table(pairs_of_steps(seen))
    if old is not None:
        earlier = {step["step"]: step["n"] for step in old["attrition"]}
        for row, step in zip(rows, seen["attrition"], strict=True):
            row["In the version before"] = _count(earlier.get(step["step"]))
            row["More or fewer"] = _more(step["n"], earlier.get(step["step"]))
    return rows


def steps_rows(seen: Document, old: Document | None = None) -> pd.DataFrame:
    """The same for a file."""
    rows = pd.DataFrame(list(seen["attrition"]))
    if old is not None and not rows.empty:
        earlier = {step["step"]: step["n"] for step in old["attrition"]}
        rows["n_before"] = [earlier.get(step) for step in rows["step"]]
    return rows


def changed(before: Before, seen: Document) -> str:
    """One sentence on how many more or fewer there are than in the version before."""
    if before.seen is None:
        return f"The version before, `{before.version}`, cannot be asked the same: {before.why_not}"
    now, old = (each["attrition"][-1]["n"] if each["attrition"] else 0 for each in (seen, before.seen))
    if now == old:
        return f"As many would be counted as in the version before, `{before.version}`."
    return (
        f"{people(abs(now - old))} {'more' if now > old else 'fewer'} would be counted than in the version before, "
        f"`{before.version}`."
    )


def arms(seen: Document) -> list[dict[str, str]]:
    """One row per arm that has anybody."""
    return [
        {"Arm": arm["label"], "People": f"{arm['n']:,}", "Counted": f"{arm['n_due']:,}"}
        for arm in seen["arms"]
        if arm["n"]
    ]


def table_one(seen: Document, own: str) -> list[dict[str, str]]:
    """One row per characteristic, or value of it, one column per arm; the result at the start has the unit `own`."""
    labels = {arm["arm"]: f"{arm['label']} ({arm['n_due']:,} people)" for arm in seen["arms"]}
    rows: dict[tuple[str, str | None], dict[str, str]] = {}
    differences: dict[tuple[str, str | None], list[float]] = {}
    for row in seen.get("table_1", ()):
        key = (row["covariate"], row["level"])
        rows.setdefault(key, {"At the start": _named(*key, own)})[labels[row["arm"]]] = _cell(row)
        if row["standardised_difference"] is not None:
            differences.setdefault(key, []).append(abs(row["standardised_difference"]))
    columns = dict.fromkeys(column for row in rows.values() for column in row)
    return [
        {column: row.get(column, "") for column in columns}
        | {"Largest difference": number(max(differences[key]), 2) if key in differences else ""}
        for key, row in rows.items()
    ]


def table_one_rows(seen: Document) -> pd.DataFrame:
    """The same for a file, one row per characteristic, value and arm, numbers unrounded."""
    return pd.DataFrame(list(seen.get("table_1", ())))


def overlap(seen: Document) -> list[dict[str, str]]:
    """One row per pair of arms: how many they are worth once alike, what that could show, and how many are unlike
    everybody in the other.
    """
    labels = {arm["arm"]: arm["label"] for arm in seen["arms"]}
    least = {row["contrast"]: row["detectable_difference"] for row in seen["detectable_differences"]}
    rows = []
    for pair in seen.get("overlap", ()):
        one, other = (labels.get(code, code) for code in pair["contrast"].split(" vs ", 1))
        worth = [f"{arm['n']:,} people, worth {number(arm['n_effective'], 0)}" for arm in pair["effective"]]
        given = pair["outside_overlap"] is not None
        rows.append(
            {
                "Compared": f"{one} against {other}",
                "People, and what they are worth": "; ".join(worth) or "not given",
                "Outside the overlap": f"{pair['outside_overlap']:.0%}" if given else explained(pair["reason"]),
            }
        )
        if least:
            size = least.get(pair["contrast"])
            rows[-1]["Smallest difference"] = "" if size is None else _size(size, seen["detectable_unit"])
    return rows


def pairs_of_steps(seen: Document) -> Sequence[tuple[str, int]]:
    """The steps as the figure takes them."""
    return [(step["step"], step["n"]) for step in seen["attrition"]]


def _named(covariate: str, level: str | None, own: str) -> str:
    if covariate == "baseline":
        return f"The result measured then, {own}"
    return capital(characteristic(covariate if level is None else f"{covariate}={level}"))


def _cell(row: Document) -> str:
    if row["level"] is not None:
        shown = "" if row["share"] is None else f"{row['n']:,} ({row['share']:.0%})"
    else:
        spread = "" if row["sd"] is None else f" ({number(row['sd'], _DIGITS)})"
        shown = "" if row["mean"] is None else f"{number(row['mean'], _DIGITS)}{spread}"
    return shown + (f"; {row['n_missing']:,} not told" if row["n_missing"] else "")


def _count(n: int | None) -> str:
    return "no such step" if n is None else f"{n:,}"


def _more(now: int, old: int | None) -> str:
    if old is None:
        return ""
    return "as many" if now == old else f"+{now - old:,}" if now > old else f"{MINUS}{old - now:,}"

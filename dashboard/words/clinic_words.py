"""A clinic's figures as sentences and as a table: every number with what it counts, every gap with why."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from dashboard.words.numbers import interval, number, signed, unit
from pipeline.clinic_figures import Figure

SUPPRESSED = "suppressed"
STATES = {"shown": "this version", "kept": "an earlier one", SUPPRESSED: ""}
SHARE = "Share (95% interval)"
MEAN, PRICE = "Mean change (95% interval)", "Mean (95% interval)"
_DIGITS = 1


def answer(figures: Sequence[Figure]) -> str:
    """The clinic's mean result at the latest visit that has one, beside the others', or that there is none to show."""
    results = [(f, f.mean) for f in figures if f.mean is not None and f.table.startswith("density_")]
    if not results:
        return (
            "No result of this clinic can be shown yet: too few of its patients were seen and measured for a figure in "
            "which no single patient can be found."
        )
    last, mean = results[-1]
    measured = unit(mean.unit)
    beside = (
        f" In {last.others.n_clinics} other clinics together it is **{signed(last.others.mean, _DIGITS)} {measured}**."
        if last.others.mean is not None
        else ""
    )
    about = "about " if last.is_rounded else ""
    return (
        f"{last.title.split(',')[0]}: **{signed(mean.estimate, _DIGITS)} {measured}** in {about}{last.n} patients of "
        f"this clinic (95% interval {interval(mean.lower, mean.upper, _DIGITS)}).{beside} Clinics treat different "
        "people, so a difference between them is no verdict on either."
    )


def table(figures: Sequence[Figure]) -> list[dict[str, str]]:
    """One row per cell, without the columns in which no row has anything."""
    rows = [_row(f) for f in figures]
    filled = {name for row in rows for name, cell in row.items() if cell}
    return [{name: cell for name, cell in row.items() if name in filled} for row in rows]


def _row(f: Figure) -> dict[str, str]:
    heading = MEAN if f.table != "price" else PRICE
    row = {
        "Group": f.label,
        "People": SUPPRESSED if f.n is None else f"{f.n:,}",
        SHARE: "" if f.share is None or f.limits is None else f"{f.share:.0%} ({_percent(f.limits)})",
        heading: "",
        "Others: people (clinics)": why_no_others(f),
        "Others: share": "" if f.others.share is None else f"{f.others.share:.0%}",
        "Others: mean": "" if f.others.mean is None else _told(f, f.others.mean),
        "Figures of": STATES[f.state],
    }
    if f.mean is not None:
        limits = interval(f.mean.lower, f.mean.upper, _DIGITS)
        row[heading] = f"{_told(f, f.mean.estimate)} {unit(f.mean.unit)} ({limits})"
    if f.others.n is not None:
        row["Others: people (clinics)"] = f"{f.others.n:,} ({f.others.n_clinics})"
    return row


def _percent(limits: tuple[float, float]) -> str:
    low, high = limits
    return interval(100 * low, 100 * high, 0)


def _told(f: Figure, mean: float) -> str:
    """A change with its sign, a price without."""
    return number(mean, _DIGITS) if f.table == "price" else signed(mean, _DIGITS)


def why_no_others(f: Figure) -> str:
    """Why the others are not shown together; nothing where they are."""
    if f.others.reason == "few_clinics":
        return f"fewer than {f.others.fewest} clinics"
    return "one clinic holds over half" if f.others.reason else ""


def rows(figures: Sequence[Figure]) -> pd.DataFrame:
    """Every figure of the clinic, numbers as released."""
    records = []
    for f in figures:
        own = {name: value for name, value in asdict(f).items() if name not in ("limits", "mean", "others")}
        own["share_lower"], own["share_upper"] = f.limits or (None, None)
        others = {f"others_{name}": value for name, value in asdict(f.others).items()}
        records.append(own | (asdict(f.mean) if f.mean else {}) | others)
    return pd.DataFrame(records)

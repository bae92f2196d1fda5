"""A clinic's figures as sentences and as a table: every number with what it counts, every gap with why."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from dashboard.numbers import interval, signed, unit
from pipeline.clinic_figures import Figure

SUPPRESSED = "suppressed"
STATES = {"shown": "this version", "kept": "an earlier one", SUPPRESSED: ""}
OTHERS = {
    "few_clinics": "fewer than 3 clinics",
    "one_dominates": "one clinic holds over half",
}
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
    return (
        f"{last.title.split(',')[0]}: **{signed(mean.estimate, _DIGITS)} {measured}** in about {last.n} patients of "
        f"this clinic (95% interval {interval(mean.lower, mean.upper, _DIGITS)}).{beside} Clinics treat different "
        "people, so a difference between them is no verdict on either."
    )


def table(figures: Sequence[Figure]) -> pd.DataFrame:
    """One row per cell."""
    rows = [_row(f) for f in figures]
    frame = pd.DataFrame(rows)
    return frame.loc[:, (frame != "").any()]


def _row(f: Figure) -> dict[str, str]:
    row = {
        "Group": f.label,
        "People": SUPPRESSED if f.n is None else f"{f.n:,}",
        "Share": "" if f.share is None else f"{f.share:.0%}",
        "Mean change (95% interval)": "",
        "Others: people (clinics)": OTHERS.get(f.others.reason or "", ""),
        "Others: share": "" if f.others.share is None else f"{f.others.share:.0%}",
        "Others: mean": "" if f.others.mean is None else signed(f.others.mean, _DIGITS),
        "Figures of": STATES[f.state],
    }
    if f.mean is not None:
        limits = interval(f.mean.lower, f.mean.upper, _DIGITS)
        row["Mean change (95% interval)"] = f"{signed(f.mean.estimate, _DIGITS)} {unit(f.mean.unit)} ({limits})"
    if f.others.n is not None:
        row["Others: people (clinics)"] = f"{f.others.n:,} ({f.others.n_clinics})"
    return row


def rows(figures: Sequence[Figure]) -> pd.DataFrame:
    """Every figure of the clinic, numbers as released."""
    records = []
    for f in figures:
        own = {name: value for name, value in asdict(f).items() if name not in ("mean", "others")}
        others = {f"others_{name}": value for name, value in asdict(f.others).items()}
        records.append(own | (asdict(f.mean) if f.mean else {}) | others)
    return pd.DataFrame(records)

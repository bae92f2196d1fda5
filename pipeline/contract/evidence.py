"""What was published, as typed rows: `data/evidence/trials.csv` and `reviews.csv`, read once.

A row of trials is one arm and one outcome, or one contrast where only that is known. What is not known is None or
empty, never a guess. `unread` names the columns of a row that were not read anywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

from pipeline.contract import reference
from pipeline.contract.instruments import Instrument, instruments

_BESIDE = Path(__file__).parent / "published"  # where a wheel carries the files
FOLDER = _BESIDE if _BESIDE.is_dir() else Path(__file__).resolve().parents[2] / "data" / "evidence"

Design = Literal["randomised", "parallel", "split_scalp", "uncontrolled", "confounded", "not_known"]
"""`parallel` has a comparator, but whether it was drawn by lot could not be read."""

Quantity = Literal["", "start", "end", "change", "change_or_end", "percent_change", "responders", "responders_pct"]

Kind = Literal[
    "needling_added", "needling_instead", "adjunct_added", "adjunct_instead", "depth", "frequency",
    "depth_and_frequency", "device", "setting", "other_route", "stage", "other",
]  # fmt: skip
"""What two arms differ in."""

PER_AREA = "/cm2"
COUNTED = ("hair_density", "hair_count")
"""Hairs in a stated area are a density once they are divided by it."""


@dataclass(frozen=True)
class TrialRow:
    """One arm's figure, or one contrast's p-value. `spread_kind` is sd, se or not_said; intervals are in days.

    `comparators` are the arms of the same trial that this one is compared with; `copy` is "other" where another
    copy of the same trial prints something else.
    """

    row: str
    trial: str
    name: str
    year: int | None
    design: Design
    kind: Literal["arm", "contrast", "trial"]
    diagnosis: str
    population: str
    n_total: int | None
    arm: str
    arm_role: str
    n: int | None
    needling: bool | None
    needle_mm: tuple[float, float] | None
    device: str
    interval_days: tuple[float, float] | None
    interval_in_words: str
    adjuncts: frozenset[str]
    adjunct_route: str
    adjunct_detail: str
    comparators: tuple[str, ...]
    weeks: float | None
    instrument: str
    outcome: str
    quantity: Quantity
    value: float | None
    printed: str
    spread: float | None
    spread_kind: str
    unit: str
    area_cm2: float | None
    per_cm2: str
    p_value: str
    source: str
    source_locator: str
    verified_fulltext: bool
    unread: frozenset[str]
    copy: str
    disagreement: str
    known_failures: frozenset[str]
    note: str


@dataclass(frozen=True)
class ReviewRow:
    """One figure of a review or meta-analysis. `measure` is MD, SMD, RR or SUCRA; empty where no figure was read.

    `comparisons` are the kinds of question it speaks to, `added` the treatment that only one side had.
    """

    row: str
    review: str
    name: str
    year: int | None
    design: str
    diagnosis: str
    subgroup: str
    n_studies: int | None
    n_people: int | None
    comparisons: frozenset[Kind]
    added: frozenset[str]
    instrument: str
    outcome: str
    measure: str
    value: float | None
    ci_lower: float | None
    ci_upper: float | None
    i2_pct: float | None
    unit: str
    source: str
    source_locator: str
    verified_fulltext: bool
    disagreement: str
    known_failures: frozenset[str]
    note: str


@cache
def printed(name: str) -> tuple[dict[str, str], ...]:
    """All rows of `trials` or `reviews` as text, in file order. Raises UsageError where the file is missing."""
    return reference.read(FOLDER / f"{name}.csv")


@cache
def trials() -> tuple[TrialRow, ...]:
    """Every row of the trials, in file order. Raises UsageError where the file is missing."""
    return tuple(_trial(row) for row in printed("trials"))


@cache
def reviews() -> tuple[ReviewRow, ...]:
    """Every row of the reviews, in file order. Raises UsageError where the file is missing."""
    return tuple(_review(row) for row in printed("reviews"))


def native_factor(row: TrialRow) -> float | None:
    """What a value of this row is multiplied by to be in its instrument's unit, hairs per cm2 for what is counted.

    None where the unit is not known to the instrument, or hairs were counted in an area that nobody stated.
    """
    instrument = instruments().get(row.instrument)
    unit = _unit_factor(instrument, row.unit) if instrument else None
    if instrument is None or unit is None or not instrument.needs_area:
        return unit
    return unit / row.area_cm2 if row.area_cm2 else None


def _unit_factor(instrument: Instrument, unit: str) -> float | None:
    return next((known.factor for known in instrument.units if known.name == unit), None)


def _trial(row: Mapping[str, str]) -> TrialRow:
    return TrialRow(
        row=row["row"], trial=row["trial"], name=row["name"], year=_whole(row["year"]),
        design=cast(Design, row["design"]), kind=cast(Literal["arm", "contrast", "trial"], row["kind"]),
        diagnosis=row["diagnosis"], population=row["population"], n_total=_whole(row["n_total"]), arm=row["arm"],
        arm_role=row["arm_role"], n=_whole(row["n"]), needling={"yes": True, "no": False}.get(row["needling"]),
        needle_mm=_pair(row, "needle_mm"), device=row["device"], interval_days=_pair(row, "interval_days"),
        interval_in_words=row["interval_in_words"], adjuncts=_words(row["adjuncts"]) - {"none"},
        adjunct_route=row["adjunct_route"], adjunct_detail=row["adjunct_detail"],
        comparators=tuple(word for word in row["comparator"].split("|") if word), weeks=_number(row["weeks"]),
        instrument=row["instrument"], outcome=row["outcome"], quantity=cast(Quantity, row["quantity"]),
        value=_number(row["value"]), printed=row["value"], spread=_number(row["spread"]),
        spread_kind=row["spread_kind"], unit=row["unit"], area_cm2=_number(row["area_cm2"]), per_cm2=row["per_cm2"],
        p_value=row["p_value"], source=row["source"], source_locator=row["source_locator"],
        verified_fulltext=row["verified_fulltext"] == "true", unread=_words(row["unread"]),
        copy=row["copy"], disagreement=row["disagreement"], known_failures=_words(row["known_failures"]),
        note=row["note"],
    )  # fmt: skip


def _review(row: Mapping[str, str]) -> ReviewRow:
    return ReviewRow(
        row=row["row"], review=row["review"], name=row["name"], year=_whole(row["year"]), design=row["design"],
        diagnosis=row["diagnosis"], subgroup=row["subgroup"], n_studies=_whole(row["n_studies"]),
        n_people=_whole(row["n_people"]), comparisons=cast(frozenset[Kind], _words(row["comparison"])),
        added=_words(row["added"]), instrument=row["instrument"],
        outcome=row["outcome"], measure=row["measure"], value=_number(row["value"]), ci_lower=_number(row["ci_low"]),
        ci_upper=_number(row["ci_high"]), i2_pct=_number(row["i2_pct"]), unit=row["unit"], source=row["source"],
        source_locator=row["source_locator"], verified_fulltext=row["verified_fulltext"] == "true",
        disagreement=row["disagreement"], known_failures=_words(row["known_failures"]), note=row["note"],
    )  # fmt: skip


def _pair(row: Mapping[str, str], name: str) -> tuple[float, float] | None:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return (float(low), float(high)) if low and high else None


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in text.split("|") if word)


def _number(text: str) -> float | None:
    return float(text) if text else None


def _whole(text: str) -> int | None:
    return int(text) if text else None

"""This version's main columns beside the last one's, and signs that what people log was filled in."""

from collections.abc import Mapping
from typing import NamedTuple

import duckdb

from pipeline.contract import reference
from pipeline.contract.cells import Drift, Mean, Rate
from pipeline.contract.spoken import capital
from pipeline.studies.estimators.clustered_share import ClusterTotals
from pipeline.studies.people.reading import fetch
from pipeline.studies.summaries.cells import codes, mean, rate, totals

FAR_SHARE = 0.05
"""A share that moved by more than five points between two versions is looked at (judgement)."""

FAR_MEANS = {"needle_length_mm": 0.25, "pain_nrs": 1.0, "hair_density": 21.0}
"""Needle length as the gate has it; a step of the pain scale (judgement); the measurement error of a density."""

_COLUMNS = {
    "source": "Source", "sex": "Sex", "age_band": "Age", "diagnosis": "Diagnosis", "depth_band": "Needle length",
    "frequency_band": "Sessions a week", "device": "Device", "setting": "Setting",
    "was_asked": "Sessions asked about side effects", "needle_length_mm": "Mean needle length of a session",
    "pain_nrs": "Mean pain of a session", "hair_density": "Mean hair density of a measurement",
}  # fmt: skip
_UNITS = {"needle_length_mm": "mm", "pain_nrs": "points of 10", "hair_density": "hairs/cm2"}
_VALUES = {"depth_band": "depth", "age_band": "age"}
_OTHERS = {"none": "not needling", "not_settled": "not settled", "not_recorded": "not recorded", "asked": "asked"}

SIGNS = (
    "same_pain", "half_millimetre", "whole_weeks", "count_on_five", "sessions_within_a_day", "sessions_over_30_days",
    "outcomes_within_a_day", "outcomes_over_30_days", "side_effects_within_a_day", "side_effects_over_30_days",
)  # fmt: skip
"""In the order in which they are looked at."""


class _Value(NamedTuple):
    kind: str
    scale: int
    sums: ClusterTotals


Profile = Mapping[tuple[str, str], _Value]


def read_profile(con: duckdb.DuckDBPyConnection) -> Profile:
    """What the columns of one version hold. Raises UsageError where it was published before there were summaries."""
    rows = fetch(con, "SELECT column_name, value, kind, scale, people, n, y, nn, ny, yy FROM profile", {})
    return {(col, val): _Value(kind, int(scale), totals(*map(int, sums))) for col, val, kind, scale, *sums in rows}


def drift(now: Profile, before: Profile | None) -> tuple[Drift, ...]:
    """Every value that either version has, by column."""
    keys = sorted({*now, *(before or {})}, key=_place)
    return tuple(_one(column, value, now, before) for column, value in keys)


def _place(key: tuple[str, str]) -> tuple[int, int, str]:
    column, value = key
    order = list(_labels(column))
    return list(_COLUMNS).index(column), order.index(value) if value in order else len(order), value


def _labels(column: str) -> dict[str, str]:
    if column == "frequency_band":
        return {row["code"]: capital(row["label"]) for row in reference.rows("frequency_bands")}
    if column in ("sex", "diagnosis", "device", "setting", *_VALUES):
        return codes(_VALUES.get(column, column))
    return {}


def _one(column: str, value: str, now: Profile, before: Profile | None) -> Drift:
    label = _labels(column).get(value) or _OTHERS.get(value, value)
    current = _told(column, value, label, now)
    former = None if before is None else _told(column, value, label, before)
    moved = None
    if former is not None and current.estimate is not None and former.estimate is not None:
        moved = current.estimate - former.estimate
    unit = _UNITS.get(column, "share")
    far = moved is not None and abs(moved) > FAR_MEANS.get(column, FAR_SHARE)
    return Drift(_COLUMNS[column], label, unit, current, former, moved, far)


def _told(column: str, value: str, label: str, profile: Profile) -> Rate | Mean:
    found = profile.get((column, value))
    if column in _UNITS:
        sums, scale = (found.sums, found.scale) if found else (ClusterTotals(0, 0, 0, 0, 0, 0), 1)
        return mean(value, label, _UNITS[column], sums, scale)
    if found is None:  # nobody has it, among all who have the column
        n = max((v.sums.people for (c, _), v in profile.items() if c == column), default=0)
        return rate(value, label, ClusterTotals(n, n, 0, n, 0, 0))
    return rate(value, label, found.sums)


def read_signs(con: duckdb.DuckDBPyConnection) -> tuple[tuple[str, tuple[Rate, ...]], ...]:
    """For each sign that can be looked for: everybody first, then source by source."""
    found: dict[str, list[Rate]] = {}
    rows = fetch(
        con, "SELECT source, measure, people, n, y, nn, ny, yy FROM self_report ORDER BY source <> 'all', source", {}
    )
    for source, measure, *sums in rows:
        label = "All sources" if source == "all" else str(source)
        found.setdefault(measure, []).append(rate(str(source), label, totals(*map(int, sums))))
    return tuple((measure, tuple(found[measure])) for measure in SIGNS if measure in found)

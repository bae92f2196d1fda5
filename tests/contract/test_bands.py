"""Bands and windows: every value falls into exactly one."""

from itertools import pairwise

import pytest

from pipeline.contract import reference
from pipeline.contract.tables import MIN_AGE_YEARS, SESSIONS, TABLES


def bands(name: str, low: str, high: str) -> list[tuple[float, float]]:
    return [(float(row[low]), float(row[high])) for row in reference.rows(name)]


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("depth_bands", "low_mm", "high_mm"), ("frequency_bands", "low_per_week", "high_per_week")],
)
def test_half_open_bands_are_contiguous(name: str, low: str, high: str) -> None:
    found = bands(name, low, high)
    assert all(a < b for a, b in found)
    assert all(before[1] == after[0] for before, after in pairwise(found))


def test_depth_bands_cover_every_needle_that_is_admitted() -> None:
    found = bands("depth_bands", "low_mm", "high_mm")
    needle = SESSIONS.column("needle_length_mm")
    assert needle.low is not None
    assert needle.high is not None
    assert found[0][0] <= needle.low
    assert needle.high < found[-1][1]


def test_frequency_bands_cover_daily_needling_three_times_over() -> None:
    found = bands("frequency_bands", "low_per_week", "high_per_week")
    assert found[0][0] == 0
    assert found[-1][1] > 21


def test_age_bands_cover_adults_once() -> None:
    ages = [age for low, high in bands("age_bands", "low", "high") for age in range(int(low), int(high) + 1)]
    highest = TABLES["participants"].column("age_years").high
    assert ages == list(range(MIN_AGE_YEARS, int(highest or 0) + 1))


def test_a_visit_window_holds_its_own_week_and_no_other_visit() -> None:
    """Windows may overlap at their edges: a value belongs to the nearest visit."""
    visits = {int(row["week"]): int(row["half_width_weeks"]) for row in reference.rows("visits")}
    assert list(visits) == sorted(visits)
    assert {12, 24, 52} <= set(visits)
    for week, half in visits.items():
        assert [other for other in visits if week - half <= other <= week + half] == [week]


def test_landmarks_ascend() -> None:
    days = [int(row["days"]) for row in reference.rows("landmarks")]
    assert days == [28, 56, 84]


def test_the_two_schedules_are_those_of_the_claim() -> None:
    found = {row["code"]: row for row in reference.rows("schedules")}
    half, one_and_half = found["half_mm_twice_weekly"], found["one_and_half_mm_weekly"]
    assert (half["depth_low_mm"], half["depth_high_mm"], half["weekly_low"], half["weekly_high"]) == (
        "0.45",
        "0.61",
        "1.5",
        "2.51",
    )
    names = ("depth_low_mm", "depth_high_mm", "weekly_low", "weekly_high")
    assert tuple(one_and_half[name] for name in names) == ("1.40", "1.61", "0.75", "1.26")

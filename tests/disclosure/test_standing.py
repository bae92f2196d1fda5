"""Where a clinic stands among the others: by hand, and what it must not rest on."""

from dataclasses import replace

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from pipeline.contract.clinic_standing import Standing
from pipeline.disclosure.policy import STRICT
from pipeline.disclosure.standing import Visit, stand
from pipeline.disclosure.standings import curve
from pipeline.disclosure.standings import signals as signals_of

OTHERS = 6


def six_others(*, own: float, own_later: float | None = None) -> Visit:
    """The first clinic with these means in the early and the later stage, among six others that have 10 and 4."""
    n = np.full((OTHERS + 1, 4), np.nan)
    n[:, 0], n[:, 1] = 60.0, 40.0
    mean = np.full((OTHERS + 1, 4), np.nan)
    mean[:, 0], mean[:, 1] = 10.0, 4.0
    mean[0, :2] = own, own if own_later is None else own_later
    measured = np.full(OTHERS + 1, 100.0)
    return Visit(
        24, tuple("abcdefg"), n, mean, measured, half=np.full(OTHERS + 1, 1.98422),
        seen=np.full(OTHERS + 1, 140.0), not_seen=np.full(OTHERS + 1, 60.0),
    )  # fmt: skip


def test_a_clinic_is_held_against_its_own_case_mix_elsewhere() -> None:
    found = stand(six_others(own=10.0, own_later=4.0), 0, STRICT)
    assert (found.observed, found.expected, found.difference, found.side) == (7.6, 7.6, 0.0, "within")
    assert (found.n, found.n_clinics, found.over_dispersion, found.reason) == (100, 6, 1.0, None)
    assert (found.upper_95, found.upper_998) == (2.0, 3.1)  # 1.96 and 3.09 standard errors of 10 / sqrt(100)
    assert (found.own_followed, found.others_followed) == (0.7, 0.7)


def test_a_clinic_of_early_stages_is_not_better_for_having_them() -> None:
    at = six_others(own=10.0, own_later=4.0)
    n = at.n.copy()
    n[0, :2] = 95.0, 5.0
    found = stand(replace(at, n=n), 0, STRICT)
    assert (found.observed, found.expected, found.difference) == (9.7, 9.7, 0.0)


@pytest.mark.parametrize(("own", "side"), [(12.0, "above"), (2.0, "below"), (8.0, "within")])
def test_outside_the_wider_funnel_is_outside(own: float, side: str) -> None:
    assert stand(six_others(own=own), 0, STRICT).side == side


def test_what_a_clinic_is_held_against_does_not_hold_itself() -> None:
    """However far off it lies, what is expected and the limits stay what the others make them."""
    near, far = (stand(six_others(own=own), 0, STRICT) for own in (8.0, 90.0))
    assert replace(near, observed=None, difference=None, side=None) == replace(
        far, observed=None, difference=None, side=None
    )


def test_clinics_that_differ_anyway_widen_the_limits() -> None:
    at = six_others(own=12.0)
    mean = at.mean.copy()
    mean[1:, :2] += np.array([-6.0, -4.0, -2.0, 2.0, 4.0, 6.0])[:, None]
    found = stand(replace(at, mean=mean), 0, STRICT)
    assert found.over_dispersion is not None
    assert found.over_dispersion > 10
    assert found.side == "within"


def test_follow_up_comes_first() -> None:
    at = six_others(own=12.0)
    losing = stand(replace(at, not_seen=np.array([170.0, *[60.0] * OTHERS])), 0, STRICT)
    assert (losing.side, losing.reason, losing.difference) == (None, "follow_up_gap", 4.4)
    hidden = stand(replace(at, not_seen=np.array([np.nan, *[60.0] * OTHERS])), 0, STRICT)
    assert (hidden.reason, hidden.difference) == ("follow_up_hidden", None)


def test_too_little_gives_no_number_and_a_reason() -> None:
    at = six_others(own=12.0)
    few = Visit(24, *(getattr(at, name)[:5] for name in list(Visit.__dataclass_fields__)[1:]))
    assert stand(few, 0, STRICT).reason == "few_clinics"
    n, mean = at.n.copy(), at.mean.copy()
    n[0, 1] = mean[0, 1] = np.nan
    assert stand(replace(at, n=n, mean=mean), 0, STRICT).reason == "case_mix_hidden"
    half = at.half.copy()
    half[0] = np.nan
    assert stand(replace(at, half=half), 0, STRICT).reason == "no_result"


def test_one_period_makes_no_signal() -> None:
    found = [Standing("a", 24, side="above"), Standing("b", 24, side="below"), Standing("c", 24, side="within")]
    rows = [
        ("v1", "a", 24, "2026Q2", "above"), ("v2", "a", 24, "2026Q3", "above"),
        ("v1", "b", 24, "2026Q3", "below"), ("v2", "b", 24, "2026Q3", "above"),  # the last word of a quarter counts
        ("v3", "c", 24, "2026Q3", "within"),
    ]  # fmt: skip
    names = ("version", "clinic_id", "week", "quarter", "side")
    sides: pa.Table = pl.DataFrame(rows, schema=names, orient="row").to_arrow()
    assert signals_of(found, sides, "2026Q4") == [True, False, False]
    assert signals_of(found, sides, "2027Q1") == [False, False, False]
    assert signals_of(found, sides, "2026Q3") == [True, False, False]
    assert signals_of(found, sides.slice(0, 0), "2026Q4") == [False, False, False]


def test_the_funnel_narrows_with_people_and_passes_the_own_limits() -> None:
    found = stand(six_others(own=8.0), 0, STRICT)
    points = {n: (narrow, wide) for n, narrow, wide in curve(found)}
    assert (min(points), max(points)) == (10, 200)
    assert points[200][1] < points[10][1]
    assert points[10] == pytest.approx((2.0 * 10**0.5, 3.1 * 10**0.5), abs=0.01)

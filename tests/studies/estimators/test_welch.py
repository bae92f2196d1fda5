"""Welch against R's own numbers, and the sums against the raw values."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.studies.estimators.welch import Moments, difference, mean_interval

# R's `sleep` data: extra hours of sleep under two drugs
FIRST = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SECOND = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)


def moments(values: tuple[float, ...], scale: int = 1000) -> Moments:
    whole = [round(v * scale) for v in values]
    return Moments.from_sums(len(whole), sum(whole), sum(v * v for v in whole), scale)


def test_sleep_as_r_gives_it() -> None:
    result = difference(moments(FIRST), moments(SECOND))
    assert result is not None
    assert result.estimate == pytest.approx(-1.58, abs=1e-12)
    assert result.ci_lower == pytest.approx(-3.3654832, abs=5e-8)
    assert result.ci_upper == pytest.approx(0.20548323, abs=5e-9)
    assert result.p_value == pytest.approx(0.07939414, abs=5e-9)


def test_one_arm_as_r_gives_it() -> None:
    result = mean_interval(moments(FIRST))  # t.test(extra ~ 1, subset = group == 1)
    assert result is not None
    assert (result.ci_lower, result.ci_upper) == pytest.approx((-0.5297804, 2.0297804), abs=5e-8)


def test_one_person_has_no_spread() -> None:
    one = moments((4.0,))
    assert one.variance is None
    assert mean_interval(one) is None
    assert difference(one, moments(FIRST)) is None


def test_no_variation_gives_nothing() -> None:
    same = moments((2.0, 2.0, 2.0))
    assert mean_interval(same) is None
    assert difference(same, same) is None


@given(st.lists(st.integers(-400_000, 400_000), min_size=2, max_size=60))
def test_sums_give_the_same_as_the_values(values: list[int]) -> None:
    got = Moments.from_sums(len(values), sum(values), sum(v * v for v in values), 1000)
    assert got.mean == pytest.approx(statistics.fmean(values) / 1000, abs=1e-9)
    assert got.variance == pytest.approx(statistics.variance(values) / 1e6, rel=1e-9, abs=1e-12)

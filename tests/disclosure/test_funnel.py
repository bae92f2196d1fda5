"""Funnel plots: golden numbers, worked by hand and by R's own functions, and what they must never do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.disclosure import funnel

Z = np.array([-4.2, -1.8, -1.1, -0.4, 0.0, 0.3, 0.9, 1.6, 2.4, 5.5])


def test_scores_are_pulled_in_at_a_tenth_from_either_end() -> None:
    """R: pmin(pmax(z, quantile(z, .1)), quantile(z, .9))."""
    assert funnel.winsorised(Z) == pytest.approx([-2.04, -1.8, -1.1, -0.4, 0.0, 0.3, 0.9, 1.6, 2.4, 2.71])


def test_over_dispersion_is_the_mean_square_of_what_is_left() -> None:
    """R: w <- pmin(pmax(z, quantile(z, .1)), quantile(z, .9)); mean(w^2)."""
    assert funnel.over_dispersion(Z) == pytest.approx(2.53357)


def test_limits_of_a_funnel() -> None:
    """R: qnorm(c(.975, .999)) * sqrt(2) * 9 / sqrt(81)."""
    limits = [float(funnel.half_width(np.array([81.0]), 9.0, 2.0, level)[0]) for level in funnel.LEVELS]
    assert limits == pytest.approx([2.7718076, 4.3702484], abs=1e-5)


def test_expected_weighs_what_others_had_by_ones_own_people() -> None:
    assert funnel.expected(np.array([20.0, 60.0, 20.0]), np.array([10.0, 5.0, 0.0])) == pytest.approx(5.0)


def test_deviation_comes_back_out_of_intervals() -> None:
    """R: qt(.975, n - 1) * s / sqrt(n) for s = 8 and 12; sqrt((29 * 64 + 59 * 144) / 88)."""
    halves = np.array([2.987249, 3.099933])
    assert funnel.pooled_deviation(np.array([30.0, 60.0]), halves) == pytest.approx(10.84603, abs=1e-4)


@given(arrays(np.float64, st.integers(5, 30), elements=st.floats(-50, 50)))
def test_limits_are_never_narrower_than_chance_makes_them(scores: np.ndarray) -> None:
    assert funnel.over_dispersion(scores) >= 1

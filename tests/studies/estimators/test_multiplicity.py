"""Adjusted p-values and simultaneous intervals against R; partial pooling; an interval for many looks."""

import math

import numpy as np
import pytest

from pipeline.studies.estimators.always_valid import always_valid_interval, always_valid_p_value
from pipeline.studies.estimators.effect import Effect, Withheld
from pipeline.studies.estimators.multiplicity import (
    Simultaneous,
    benjamini_hochberg,
    benjamini_yekutieli,
    holm,
    simultaneous,
)
from pipeline.studies.estimators.partial_pooling import Pooled, partial_pooling
from tests.studies.estimators.golden import expected, numbers, text

P_VALUES = np.array(
    [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1]
)


@pytest.mark.parametrize(
    ("adjust", "case"),
    [(holm, "p_adjust_holm"), (benjamini_hochberg, "p_adjust_bh"), (benjamini_yekutieli, "p_adjust_by")],
)
def test_adjusted_p_values_as_r_gives_them(adjust: "type[holm]", case: str) -> None:
    r = np.array(list(expected(case).values()))
    assert adjust(P_VALUES) == pytest.approx(r, rel=1e-9)
    shuffled = np.random.default_rng(1).permutation(15)
    assert adjust(P_VALUES[shuffled]) == pytest.approx(r[shuffled], rel=1e-9)


def tension() -> tuple["np.ndarray", "np.ndarray"]:
    """Yarn at three tensions: M - L, H - L, H - M with their (singular) covariance."""
    breaks, levels = numbers("warpbreaks", "breaks"), np.array(text("warpbreaks", "tension"))
    means = np.array([breaks[levels == level].mean() for level in "LMH"])
    residual = breaks - means[["LMH".index(level) for level in levels]]
    contrast = np.array([[-1, 1, 0], [-1, 0, 1], [0, -1, 1]])
    return contrast @ means, contrast @ contrast.T * (residual @ residual / 51) / 18


def test_simultaneous_intervals_as_r_gives_them() -> None:
    estimates, covariance = tension()
    found, r = simultaneous(estimates, covariance, 51), expected("warpbreaks_tukey")
    assert isinstance(found, Simultaneous)
    assert estimates == pytest.approx([r["estimate_1"], r["estimate_2"], r["estimate_3"]])
    assert found.quantile == pytest.approx(r["quantile"], abs=2e-3)
    assert found.p_values == pytest.approx([r["p_1"], r["p_2"], r["p_3"]], abs=2e-3)
    assert found.ci_upper[0] == pytest.approx(-10 + found.quantile * math.sqrt(covariance[0, 0]))


def test_the_same_question_gives_the_same_bytes() -> None:
    one, two = simultaneous(*tension(), 51), simultaneous(*tension(), 51)
    assert isinstance(one, Simultaneous)
    assert isinstance(two, Simultaneous)
    assert one.p_values.tobytes() == two.p_values.tobytes()


def test_one_comparison_needs_no_widening_and_independent_ones_need_sidak() -> None:
    alone = simultaneous(np.array([1.0]), np.eye(1), math.inf)
    eighty = simultaneous(np.zeros(80), np.eye(80), math.inf)
    assert isinstance(alone, Simultaneous)
    assert isinstance(eighty, Simultaneous)
    assert alone.quantile == pytest.approx(1.95996, abs=2e-3)
    assert eighty.quantile == pytest.approx(3.4117, abs=0.01)  # Sidak: the (1 + .95^(1/80)) / 2 quantile


def test_a_p_value_is_never_nought() -> None:
    found = simultaneous(np.array([50.0, 0.0]), np.eye(2), math.inf)
    assert isinstance(found, Simultaneous)
    assert 0 < found.p_values[0] < 1e-4
    assert found.p_values[1] == 1


def test_comparisons_without_spread_are_refused() -> None:
    assert simultaneous(np.array([1.0, 2.0]), np.zeros((2, 2)), 10) == Withheld("no_variation")
    assert simultaneous(np.array([np.nan]), np.eye(1), 10) == Withheld("missing_values")
    assert simultaneous(np.array([]), np.zeros((0, 0)), 10) == Withheld("no_variation")


def test_pooling_halves_the_error_where_most_cells_are_alike() -> None:
    rng = np.random.default_rng(9)
    truth = np.where(np.arange(80) < 12, rng.normal(0, 4, 80), 0)
    error = np.full(80, 2.5)
    raw = truth + rng.normal(0, error)
    found = partial_pooling(raw, error)
    assert isinstance(found, Pooled)
    assert np.sqrt(((found.points - truth) ** 2).mean()) < 0.6 * np.sqrt(((raw - truth) ** 2).mean())


def test_the_spread_between_cells_by_hand() -> None:
    """Equal errors: between^2 = sample variance - error^2, and each cell keeps that share of its distance."""
    estimates = np.array([0.0, 4.0, 8.0, 12.0])
    found = partial_pooling(estimates, np.full(4, 2.0))
    assert isinstance(found, Pooled)
    variance = estimates.var(ddof=1) - 4
    assert found.between == pytest.approx(math.sqrt(variance))
    assert found.points == pytest.approx(6 + (estimates - 6) * variance / (variance + 4))


def test_cells_that_differ_less_than_chance_are_one() -> None:
    found = partial_pooling(np.array([1.0, 1.1, 0.9]), np.full(3, 2.0))
    assert isinstance(found, Pooled)
    assert (found.between, found.points.tolist()) == (0, pytest.approx([1, 1, 1]))


def test_too_few_cells_are_not_pooled() -> None:
    assert partial_pooling(np.array([1.0, 2.0]), np.ones(2)) == Withheld("too_few_results")
    assert partial_pooling(np.ones(4), np.array([1, 1, 0, 1.0])) == Withheld("too_few_results")
    assert partial_pooling(np.array([1, np.nan, 3]), np.ones(3)) == Withheld("missing_values")


def test_looking_a_hundred_times_rarely_alarms() -> None:
    """Under no effect a 95% interval looked at weekly alarms in over a quarter of studies; this one in under 5%."""
    rng = np.random.default_rng(12)
    looks = np.arange(20, 2001, 20)
    paths = rng.normal(size=(300, 2000)).cumsum(axis=1)[:, looks - 1] / looks
    always, fixed = 0, 0
    for path in paths:
        effects = [Effect(m, 1 / math.sqrt(n), math.inf, int(n), float(n)) for m, n in zip(path, looks, strict=True)]
        always += any(low > 0 or high < 0 for low, high in map(always_valid_interval, effects))
        fixed += any(low > 0 or high < 0 for low, high in (e.interval() for e in effects))
    assert always / 300 < 0.05
    assert fixed / 300 > 0.25


def test_the_price_of_looking_often() -> None:
    low, high = always_valid_interval(Effect(0.0, 1.0, math.inf, 1000, 1000.0))
    assert 1.5 < (high - low) / 2 / 1.96 < 1.75


@pytest.mark.parametrize("level", [0.90, 0.95, 0.999])
def test_its_p_value_is_the_level_at_which_its_interval_touches(level: float) -> None:
    """Also one look at a time: the interval of any level leaves nought out exactly where p is below 1 - level."""
    half = always_valid_interval(Effect(0.0, 1.0, math.inf, 350, 350.0), level=level)[1]
    touching, beyond, far = (Effect(half * k, 1.0, math.inf, 350, 350.0) for k in (1, 1.01, 200))
    assert always_valid_p_value(touching) == pytest.approx(1 - level)
    assert always_valid_p_value(beyond) < 1 - level
    assert 0 < always_valid_p_value(far) < 1e-300
    assert always_valid_p_value(Effect(0.0, 1.0, math.inf, 350, 350.0)) == 1

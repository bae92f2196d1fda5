"""Ratios of variances: their intervals hold whatever the shape of the values, and dropout does not move them."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from pipeline.studies.estimators.effect import Array, Effect, Result, Withheld
from pipeline.studies.estimators.sequential_doubly_robust import doubly_robust_variances
from pipeline.studies.estimators.spread import as_ratio, bonett_ratio, bonett_to, log_ratio, log_ratio_to

SEEDS = range(400)


def given(found: Result) -> Effect:
    assert isinstance(found, Effect)
    return found


def covers(found: Result, truth: float) -> bool:
    low, high = given(found).interval()
    return low <= math.log(truth) <= high


SHAPES: dict[str, Callable[[np.random.Generator, int], Array]] = {
    "normal": lambda rng, n: rng.normal(0, 1, n),
    "exponential": lambda rng, n: rng.exponential(1, n),
    "heavy tails": lambda rng, n: rng.standard_t(6, n) / math.sqrt(1.5),
    "flat": lambda rng, n: rng.uniform(-math.sqrt(3), math.sqrt(3), n),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_bonett_keeps_its_promise_for_any_shape(shape: str) -> None:
    rng, draw = np.random.default_rng(5), SHAPES[shape]
    pairs = [(2 * draw(rng, 120), draw(rng, 90)) for _ in SEEDS]
    assert np.mean([covers(bonett_ratio(here, there), 4.0) for here, there in pairs]) > 0.92
    assert np.mean([covers(bonett_to(here, 1.0), 4.0) for here, _ in pairs]) > 0.92


def test_the_usual_test_of_variances_would_not() -> None:
    from scipy import stats

    rng, held = np.random.default_rng(5), []
    for _ in SEEDS:
        here, there = rng.exponential(1, 120), rng.exponential(1, 90)
        ratio = here.var(ddof=1) / there.var(ddof=1)
        held.append(stats.f.ppf(0.025, 119, 89) <= ratio <= stats.f.ppf(0.975, 119, 89))
    assert np.mean(held) < 0.8


def test_the_spread_of_those_who_stayed_is_not_that_of_all() -> None:
    rng = np.random.default_rng(1)
    n = 20000
    arm = np.repeat([0, 1], n // 2)
    first = rng.normal(0, 8, n)
    last = first + rng.normal(0, 4, n)
    leaves = (arm == 1) & (rng.random(n) < 1 / (1 + np.exp(first / 3)))
    y = np.column_stack([first, np.where(leaves, np.nan, last)])
    x, chance = np.zeros((n, 0)), np.full((n, 2), 0.5)
    spread = doubly_robust_variances(y, arm, x, chance)
    assert not isinstance(spread, Withheld)
    assert covers(log_ratio(spread), 1.0)
    stayed = y[np.isfinite(y[:, 1]), 1]
    own = arm[np.isfinite(y[:, 1])]
    assert not covers(bonett_ratio(stayed[own == 1], stayed[own == 0]), 1.0)


def test_without_dropout_the_variance_is_the_plain_one() -> None:
    y = np.random.default_rng(2).gamma(2, 3, (500, 1))
    spread = doubly_robust_variances(y, np.zeros(500, dtype=np.int64), np.zeros((500, 0)), np.ones((500, 1)))
    assert not isinstance(spread, Withheld)
    assert spread.means[0] == pytest.approx(y.var())
    assert as_ratio(given(log_ratio_to(spread, 9.0)))[0] == pytest.approx(y.var() / 9)


def test_too_few_or_all_alike_is_no_ratio() -> None:
    some = np.arange(20.0)
    assert bonett_ratio(some[:4], some) == Withheld("one_person")
    assert bonett_ratio(np.ones(20), some) == Withheld("no_variation")
    assert bonett_to(some[:4], 1.0) == Withheld("one_person")
    assert bonett_to(np.ones(20), 1.0) == Withheld("no_variation")

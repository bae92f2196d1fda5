"""The mean of one arm: both methods find what leaving hides, and their intervals count the people's own spread."""

import numpy as np
import pytest

from pipeline.studies.estimators.effect import Array, Effect, Result, Withheld
from pipeline.studies.estimators.one_arm import doubly_robust_mean, repeated_measures_mean

METHODS = {"seq_dr": doubly_robust_mean, "mmrm": repeated_measures_mean}


def world(seed: int, n: int = 600) -> tuple[Array, Array]:
    """The mean at the end is 4; who sees little leaves. A covariate explains half of the spread."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (n, 1))
    first = 2 + 4 * x[:, 0] + rng.normal(0, 3, n)
    last = 4 + 5 * x[:, 0] + 0.5 * (first - 2 - 4 * x[:, 0]) + rng.normal(0, 4, n)
    leaves = rng.random(n) < 1 / (1 + np.exp((first - 1) / 3))
    return np.column_stack([first, np.where(leaves, np.nan, last)]), x


def given(found: Result) -> Effect:
    assert isinstance(found, Effect)
    return found


@pytest.mark.parametrize("method", METHODS)
def test_it_finds_the_mean_of_all_within_its_interval(method: str) -> None:
    found = [given(METHODS[method](*world(seed))) for seed in range(150)]
    held = [low <= 4 <= high for low, high in (one.interval() for one in found)]
    assert np.mean(held) > 0.89
    spread, told = np.std([one.estimate for one in found]), np.mean([one.std_error for one in found])
    assert told == pytest.approx(spread, rel=0.2)
    assert np.nanmean(world(1, 20000)[0][:, 1]) > 5


@pytest.mark.parametrize("method", METHODS)
def test_complete_data_without_covariates_give_the_plain_mean(method: str) -> None:
    y = np.random.default_rng(3).normal(2, 5, (80, 1))
    found = given(METHODS[method](y, np.zeros((80, 0))))
    assert found.estimate == pytest.approx(y.mean())
    assert found.std_error == pytest.approx(y.std(ddof=1) / np.sqrt(80), rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_nobody_left_is_no_mean(method: str) -> None:
    y, x = world(1, 50)
    y[:, 1] = np.nan
    assert METHODS[method](y, x) == Withheld("all_dropped_out")

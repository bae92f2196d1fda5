"""A mean and its interval together: no single value is to be worked out of the two."""

import numpy as np
import polars as pl
from scipy import stats

from pipeline.disclosure.figures import told_mean
from pipeline.disclosure.policy import STRICT, Policy

CARELESS = Policy("careless", 0, True, 1, "test", dominant_share=1.0, p_ratio=0.0)


def told(values: list[float], policy: Policy = STRICT) -> tuple[float, float]:
    """What is told of one cell that holds these values."""
    milli = np.round(np.array(values) * 1000)
    first, second = np.sort(np.abs(milli))[::-1][:2]
    found = pl.DataFrame(
        {"n_values": [len(milli)], "total": [milli.sum()], "squares": [(milli**2).sum()], "first": [first],
         "second": [second]}
    )  # fmt: skip
    mean, half = told_mean(found, policy)
    return round(float(mean[0]), 1), round(float(half[0]), 1)


def most(mean: float, half: float, n: int, second: float) -> float:
    """What the largest can be at most, to whoever knows the second: the root of the sum of squares less that."""
    half += 0.05  # as much as rounding leaves open
    deviation = half / float(stats.t.ppf(0.975, n - 1)) * np.sqrt(n)
    return float(np.sqrt((n - 1) * deviation**2 + n * (mean + 0.05) ** 2 - second**2))


def test_an_interval_may_not_tell_the_largest_value() -> None:
    """One pays 200 and eleven about 25. The sum is not dominated; the sum of squares is."""
    prices = [200.0, *np.linspace(20, 30, 11).tolist()]
    assert not STRICT.is_dominated(sum(prices), 200, 30)
    assert most(*told(prices, CARELESS), len(prices), 30) < 1.1 * 200
    assert np.isnan(told(prices)).all()


def test_values_all_alike_are_not_told() -> None:
    assert np.isnan(told([49.0] * 20)).all()


def test_a_mean_of_many_like_values_is_told() -> None:
    assert told(np.linspace(20, 60, 20).tolist())[0] == 40.0

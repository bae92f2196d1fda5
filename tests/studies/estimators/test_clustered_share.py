"""Sums over people against regressions that see every session, and medians against SciPy's."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from pipeline.studies.estimators.clustered_share import ClusterTotals, mean_of_totals, none_seen, ratio_of_totals
from pipeline.studies.estimators.effect import Withheld
from pipeline.studies.estimators.order_statistics import middle
from tests.studies.estimators.golden import given


def totals(n: np.ndarray, y: np.ndarray) -> ClusterTotals:
    sums = (n.sum(), y.sum(), (n * n).sum(), (n * y).sum(), (y * y).sum())
    return ClusterTotals(len(n), *map(int, sums))


def sessions(rng: np.random.Generator, people: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """People's numbers of sessions and of those with one, and the same session by session."""
    n = rng.integers(1, 15, people)
    y = rng.binomial(n, rng.beta(2, 5, people))
    has_one = np.concatenate([np.repeat([1, 0], [yes, all_ - yes]) for all_, yes in zip(n, y, strict=True)])
    return n, y, has_one, np.repeat(np.arange(people), n)


def test_a_share_has_the_error_that_a_gee_over_the_sessions_has() -> None:
    n, y, has_one, person = sessions(np.random.default_rng(7))
    model = sm.GEE(
        has_one, np.ones(len(has_one)), groups=person, family=sm.families.Gaussian(),
        cov_struct=sm.cov_struct.Independence(),
    )  # fmt: skip
    fit = model.fit()
    share = ratio_of_totals(totals(n, y))
    assert share is not None
    assert share.estimate == pytest.approx(float(fit.params[0]), rel=1e-12)
    assert share.std_error == pytest.approx(float(fit.bse[0]) * np.sqrt(40 / 39), rel=1e-10)


def test_a_mean_has_the_error_that_a_cluster_robust_regression_has() -> None:
    rng = np.random.default_rng(11)
    n = rng.integers(1, 9, 30)
    person = np.repeat(np.arange(30), n)
    value = rng.normal(50, 12, len(person)).round().astype(int) + 5 * person
    y = np.bincount(person, weights=value).astype(int)
    fit = sm.OLS(value, np.ones(len(value))).fit(
        cov_type="cluster", cov_kwds={"groups": person, "use_correction": False}
    )
    found = given(mean_of_totals(totals(n, y), scale=10))
    assert found.estimate == pytest.approx(float(fit.params[0]) / 10, rel=1e-12)
    assert found.std_error == pytest.approx(float(fit.bse[0]) / 10 * np.sqrt(30 / 29), rel=1e-10)
    assert (found.df, found.n) == (29, 30)
    assert mean_of_totals(ClusterTotals(1, 5, 9, 25, 45, 81)) == Withheld("one_person")
    assert mean_of_totals(ClusterTotals(0, 0, 0, 0, 0, 0)) == Withheld("no_arm")
    assert mean_of_totals(ClusterTotals(4, 8, 16, 16, 32, 64)) == Withheld("no_variation")


def test_none_seen_is_the_rule_of_three() -> None:
    assert none_seen(657) == pytest.approx(3 / 657, rel=0.01)  # 657 people without a serious event (English 2022)
    assert none_seen(1) == pytest.approx(0.95)
    assert (1 - none_seen(30)) ** 30 == pytest.approx(0.05)


@pytest.mark.parametrize("n", [6, 7, 25, 120])
def test_a_median_and_its_limits_are_scipys(n: int) -> None:
    values = np.sort(np.random.default_rng(n).permutation(1000)[:n])
    found = middle(values, np.ones(n, dtype=np.int64))
    assert found is not None
    limits = stats.quantile_test(values, p=0.5).confidence_interval(0.95)
    assert (found.lower, found.upper) == (limits.low, limits.high)
    assert found.median == np.median(values)
    quartiles = np.quantile(values, [0.25, 0.75], method="averaged_inverted_cdf")
    assert (found.first_quartile, found.third_quartile) == tuple(quartiles)


def test_values_that_many_share_are_counted_as_often() -> None:
    spread = np.repeat([3, 5, 8], [4, 9, 2])
    found = middle(np.array([3, 5, 8]), np.array([4, 9, 2]))
    assert found == middle(spread, np.ones(15, dtype=np.int64))


def test_five_values_enclose_no_median_and_no_value_has_none() -> None:
    found = middle(np.arange(5), np.ones(5, dtype=np.int64))
    assert found is not None
    assert (found.lower, found.upper, found.median) == (None, None, 2)
    assert middle(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)) is None

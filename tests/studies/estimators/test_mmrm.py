"""MMRM against R's gls, and moments against the rows they sum."""

import numpy as np
import pytest

from pipeline.studies.estimators import mmrm
from pipeline.studies.estimators.effect import ArmMeans, Withheld
from pipeline.studies.estimators.patterns import Pattern, patterns, regressors
from tests.studies.estimators.golden import expected, given, growth


def fitted(table: str) -> mmrm.RepeatedMeasures:
    y, girl = growth(table)
    found = mmrm.fit(patterns(y, regressors(girl, np.zeros((len(y), 0)))), 4)
    assert not isinstance(found, Withheld)
    return found


def difference(found: mmrm.RepeatedMeasures, visit: int, *, small_sample: bool) -> tuple[float, float]:
    means = found.means(visit, 2, small_sample)
    assert isinstance(means, ArmMeans)
    here = given(means.difference(1, 0))
    return here.estimate, here.std_error


@pytest.mark.parametrize(("table", "digits"), [("orthodont", 5e-8), ("orthodont_miss", 5e-6)])
def test_growth_as_gls_gives_it(table: str, digits: float) -> None:
    found, r = fitted(table), expected(f"{table}_mmrm")
    assert difference(found, 0, small_sample=False)[0] == pytest.approx(r["visit_1"], abs=5e-8)
    estimate, std_error = difference(found, 3, small_sample=False)
    assert estimate == pytest.approx(r["visit_4"], abs=digits)
    assert std_error == pytest.approx(r["ml_se_4"], rel=2e-6)
    assert found.log_likelihood == pytest.approx(r["log_likelihood"], abs=1e-6)


def test_small_samples_get_the_standard_error_of_least_squares() -> None:
    found, r = fitted("orthodont"), expected("orthodont_mmrm")
    assert difference(found, 3, small_sample=True)[1] == pytest.approx(r["printed_se_4"], rel=2e-6)


def simulated(n: int = 3000) -> tuple["np.ndarray", ...]:
    rng = np.random.default_rng(6)
    x = np.column_stack([rng.normal(100, 20, n), rng.integers(0, 2, n)])
    arm = rng.integers(0, 3, n)
    y = np.rint(x[:, :1] * 0.1 + arm[:, None] * [1, 2, 4] + rng.normal(0, 4, (n, 1)) + rng.normal(0, 3, (n, 3)))
    y[rng.random(n) < 0.3, 1:] = np.nan
    y[rng.random(n) < 0.05, 0] = np.nan
    y[rng.random(n) < 0.02] = np.nan
    return y, arm, x - x.mean(axis=0)


def test_moments_of_parts_add_up_to_the_whole() -> None:
    """As a database sums them: any split of the people gives the same fit to 1e-10, standard errors included."""
    y, arm, x = simulated()
    whole = patterns(y, regressors(arm, x, 3))
    parts = [
        p for rows in np.array_split(np.arange(len(y)), 7) for p in patterns(y[rows], regressors(arm[rows], x[rows], 3))
    ]
    added: dict[tuple[int, ...], Pattern] = {}
    for p in parts:
        q = added.get(p.visits)
        added[p.visits] = Pattern(p.visits, p.n + q.n, p.ww + q.ww, p.wy + q.wy, p.yy + q.yy) if q else p
    here, there = (mmrm.fit(moments, 3) for moments in (list(added.values()), whole))
    assert not isinstance(here, Withheld)
    assert not isinstance(there, Withheld)
    for visit in range(3):
        one, two = here.means(visit, 3), there.means(visit, 3)
        assert isinstance(one, ArmMeans)
        assert isinstance(two, ArmMeans)
        assert one.means == pytest.approx(two.means, rel=1e-10)
        assert one.covariance == pytest.approx(two.covariance, rel=1e-10, abs=1e-14)


def test_the_covariates_may_be_left_uncentred() -> None:
    """Sums in a database need no mean beforehand."""
    y, arm, x = simulated()
    found = [mmrm.fit(patterns(y, regressors(arm, columns, 3)), 3) for columns in (x, x + np.array([100, 0.5]))]
    means = [f.means(2, 3) for f in found if not isinstance(f, Withheld)]
    effects = [given(m.difference(2, 0)) for m in means if isinstance(m, ArmMeans)]
    assert len(effects) == 2
    assert effects[0].estimate == pytest.approx(effects[1].estimate, rel=1e-8)
    assert effects[0].std_error == pytest.approx(effects[1].std_error, rel=1e-8)


def test_complete_data_give_least_squares() -> None:
    y, arm, x = simulated()
    complete = np.nan_to_num(y, nan=1.0)
    found = mmrm.repeated_measures(complete, arm, x, 3)
    assert isinstance(found, ArmMeans)
    w = regressors(arm, x, 3)
    beta = np.linalg.lstsq(w, complete[:, -1], rcond=None)[0]
    residual = complete[:, -1] - w @ beta
    variance = residual @ residual / (len(w) - w.shape[1]) * np.linalg.inv(w.T @ w)[2, 2]
    here = given(found.difference(2, 0))
    assert here.estimate == pytest.approx(beta[2], rel=1e-9)
    assert here.std_error == pytest.approx(np.sqrt(variance), rel=1e-9)
    assert here.df == len(w) - w.shape[1]


def test_people_never_seen_count_in_the_population_only() -> None:
    y, arm, x = simulated()
    found = mmrm.repeated_measures(y, arm, x, 3)
    assert isinstance(found, ArmMeans)
    assert sum(found.n) == np.isfinite(y[:, -1]).sum()

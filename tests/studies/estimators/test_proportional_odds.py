"""Ordered scales against R and statsmodels."""

import numpy as np
import pytest
from statsmodels.miscmodels.ordinal_model import OrderedModel

from pipeline.studies.estimators.effect import Array, Codes, Withheld
from pipeline.studies.estimators.proportional_odds import log_odds_ratio
from tests.studies.estimators.golden import expected, given, numbers


def lung() -> tuple[Codes, Codes, Array]:
    step, known = numbers("lung", "ph.ecog"), np.isfinite(numbers("lung", "ph.ecog"))
    sex = (numbers("lung", "sex") == 2).astype(np.int64)
    return step[known].astype(np.int64), sex[known], numbers("lung", "age")[known, None]


def test_performance_status_as_r_gives_it() -> None:
    here = given(log_odds_ratio(*lung()))
    assert here.estimate == pytest.approx(expected("lung_polr")["estimate"], abs=1e-5)


def test_performance_status_as_statsmodels_gives_it() -> None:
    value, arm, x = lung()
    model = OrderedModel(value, np.column_stack([arm, (x - 62) / 10]), distr="logit")
    there = model.fit(method="newton", disp=0, tol=1e-12)
    here = given(log_odds_ratio(value, arm, x))
    assert here.estimate == pytest.approx(there.params[0], rel=1e-5)
    assert here.std_error == pytest.approx(there.bse[0], rel=0.02)  # expected against observed information


def test_two_steps_are_logistic_regression() -> None:
    value, arm, _ = lung()
    odds = [np.mean(value[arm == a] > 0) / np.mean(value[arm == a] == 0) for a in (1, 0)]
    here = given(log_odds_ratio((value > 0).astype(np.int64), arm, np.zeros((len(arm), 0))))
    assert here.estimate == pytest.approx(np.log(odds[0] / odds[1]), rel=1e-8)
    counts = [np.sum((arm == a) & ((value > 0) == v)) for a in (0, 1) for v in (0, 1)]
    assert here.std_error == pytest.approx(np.sqrt(sum(1 / c for c in counts)), rel=1e-8)


def test_weights_count_people() -> None:
    """Somebody who counts for two is as two people; equal weights change only where the uncertainty comes from."""
    value, arm, x = lung()
    twice = np.where(np.arange(len(value)) % 3 == 0, 2, 1)
    whole = given(log_odds_ratio(np.repeat(value, twice), np.repeat(arm, twice), np.repeat(x, twice, axis=0)))
    weighed = given(log_odds_ratio(value, arm, x, twice.astype(np.float64)))
    assert weighed.estimate == pytest.approx(whole.estimate, rel=1e-7)
    assert weighed.std_error > whole.std_error
    plain, even = given(log_odds_ratio(value, arm, x)), given(log_odds_ratio(value, arm, x, np.full(len(value), 3.0)))
    assert (even.estimate, even.std_error) == (pytest.approx(plain.estimate), pytest.approx(plain.std_error, rel=0.1))
    assert even.n_effective == pytest.approx(len(value))


def test_leaving_that_depends_on_what_was_seen_is_mended_by_weights() -> None:
    rng = np.random.default_rng(8)
    n = 20_000
    arm, early = np.arange(n) % 2, rng.normal(size=n)
    value = np.digitize(early + 0.8 * arm + rng.logistic(size=n), [-1.0, 0.5, 2.0])
    stays = 1 / (1 + np.exp(-(1.0 + (1.2 * arm - 0.2) * early)))
    seen, none = rng.random(n) < stays, np.zeros((n, 0))
    whole = given(log_odds_ratio(value, arm, none))
    left = given(log_odds_ratio(value[seen], arm[seen], none[seen]))
    mended = given(log_odds_ratio(value[seen], arm[seen], none[seen], 1 / stays[seen]))
    assert abs(left.estimate - whole.estimate) > 5 * left.std_error
    assert abs(mended.estimate - whole.estimate) < 2 * mended.std_error


def test_an_arm_that_is_always_better_is_separation() -> None:
    arm = np.repeat([0, 1], 30)
    assert log_odds_ratio(np.arange(60) // 10, arm, np.zeros((60, 0))) == Withheld("separation")


def test_one_step_for_all_says_nothing() -> None:
    arm = np.repeat([0, 1], 30)
    none = np.zeros((60, 0))
    assert log_odds_ratio(np.full(60, 3), arm, none) == Withheld("no_variation")
    assert log_odds_ratio(np.arange(60), arm, none) == Withheld("too_many_covariates")
    assert log_odds_ratio(np.arange(60) % 3, arm * 0, none) == Withheld("no_arm")
    assert log_odds_ratio(np.arange(60) % 3, arm, arm[:, None] * 2.0) == Withheld("separation")

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

"""Reasons that an estimator gives when it is asked directly, past the checks that usually come first."""

import math

import numpy as np
import pytest

from pipeline.studies.estimators import mmrm
from pipeline.studies.estimators.dropout import staying
from pipeline.studies.estimators.effect import ArmMeans, Effect, Withheld, effect
from pipeline.studies.estimators.linear import Sums
from pipeline.studies.estimators.patterns import patterns, regressors
from pipeline.studies.estimators.propensity import propensity
from pipeline.studies.estimators.sequential_doubly_robust import aipw, sequential_doubly_robust
from pipeline.studies.estimators.survival import Spells, mean_time_free
from pipeline.studies.estimators.weighting import weighted_means

RNG = np.random.default_rng(17)
ARM = np.arange(40) % 2
X = RNG.normal(size=(40, 2))
Y = RNG.normal(size=(40, 3))
EVEN = np.full((40, 2), 0.5)


def test_as_many_regressors_as_people() -> None:
    rows = np.eye(3)
    sums = Sums.of_rows(rows, np.arange(3.0))
    assert sums.fit(sums.meat_of_rows(rows, np.arange(3.0))) == Withheld("too_many_covariates")
    wide = RNG.normal(size=(40, 20))
    assert propensity(np.arange(40) % 3, wide, 3) == Withheld("too_many_covariates")
    few = Y[:6].copy()
    few[0, 1:] = np.nan
    assert staying(few[:, :1], ARM[:6], RNG.normal(size=(6, 9)), 2).seen.all()  # type: ignore[union-attr]
    few[1, 0] = np.nan
    assert staying(few[:, :1], ARM[:6], RNG.normal(size=(6, 9)), 2) == Withheld("too_many_covariates")


def test_too_few_people_at_the_last_visit_for_the_model_of_all() -> None:
    y = Y.copy()
    y[4:, 2] = np.nan
    assert mmrm.fit(patterns(y, regressors(ARM, X)), 3) == Withheld("too_many_covariates")
    y[4:9, 2] = Y[4:9, 2]  # enough for the means, not for how visits go together
    assert mmrm.repeated_measures(y, ARM, X) == Withheld("not_converged")


def test_outcomes_arms_and_weights_that_are_not_there() -> None:
    holed = np.where(np.arange(40) == 3, np.nan, Y[:, 0])
    assert aipw(holed, ARM, X, EVEN) == Withheld("missing_values")
    assert sequential_doubly_robust(Y, ARM * 0, X, EVEN) == Withheld("no_arm")
    assert weighted_means(Y[:, 0], ARM, np.full(40, np.inf)) == Withheld("no_overlap")
    assert weighted_means(Y[:, 0], ARM, np.where(ARM == 1, 1.0, 0.0)) == Withheld("no_overlap")


def test_a_mean_time_beyond_the_follow_up() -> None:
    assert mean_time_free(Spells.of_people(np.array([3.0, 5.0]), np.array([1, 0])), 9) == Withheld("beyond_follow_up")


def test_numbers_that_are_none() -> None:
    assert effect(1.0, math.nan, 5, 9, 9, 1) == Withheld("not_converged")
    assert effect(math.inf, 1.0, 5, 9, 9, 1) == Withheld("not_converged")
    assert effect(1.0, 1.0, 0, 9, 9, 1) == Withheld("too_many_covariates")
    assert effect(1.0, 1e-24, 5, 9, 9, 1) == Withheld("no_variation")


def test_one_arm_alone_has_a_mean() -> None:
    found = aipw(Y[:, 0], ARM, X * 0, EVEN)
    assert isinstance(found, ArmMeans)
    alone = found.mean(1)
    assert isinstance(alone, Effect)
    assert alone.estimate == pytest.approx(Y[ARM == 1, 0].mean())
    assert alone.n == 20

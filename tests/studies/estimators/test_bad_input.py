"""Data that cannot carry an answer: each a reason, from every estimator; never a warning, never NaN, never p = 0."""

import math
from collections.abc import Callable
from typing import get_args

import numpy as np
import pytest

from benchmarks.coverage.stacked import stacked_aipw
from pipeline.studies.estimators import linear, mmrm
from pipeline.studies.estimators.clusters import clustered_ancova
from pipeline.studies.estimators.count_means import count_means, log_ratio
from pipeline.studies.estimators.counts import log_rate_ratio
from pipeline.studies.estimators.dropout import staying_until_left
from pipeline.studies.estimators.effect import ArmMeans, Array, Codes, Effect, Result, Withheld
from pipeline.studies.estimators.entropy_balancing import entropy_weights
from pipeline.studies.estimators.gram import solve
from pipeline.studies.estimators.inputs import MAX_LEVELS, covariates
from pipeline.studies.estimators.propensity import clipped, propensity
from pipeline.studies.estimators.proportional_odds import log_odds_ratio
from pipeline.studies.estimators.reasons import REASONS, Reason
from pipeline.studies.estimators.sequential_doubly_robust import sequential_doubly_robust
from pipeline.studies.estimators.weighting import balancing_weights, weighted_means
from pipeline.studies.estimators.words import Words, grouped

Study = tuple[Array, Codes, Array]
"""Changes at three visits, arm, covariates."""


def study(n: int = 120) -> Study:
    rng = np.random.default_rng(31)
    x = rng.normal(size=(n, 2))
    arm = (rng.random(n) < 1 / (1 + np.exp(-0.5 * x[:, 0]))).astype(np.int64)
    return x[:, :1] + arm[:, None] + rng.normal(size=(n, 3)), arm, x


def difference(found: ArmMeans | Withheld) -> Result:
    return found if isinstance(found, Withheld) else found.difference(1, 0)


def weighted(y: Array, arm: Codes, x: Array) -> Result:
    chance = propensity(arm, x)
    if isinstance(chance, Withheld):
        return chance
    return difference(weighted_means(y[:, -1], arm, balancing_weights(chance, arm, "ate")))


def balanced(y: Array, arm: Codes, x: Array) -> Result:
    weight = entropy_weights(arm, x)
    return weight if isinstance(weight, Withheld) else difference(weighted_means(y[:, -1], arm, weight))


def doubly_robust(y: Array, arm: Codes, x: Array) -> Result:
    chance = propensity(arm, x)
    if isinstance(chance, Withheld):
        return chance
    return difference(sequential_doubly_robust(y, arm, x, chance))


def counted(y: Array, arm: Codes, x: Array) -> Result:
    chance, stay = propensity(arm, x), staying_until_left(y, arm, x, 2)
    if isinstance(chance, Withheld) or isinstance(stay, Withheld):
        return chance if isinstance(chance, Withheld) else stay  # type: ignore[return-value]
    means = count_means(np.rint(np.exp(np.clip(y[:, -1], -5, 5))), arm, x, clipped(chance), stay.chance[:, -1])
    return means if isinstance(means, Withheld) else log_ratio(means, 1, 0)


ESTIMATORS: dict[str, Callable[[Array, Codes, Array], Result]] = {
    "ancova": lambda y, arm, x: linear.ancova(y[:, -1], arm, x),
    "g_computation": lambda y, arm, x: linear.g_computation(y[:, -1], arm, x),
    "weighted": weighted,
    "entropy_balanced": balanced,
    "doubly_robust": doubly_robust,
    "stacked": lambda y, arm, x: stacked_aipw(y[:, -1], arm, x),
    "mmrm": lambda y, arm, x: difference(mmrm.repeated_measures(y, arm, x)),
    "clustered": lambda y, arm, x: clustered_ancova(y[:, -1], arm, x, np.arange(len(y)) % 6),
    "rate": lambda y, arm, x: log_rate_ratio(np.rint(np.exp(y[:, -1])), np.ones(len(y)), arm, x),
    "counted": counted,
    "odds": lambda y, arm, x: log_odds_ratio(np.digitize(y[:, -1], [0, 1]), arm, x),
}
LONGITUDINAL = {"doubly_robust", "mmrm", "counted"}


def nobody(y: Array, arm: Codes, x: Array) -> Study:
    return y, arm * 0, x


def one_person(y: Array, arm: Codes, x: Array) -> Study:
    return y, (np.arange(len(arm)) == 5).astype(np.int64), x


def all_the_same(y: Array, arm: Codes, x: Array) -> Study:
    return np.full_like(y, 4.2), arm, x


def the_same_within_arms(y: Array, arm: Codes, x: Array) -> Study:
    return np.repeat(3.3 + 2.1 * arm[:, None], 3, axis=1), arm, x


def told_by_a_covariate(y: Array, arm: Codes, x: Array) -> Study:
    return y, arm, np.column_stack([x, 3.0 - arm])


def far_apart(y: Array, arm: Codes, x: Array) -> Study:
    return y, (x[:, 0] > 0).astype(np.int64), x


def as_many_covariates_as_people(y: Array, arm: Codes, x: Array) -> Study:
    return y, arm, np.random.default_rng(1).normal(size=(len(y), len(y)))


def a_hole_in_a_covariate(y: Array, arm: Codes, x: Array) -> Study:
    return y, arm, np.where(np.arange(len(y))[:, None] == 3, np.nan, x)


REFUSED: dict[Callable[[Array, Codes, Array], Study], set[Reason]] = {
    nobody: {"no_arm"},
    one_person: {"one_person"},
    all_the_same: {"no_variation"},
    the_same_within_arms: {"no_variation"},
    told_by_a_covariate: {"separation"},
    as_many_covariates_as_people: {"too_many_covariates"},
    a_hole_in_a_covariate: {"missing_values"},
}


@pytest.mark.parametrize("spoil", REFUSED, ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_what_cannot_be_answered_has_its_reason(spoil: Callable[..., Study], estimator: str) -> None:
    found = ESTIMATORS[estimator](*spoil(*study()))
    assert isinstance(found, Withheld), found
    allowed = REFUSED[spoil] | ({"separation"} if (estimator, spoil) == ("odds", the_same_within_arms) else set())
    assert found.reason in allowed
    assert found.sentence == REASONS[found.reason]


@pytest.mark.parametrize("estimator", ["weighted", "entropy_balanced", "doubly_robust"])
def test_no_overlap_is_refused_by_whatever_weighs(estimator: str) -> None:
    found = ESTIMATORS[estimator](*far_apart(*study()))
    assert isinstance(found, Withheld)
    assert found.reason in {"separation", "no_overlap"}


def test_a_column_whose_square_is_lost_is_one_of_noughts() -> None:
    """Weights that come to rest on one person leave sums of squares of 1e-250; numpy told of them as an overflow."""
    solved = solve(np.diag([2.0, 1e-250]))
    assert solved.kept.tolist() == [True, False]
    assert solved.inverse == pytest.approx(np.diag([0.5, 0.0]))


@pytest.mark.parametrize("estimator", sorted(LONGITUDINAL))
@pytest.mark.parametrize("who", [0, 1])
def test_an_arm_that_all_left_is_refused(estimator: str, who: int) -> None:
    y, arm, x = study()
    y[arm == who, 1:] = np.nan
    assert ESTIMATORS[estimator](y, arm, x) == Withheld("all_dropped_out")
    y[:, :] = np.nan
    assert ESTIMATORS[estimator](y, arm, x) == Withheld("all_dropped_out")


@pytest.mark.parametrize("estimator", sorted(LONGITUDINAL))
def test_an_arm_of_which_one_stayed_is_refused(estimator: str) -> None:
    y, arm, x = study()
    y[np.flatnonzero(arm == 1)[1:], 1:] = np.nan
    found = ESTIMATORS[estimator](y, arm, x)
    assert isinstance(found, Withheld)
    assert found.reason in {"one_person", "too_many_covariates"}


@pytest.mark.parametrize("estimator", sorted(ESTIMATORS))
def test_a_missing_outcome_never_becomes_a_number(estimator: str) -> None:
    y, arm, x = study()
    y[7, -1] = np.nan
    if estimator in LONGITUDINAL:
        assert isinstance(ESTIMATORS[estimator](y, arm, x), Effect)
    elif estimator != "odds":  # ordered values are whole numbers, which have no NaN
        assert ESTIMATORS[estimator](y, arm, x) == Withheld("missing_values")


@pytest.mark.parametrize("estimator", sorted(ESTIMATORS))
@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 6, 9])
def test_a_handful_of_people_gives_a_number_or_a_reason(estimator: str, size: int) -> None:
    for start in range(0, 100, 10):
        y, arm, x = (part[start : start + size] for part in study())
        found = ESTIMATORS[estimator](y, arm, x)
        if isinstance(found, Effect):
            assert all(map(math.isfinite, (found.estimate, found.std_error, *found.interval())))
            assert 0 < found.p_value() < 1


@pytest.mark.parametrize("estimator", sorted(set(ESTIMATORS) - {"rate", "counted", "odds"}))
def test_an_overwhelming_effect_has_a_p_value(estimator: str) -> None:
    y, arm, x = study()
    found = ESTIMATORS[estimator](y + 1e4 * arm[:, None], arm, x)
    assert isinstance(found, Effect)
    assert found.estimate == pytest.approx(1e4, rel=1e-3)
    assert 0 < found.p_value() < 1e-15


@pytest.mark.parametrize("estimator", sorted(ESTIMATORS))
def test_a_constant_covariate_changes_nothing(estimator: str) -> None:
    y, arm, x = study()
    one, two = (ESTIMATORS[estimator](y, arm, columns) for columns in (x, np.column_stack([x, np.ones(len(y))])))
    assert isinstance(one, Effect)
    assert isinstance(two, Effect)
    assert (two.estimate, two.std_error) == pytest.approx((one.estimate, one.std_error), rel=1e-7)


def test_a_covariate_of_one_level_or_a_thousand_is_left_out_and_named() -> None:
    n = 1000
    found = covariates(
        {
            "sex": ["female"] * n,
            "name": [str(i) for i in range(n)],
            "age": np.arange(n) * 1.0,
            "height": np.full(n, 1.7),
            "weight": np.where(np.arange(n) == 3, np.nan, 70.0),
            "stage": ["II", "II", "III", "IV"] * (n // 4),
        }
    )
    assert found.names == ("age", "stage=III", "stage=IV")
    assert found.matrix.shape == (n, 3)
    assert found.matrix[:, 0].mean() == pytest.approx(0)
    assert dict(found.left_out) == {
        "sex": "one_level",
        "name": "too_many_levels",
        "height": "one_level",
        "weight": "missing_values",
    }
    assert covariates({"level": [str(i % MAX_LEVELS) for i in range(n)]}).matrix.shape == (n, MAX_LEVELS - 1)
    assert covariates({}).matrix.shape == (0, 0)


def test_every_reason_has_a_sentence() -> None:
    assert set(REASONS) == set(get_args(Reason))
    assert all(sentence.endswith(".") and 20 < len(sentence) < 200 for sentence in REASONS.values())


def test_nobody_has_no_level_in_any_group() -> None:
    assert Words.of([]).people_of(grouped([np.zeros(0, dtype=bool)] * 2), 2).shape == (2, 0)

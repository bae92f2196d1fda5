"""Propensity, weights and balance against R."""

import numpy as np
import pytest
import statsmodels.api as sm

from pipeline.studies.estimators.balance import standardised_differences
from pipeline.studies.estimators.effect import ArmMeans, Array, Codes, Withheld
from pipeline.studies.estimators.entropy_balancing import entropy_weights
from pipeline.studies.estimators.propensity import clipped, outside_overlap, propensity
from pipeline.studies.estimators.weighting import Target, balancing_weights, weighted_means
from tests.studies.estimators.golden import expected, given, lalonde, numbers, text


def chances(arm: Codes, x: Array, arms: int = 2) -> Array:
    found = propensity(arm, x, arms)
    assert not isinstance(found, Withheld)
    return found


def means(y: Array, arm: Codes, weight: Array, arms: int = 2) -> ArmMeans:
    found = weighted_means(y, arm, weight, arms)
    assert not isinstance(found, Withheld)
    return found


def test_propensity_as_r_gives_it() -> None:
    _, treated, x = lalonde()
    chance, r = chances(treated, x)[:, 1], expected("lalonde_propensity")
    assert chance[treated == 1].mean() == pytest.approx(r["treated"], rel=1e-9)
    assert chance[treated == 0].mean() == pytest.approx(r["reference"], rel=1e-9)


@pytest.mark.parametrize("target", ["ate", "att", "ato"])
def test_weighted_differences_as_r_gives_them(target: Target) -> None:
    y, treated, x = lalonde()
    found = means(y, treated, balancing_weights(chances(treated, x), treated, target))
    here, r = given(found.difference(1, 0)), expected(f"lalonde_{target}")
    assert (here.estimate, here.std_error) == pytest.approx((r["estimate"], r["std_error"]), rel=1e-8)
    assert found.n_effective == pytest.approx((r["ess_reference"], r["ess_treated"]), rel=1e-8)
    assert here.n == 614


def test_overlap_weights_balance_means_exactly() -> None:
    _, treated, x = lalonde()
    weight = balancing_weights(chances(treated, x), treated, "ato")
    assert np.abs(standardised_differences(x, treated, weight)).max() < 1e-9


def test_standardised_differences_as_matchit_gives_them() -> None:
    _, treated, x = lalonde()
    race = np.array(text("lalonde", "race"))
    r = expected("lalonde_smd")
    columns = {"distance": chances(treated, x)[:, 1]} | {n: (race == n) * 1.0 for n in ("black", "hispan", "white")}
    columns |= {name: numbers("lalonde", name) for name in ("age", "educ", "married", "nodegree", "re74", "re75")}
    here = standardised_differences(np.column_stack(list(columns.values())), treated, scale="treated")
    assert dict(zip(columns, here, strict=True)) == pytest.approx(r, rel=1e-8)


def test_a_column_that_never_varies_is_balanced_or_infinitely_apart() -> None:
    x = np.column_stack([np.ones(4), [1, 1, 0, 0]])
    assert standardised_differences(x, np.array([1, 1, 0, 0])).tolist() == [0, np.inf]


def test_entropy_balancing_as_two_other_codes_give_it() -> None:
    """1273.2618 and 1273.2687; the means of the treated are met."""
    y, treated, x = lalonde()
    weight = entropy_weights(treated, x)
    assert not isinstance(weight, Withheld)
    assert given(means(y, treated, weight).difference(1, 0)).estimate == pytest.approx(1273.265, abs=0.01)
    assert np.abs(standardised_differences(x, treated, weight)).max() < 1e-8
    assert weight[treated == 0].sum() == pytest.approx((treated == 1).sum())


def test_entropy_balancing_beyond_reach_says_so() -> None:
    rng = np.random.default_rng(1)
    treated = np.repeat([1, 0], 50)
    assert entropy_weights(treated, rng.random((100, 1)) + 5 * treated[:, None]) == Withheld("no_overlap")


def test_three_arms_as_r_gives_them() -> None:
    race = np.array(text("lalonde", "race"))
    levels, arm = np.unique(race, return_inverse=True)
    x = np.column_stack([numbers("lalonde", "age"), numbers("lalonde", "educ"), numbers("lalonde", "re74") / 1000])
    chance, r = chances(arm, x, 3), expected("lalonde_multinomial")
    assert np.log(chance[np.arange(614), arm]).sum() == pytest.approx(r["log_likelihood"], rel=1e-9)
    assert chance[0] == pytest.approx([r[f"first_{level}"] for level in levels], rel=1e-5)
    assert chance == pytest.approx(sm.MNLogit(arm, sm.add_constant(x)).fit(disp=0, tol=1e-12).predict(), rel=1e-6)
    assert chance.sum(axis=1) == pytest.approx(1)


def test_two_arms_are_the_case_of_many() -> None:
    """With weights by any of the definitions, a third arm's formulas reduce to the two-arm ones."""
    _, treated, x = lalonde()
    e = chances(treated, x)[:, 1]
    assert balancing_weights(np.column_stack([1 - e, e]), treated, "ato") == pytest.approx(
        np.where(treated == 1, 1 - e, e)
    )


def test_clipping_and_overlap_are_counted() -> None:
    chance = np.array([[0.001, 0.999], [0.5, 0.5], [0.04, 0.96], [0.9, 0.1]])
    assert clipped(chance).min() == 0.02
    assert outside_overlap(chance) == 0.5


@pytest.mark.parametrize("arms", [2, 3])
def test_perfect_separation_is_named(arms: int) -> None:
    arm = np.arange(60) % arms
    assert propensity(arm, arm[:, None] + np.linspace(0, 0.1, 60)[:, None], arms) == Withheld("separation")


@pytest.mark.parametrize("arms", [2, 3])
def test_a_level_that_only_one_arm_has_is_separation(arms: int) -> None:
    rng = np.random.default_rng(5)
    arm = rng.integers(0, arms, 300)
    only = ((arm == 1) & (rng.random(300) < 0.2)).astype(np.float64)
    assert propensity(arm, np.column_stack([rng.normal(size=300), only]), arms) == Withheld("separation")

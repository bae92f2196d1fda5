"""AIPW against R, and seq-DR against it and against an independent account of the same recursion."""

import numpy as np
import pytest

from benchmarks.coverage.stacked import stacked_aipw
from pipeline.studies.estimators.dropout import seen_throughout, skipped_share, staying
from pipeline.studies.estimators.effect import ArmMeans, Array, Codes, Withheld
from pipeline.studies.estimators.propensity import propensity
from pipeline.studies.estimators.sequential_doubly_robust import aipw, sequential_doubly_robust
from pipeline.studies.estimators.weighting import Target
from tests.studies.estimators.golden import expected, given, lalonde


def worlds(n: int = 900, arms: int = 2) -> tuple[Array, Codes, Array, Array]:
    """Changes at three visits, arm, covariates, chances; nobody missing."""
    rng = np.random.default_rng(8)
    x = rng.normal(size=(n, 3))
    arm = (rng.random(n) * arms + 0.3 * np.tanh(x[:, 0])).clip(0, arms - 0.01).astype(np.int64)
    y = x[:, :1] + arm[:, None] * np.array([1, 2, 3]) + rng.normal(size=(n, 1)) + rng.normal(size=(n, 3))
    chance = propensity(arm, x, arms)
    assert not isinstance(chance, Withheld)
    return y, arm, x, chance


def means(found: ArmMeans | Withheld) -> ArmMeans:
    assert isinstance(found, ArmMeans), found
    return found


def test_aipw_as_r_gives_it() -> None:
    y, treated, x = lalonde()
    chance = propensity(treated, x)
    assert not isinstance(chance, Withheld)
    here, r = given(means(aipw(y, treated, x, chance)).difference(1, 0)), expected("lalonde_aipw")
    assert (here.estimate, here.std_error) == pytest.approx((r["estimate"], r["std_error"]), rel=1e-8)


def test_the_stacked_standard_error_as_delicatessen_gives_it() -> None:
    here = given(stacked_aipw(*lalonde()))
    assert here.estimate == pytest.approx(expected("lalonde_aipw")["estimate"], rel=1e-8)
    assert here.std_error == pytest.approx(1180.4493, abs=1e-3)  # its slopes are numerical


def test_in_a_large_sample_both_standard_errors_agree() -> None:
    y, arm, x, chance = worlds(20_000)
    one, two = given(stacked_aipw(y[:, -1], arm, x)), given(means(aipw(y[:, -1], arm, x, chance)).difference(1, 0))
    assert one.std_error == pytest.approx(two.std_error, rel=0.01)
    assert one.n_effective == pytest.approx(two.n_effective)


def plain_aipw(y: Array, arm: Codes, x: Array, chance: Array, target: Target, arms: int) -> tuple[Array, Array]:
    """Written from the formula, without our own code: influence values and the population's weights."""
    design = np.column_stack([np.ones(len(y)), x])
    columns = []
    for a in range(arms):
        fitted = design @ np.linalg.lstsq(design[arm == a], y[arm == a], rcond=None)[0]
        columns.append(fitted + (arm == a) * (y - fitted) / chance[:, a])
    return np.column_stack(columns), np.ones(len(y)) if target == "ate" else 1 / (1 / chance).sum(axis=1)


@pytest.mark.parametrize("target", ["ate", "ato"])
@pytest.mark.parametrize("arms", [2, 3])
def test_without_dropout_it_is_aipw(target: Target, arms: int) -> None:
    y, arm, x, chance = worlds(arms=arms)
    found = means(sequential_doubly_robust(y, arm, x, chance, target))
    psi, h = plain_aipw(y[:, -1], arm, x, chance, target, arms)
    for a in range(1, arms):
        contrast = psi[:, a] - psi[:, 0]
        estimate = h @ contrast / h.sum()
        spread = np.std(h * (contrast - estimate), ddof=1) / h.mean() / np.sqrt(len(h))
        here = given(found.difference(a, 0))
        assert (here.estimate, here.std_error) == pytest.approx((estimate, spread), rel=1e-12)


def test_with_dropout_it_is_the_recursion_written_out() -> None:
    y, arm, x, chance = worlds()
    rng = np.random.default_rng(2)
    for k in (1, 2):
        gone = rng.random(len(y)) < 1 / (1 + np.exp(1.5 - 0.5 * y[:, k - 1]))
        y[gone, k:] = np.nan
    stay = staying(y, arm, x, 2)
    assert not isinstance(stay, Withheld)
    r = np.isfinite(y)
    psi = []
    for a in (0, 1):
        one = np.ones((len(y), 1))
        q, total = y[:, 2], np.zeros(len(y))
        for k in (2, 1, 0):
            h = np.column_stack([one, x, np.nan_to_num(y[:, :k])])
            at = r[:, k] & (arm == a)
            fitted = h @ np.linalg.lstsq(h[at], q[at], rcond=None)[0]
            total[at] += (q[at] - fitted[at]) / (chance[at, a] * stay.chance[at, k])
            q = fitted
        psi.append(q + total)
    contrast = psi[1] - psi[0]
    here = given(means(sequential_doubly_robust(y, arm, x, chance)).difference(1, 0))
    assert here.estimate == pytest.approx(contrast.mean(), rel=1e-12)
    assert here.std_error == pytest.approx(contrast.std(ddof=1) / np.sqrt(len(y)), rel=1e-10)
    assert here.n == r[:, 2].sum()
    assert 0 < here.n_effective < here.n


def test_the_chance_of_staying_has_the_right_mean() -> None:
    y, arm, x, _ = worlds(4000)
    rng = np.random.default_rng(2)
    y[rng.random(4000) < np.where(arm == 1, 0.4, 0.1), 1:] = np.nan
    stay = staying(y, arm, x, 2)
    assert not isinstance(stay, Withheld)
    assert stay.chance[arm == 1, 1].mean() == pytest.approx(0.6, abs=0.03)
    assert stay.chance[arm == 0, 2].mean() == pytest.approx(0.9, abs=0.03)
    assert (stay.chance[:, 0] > 0.999).all()


def test_an_arm_in_which_all_stayed_is_no_obstacle() -> None:
    y, arm, x, chance = worlds()
    y[(arm == 1) & (x[:, 1] > 0.5), 1:] = np.nan
    assert given(means(sequential_doubly_robust(y, arm, x, chance)).difference(1, 0)).std_error > 0


def test_skipped_visits_are_counted_and_too_many_refused() -> None:
    y, arm, x, chance = worlds()
    y[:80, 1] = np.nan
    assert skipped_share(y) == pytest.approx(80 / 900)
    assert not seen_throughout(y)[:80, 2].any()
    assert isinstance(sequential_doubly_robust(y, arm, x, chance), ArmMeans)
    y[:100, 1] = np.nan
    assert sequential_doubly_robust(y, arm, x, chance) == Withheld("skipped_visits")

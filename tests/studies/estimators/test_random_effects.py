"""One figure from several trials, against statsmodels; and where that gives too narrow an interval."""

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from pipeline.studies.estimators.effect import Array, Withheld
from pipeline.studies.estimators.random_effects import Pooled, random_effects

APART = np.array([1.2, 4.0, 2.5, 7.0, 3.1]), np.array([0.5, 0.8, 0.3, 1.5, 0.9])
MANY = np.random.default_rng(3).normal(8, 3, 12), np.linspace(0.5, 4, 12)


@pytest.mark.parametrize(("estimates", "errors"), [APART, MANY], ids=["five", "twelve"])
def test_as_another_implementation_gives_it(estimates: Array, errors: Array) -> None:
    found, other = random_effects(estimates, errors, 100), combine_effects(estimates, errors**2, method_re="iterated")
    assert isinstance(found, Pooled)
    assert found.between**2 == pytest.approx(other.tau2, rel=1e-6)
    assert found.effect.estimate == pytest.approx(other.mean_effect_re, rel=1e-8)
    assert found.effect.std_error == pytest.approx(other.sd_eff_w_re_hksj, rel=1e-6)
    assert found.effect.interval() == pytest.approx(other.conf_int(use_t=True)[3], rel=1e-6)
    assert found.i_squared == pytest.approx(other.i2)


def test_trials_that_agree_better_than_chance_get_no_narrower_interval_than_one_truth_would() -> None:
    estimates, errors = np.array([5.0, 5.01, 4.99]), np.full(3, 2.0)
    found, other = random_effects(estimates, errors, 60), combine_effects(estimates, errors**2, method_re="iterated")
    assert isinstance(found, Pooled)
    assert (found.between, found.i_squared) == (0, 0)
    assert found.effect.std_error == pytest.approx(2 / np.sqrt(3))
    assert other.sd_eff_w_re_hksj < 0.01


@pytest.mark.parametrize(
    ("estimates", "errors", "reason"),
    [
        ([1.0, 2.0], [1.0, 1.0], "too_few_results"),
        ([1.0, 2.0, 3.0], [1.0, 0.0, 1.0], "too_few_results"),
        ([1.0, np.nan, 3.0], [1.0, 1.0, 1.0], "missing_values"),
    ],
)
def test_what_cannot_be_pooled_says_why(estimates: list[float], errors: list[float], reason: str) -> None:
    found = random_effects(np.array(estimates), np.array(errors), 60)
    assert isinstance(found, Withheld)
    assert found.reason == reason

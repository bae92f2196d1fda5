"""Win probability from counts against SciPy's test on the values themselves."""

from collections import Counter

import numpy as np
import pytest
from scipy import stats

from pipeline.studies.estimators.win_probability import win_probability


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_equals_brunner_munzel_on_the_values(seed: int) -> None:
    rng = np.random.default_rng(seed)
    arm, reference = rng.integers(-2, 4, 40), rng.integers(-3, 3, 55)
    expected = stats.brunnermunzel(reference, arm)
    got = win_probability(Counter(arm.tolist()), Counter(reference.tolist()))
    assert got is not None
    assert got.p_value == pytest.approx(float(expected.pvalue), rel=1e-9)
    wins = np.mean(arm[:, None] > reference[None, :]) + np.mean(arm[:, None] == reference[None, :]) / 2
    assert got.estimate == pytest.approx(float(wins), abs=1e-12)
    assert got.ci_lower < got.estimate < got.ci_upper


def test_stays_a_probability() -> None:
    got = win_probability({3: 11, 2: 1}, {0: 11, 3: 1})
    assert got is not None
    assert got.ci_lower >= 0
    assert got.ci_upper <= 1


def test_nothing_to_tell_apart() -> None:
    assert win_probability({0: 20}, {0: 20}) is None
    assert win_probability({1: 1}, {0: 20}) is None

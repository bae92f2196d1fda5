"""Whatever the data, an estimator gives finite numbers or a reason: few values, few people, many ties and holes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.studies.estimators.dose_response import by_dose, spline_curve
from pipeline.studies.estimators.effect import Effect, Result, Withheld
from tests.studies.estimators.test_bad_input import ESTIMATORS, LONGITUDINAL

VALUES = st.sampled_from([-1e6, -2.0, 0.0, 0.0, 1.0, 1.0, 3.5, 1e6, math.nan])
COVARIATES = st.tuples(st.integers(0, 2), st.sampled_from([0.0, 1e-7, 1.0]))
PERSON = st.tuples(st.tuples(VALUES, VALUES, VALUES), st.integers(0, 1), COVARIATES)


def sound(found: Result) -> bool:
    if isinstance(found, Withheld):
        return bool(found.sentence)
    finite = all(map(math.isfinite, (found.estimate, found.std_error, found.n_effective, *found.interval())))
    return finite and found.std_error > 0 and found.df > 0 and 0 < found.p_value() <= 1


@pytest.mark.parametrize("estimator", sorted(ESTIMATORS))
@settings(max_examples=60)
@given(people=st.lists(PERSON, min_size=0, max_size=25))
def test_a_number_or_a_reason(estimator: str, people: list[tuple[tuple[float, ...], int, tuple[float, ...]]]) -> None:
    y = np.array([p[0] for p in people]).reshape(-1, 3)
    if estimator in {"rate", "odds"}:
        y = np.clip(np.nan_to_num(y), -3, 4)
    arm, x = np.array([p[1] for p in people], dtype=np.int64), np.array([p[2] for p in people]).reshape(-1, 2)
    if estimator not in LONGITUDINAL and people and (people[0][1] or not np.isfinite(y).all()):
        y = np.nan_to_num(y)
    assert sound(ESTIMATORS[estimator](y, arm, x))


@settings(max_examples=60)
@given(people=st.lists(st.tuples(VALUES, st.sampled_from([0.5, 1.0, 1.5, 2.0]), st.integers(0, 1)), max_size=20))
def test_any_doses(people: list[tuple[float, float, int]]) -> None:
    y, dose, x = (np.array([p[k] for p in people], dtype=np.float64) for k in range(3))
    assert all(map(sound, by_dose(y, dose, x[:, None], 1.0).values()))
    assert all(map(sound, spline_curve(y, dose, x[:, None], 1.0, np.array([0.5, 1.0, 3.0]))))


def test_a_number_is_possible_at_all() -> None:
    """The sieve above lets numbers through, not only reasons."""
    rng = np.random.default_rng(1)
    y, arm = rng.normal(size=(40, 3)), np.arange(40) % 2
    found = [estimate(y, arm, rng.normal(size=(40, 1))) for estimate in ESTIMATORS.values()]
    assert all(isinstance(one, Effect) for one in found)

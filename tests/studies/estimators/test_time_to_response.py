"""The share that responds, had nobody chosen or left, against people who were tossed for and all stayed."""

import numpy as np
import pytest

from benchmarks.coverage.other_shapes import DAYS, RESPONSE, true_response
from benchmarks.coverage.worlds import Study, linear, tossed
from pipeline.studies.estimators.effect import Array, Withheld
from pipeline.studies.estimators.propensity import propensity
from pipeline.studies.estimators.survival import Spells, difference, happened_by, kaplan_meier
from pipeline.studies.estimators.time_to_response import Responses, responses_by
from tests.studies.estimators.golden import given


def drawn(seed: int, n: int) -> Study:
    return linear(np.random.default_rng(seed), n)


def chances(s: Study) -> Array:
    found = propensity(s.arm, s.x)
    assert not isinstance(found, Withheld)
    return found


def responses(s: Study, chance: Array) -> Responses:
    found = responses_by(s.y >= RESPONSE, s.y, DAYS, s.arm, s.x, chance)
    assert isinstance(found, Responses)
    return found


def test_weights_find_the_true_difference_and_the_plain_curve_does_not() -> None:
    s = drawn(7, 60_000)
    found = responses(s, chances(s))
    here = given(found.difference(1, 0))
    plain = [Spells(p.person, p.start, p.stop, p.event, np.ones(len(p.person))) for p in found.spells]
    naive = given(difference(happened_by(plain[1], DAYS[-1]), happened_by(plain[0], DAYS[-1])))
    assert here.estimate == pytest.approx(true_response(1.0), abs=3 * here.std_error)
    assert abs(naive.estimate - true_response(1.0)) > 4 * naive.std_error


def test_without_leavers_or_choice_it_is_the_share() -> None:
    s = tossed(np.random.default_rng(3), 4000)
    found = responses(s, np.full((4000, 2), 0.5))
    ever = (s.complete >= RESPONSE).any(axis=1)
    for a in (0, 1):
        here, own = given(found.shares[a]), ever[s.arm == a]
        assert here.estimate == pytest.approx(own.mean())
        assert here.std_error == pytest.approx(np.sqrt(own.mean() * (1 - own.mean()) / len(own)))
        assert kaplan_meier(found.spells[a]).time.tolist() == list(DAYS)


def test_arms_that_cannot_be_compared() -> None:
    s = drawn(3, 400)
    chance = chances(s)
    nobody = responses_by(s.y >= RESPONSE, s.y, DAYS, s.arm * 0, s.x, chance)
    assert nobody == Withheld("no_arm")
    left = np.where(s.arm[:, None] == 1, np.nan, s.y)
    assert responses_by(left >= RESPONSE, left, DAYS, s.arm, s.x, chance) == Withheld("all_dropped_out")
    never = responses_by(np.zeros(s.y.shape, dtype=np.bool_), s.y, DAYS, s.arm, s.x, chance)
    assert isinstance(never, Responses)
    assert never.difference(1, 0) == Withheld("no_events")

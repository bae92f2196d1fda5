"""E-values and robustness values as published; shifts of those who left; equivalence; power against R."""

import math

import pytest
from scipy import stats

from pipeline.studies.estimators.effect import Effect, Withheld
from pipeline.studies.estimators.equivalence import Equivalence, equivalence
from pipeline.studies.estimators.power import power, smallest_detectable, smallest_detectable_of, two_arms
from pipeline.studies.estimators.sensitivity import (
    delta_table,
    e_value,
    e_values,
    e_values_of_difference,
    robustness,
    tipping_point,
)
from tests.studies.estimators.golden import expected


def effect(estimate: float, std_error: float = 1.0, df: float = math.inf) -> Effect:
    return Effect(estimate, std_error, df, 200, 200.0)


def test_e_values_as_published() -> None:
    found = e_values(3.9, 1.8, 8.7)
    assert (found.estimate, found.limit) == (pytest.approx(7.26, abs=5e-3), pytest.approx(3.0, abs=5e-3))
    assert e_value(0.8) == pytest.approx(1.81, abs=5e-3)
    assert e_values(0.8, 0.7, 1.1).limit == 1
    assert e_values(0.5, 0.4, 0.8).limit == pytest.approx(e_value(0.8))


def test_e_value_of_half_a_deviation() -> None:
    found = e_values_of_difference(effect(6, 1), 12)
    mirrored = e_values_of_difference(effect(-6, 1), 12)
    assert found is not None
    assert mirrored is not None
    assert found.estimate == pytest.approx(2.53, abs=5e-3)
    assert 1 < found.limit < found.estimate
    assert mirrored.estimate == pytest.approx(found.estimate)


@pytest.mark.parametrize("deviation", [0.0, 1e-300, 0.5])
def test_arms_that_hardly_vary_have_no_e_value(deviation: float) -> None:
    assert e_values_of_difference(effect(6, 1), deviation) is None


def test_robustness_as_sensemakr_gives_it() -> None:
    """Darfur: Cinelli and Hazlett (2020), table 1."""
    found = robustness(effect(0.09731582, 0.02325654, 783))
    assert found.partial_r2 == pytest.approx(0.02187309, abs=5e-8)
    assert found.value == pytest.approx(0.13877635, abs=5e-8)
    assert found.value_limit == pytest.approx(0.07625797, abs=5e-8)
    assert robustness(effect(0.1, 1, 783)).value_limit == 0


def test_those_who_left_shifted() -> None:
    table = delta_table(effect(5.0), 0.4, 0.2, (-10.0, 0.0), (100, 100))
    assert [(s.delta, s.delta_reference, s.effect.estimate) for s in table] == [
        (-10, -10, 5 - 4 + 2),
        (-10, 0, 5 - 4),
        (0, -10, 5 + 2),
        (0, 0, 5),
    ]
    assert table[3].effect.std_error == 1
    assert table[1].effect.std_error == pytest.approx(math.sqrt(1 + 100 * 0.24 / 100))


def test_the_shift_at_which_the_interval_touches_nought() -> None:
    shift = tipping_point(effect(5.0), 0.4)
    assert shift == pytest.approx(-(5 - 1.959964) / 0.4, abs=1e-5)
    assert tipping_point(effect(-5.0), 0.4) == pytest.approx(-shift)
    assert tipping_point(effect(1.0), 0.4) == 0
    assert tipping_point(effect(5.0), 0.0) is None
    assert tipping_point(effect(9.0), 0.5, null=4.3) == pytest.approx((4.3 - (9 - 1.959964)) / 0.5, abs=1e-5)


@pytest.mark.parametrize(
    ("estimate", "std_error", "same"), [(0, 1, True), (2.6, 1, True), (2.7, 1, False), (0, 2.7, False), (5, 0.1, False)]
)
def test_the_same_is_a_90_percent_interval_inside_the_margin(estimate: float, std_error: float, same: bool) -> None:
    found = equivalence(effect(estimate, std_error), -4.3, 4.3)
    assert isinstance(found, Equivalence)
    assert found.is_same is same
    assert (found.p_value < 0.05) is same


def test_equivalence_by_hand() -> None:
    found = equivalence(effect(1.0, 2.0, 20), -5.0, 6.0)
    assert isinstance(found, Equivalence)
    assert found.p_value == pytest.approx(max(stats.t.sf(3, 20), stats.t.sf(2.5, 20)))
    assert found.ci_lower == pytest.approx(1 - 1.724718 * 2, abs=1e-5)


def test_margins_the_wrong_way_round_are_refused() -> None:
    assert equivalence(effect(0), 4.3, -4.3) == Withheld("unordered_limits")


def test_certain_equivalence_has_a_p_value() -> None:
    found = equivalence(effect(0, 1e-6), -4.3, 4.3)
    assert isinstance(found, Equivalence)
    assert 0 < found.p_value < 1e-300


def test_power_as_r_gives_it() -> None:
    r = expected("power")
    assert power(0.5, *two_arms(64)) == pytest.approx(r["power"], abs=1e-9)
    assert smallest_detectable(*two_arms(100)) == pytest.approx(r["mde"], abs=3e-6)


@pytest.mark.parametrize(
    ("n", "mde"), [(5, 24.3), (10, 15.9), (25, 9.7), (50, 6.8), (100, 4.8), (500, 2.1), (1000, 1.5), (10_000, 0.48)]
)
def test_what_arms_of_n_can_see(n: int, mde: float) -> None:
    """Hairs/cm2 at a standard deviation of 12: the table of the statistical plan."""
    assert smallest_detectable(*two_arms(n, 12)) == pytest.approx(mde, abs=0.06)


@pytest.mark.parametrize(("n", "mde"), [(10, 27.3), (100, 7.3), (1000, 2.3)])
def test_what_arms_of_n_can_see_among_eighty_cells(n: int, mde: float) -> None:
    assert smallest_detectable(*two_arms(n, 12), alpha=0.05 / 80) == pytest.approx(mde, abs=0.06)


def test_with_many_people_t_is_normal() -> None:
    assert power(2.8, 1.0, math.inf) == pytest.approx(power(2.8, 1.0, 1e6), abs=1e-5)
    assert smallest_detectable_of(effect(0.1, 2.0)) == pytest.approx(2 * 2.8016, abs=1e-3)
    assert power(60.0, 1.0, 30.0) == pytest.approx(1.0)


def test_no_spread_detects_nothing() -> None:
    assert smallest_detectable(0.0, 10) == Withheld("no_variation")
    assert smallest_detectable(1.0, 0.0) == Withheld("no_variation")

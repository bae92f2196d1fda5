"""Twelve months of releases in the hands of an attacker: no small group and no single value is to be worked out."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.disclosure.policy import OWN_CLINIC, PROFILES, STRICT
from tests.disclosure.attacker import FIXED, Attacker, Key, SumAttacker
from tests.disclosure.years import SIZES, Counts, Year, released

TARGETS = 40
"""Small groups that are attacked in each clinic, drawn by a seed: two linear programmes each."""

OWN_FROM = {3: {"small", "middle"}, 8: {"middle"}}
"""From the fourth month two clinics have figures for their own eyes; from the ninth one of them no longer."""

DENSITY_RANGE = (-150.0, 150.0)
"""Hairs per cm2: what a change can be at all."""

PRICE_RANGE = (0.0, 1e6)

Clinics = dict[str, Year]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Clinics:
    return released(tmp_path_factory.mktemp("home"), is_guarded=True)


@pytest.fixture(scope="module")
def own_year(tmp_path_factory: pytest.TempPathFactory) -> Clinics:
    return released(tmp_path_factory.mktemp("home"), is_guarded=True, own=OWN_FROM)


@pytest.fixture(scope="module")
def careless_year(tmp_path_factory: pytest.TempPathFactory) -> Clinics:
    """The same months by somebody who suppresses small counts and remembers nothing."""
    return released(tmp_path_factory.mktemp("home"), is_guarded=False)


def small_groups(counts: Counts, few: int, rng: np.random.Generator) -> list[dict[Key, float]]:
    """Cells of 1 to `few` people, and growths of 1 to `few` from one month to the next; some of each."""
    cells: list[dict[Key, float]] = [{key: 1.0} for key, n in counts.items() if n <= few]
    growths: list[dict[Key, float]] = [
        {(m, p, c): 1.0, (m - 1, p, c): -1.0}
        for (m, p, c), n in counts.items()
        if p in FIXED and m and 0 < n - counts.get((m - 1, p, c), 0) <= few
    ]
    chosen = [rng.permutation(len(kind))[: TARGETS // 2] for kind in (cells, growths)]
    return [kind[i] for kind, places in zip((cells, growths), chosen, strict=True) for i in places]


def worked_out(year: Year, few: int = STRICT.suppress_up_to) -> list[dict[Key, float]]:
    """The small groups of a clinic that are shown to be small, or known to a person or two."""
    attacker, found = Attacker(year.releases), []
    for weights in small_groups(year.counts, few, np.random.default_rng(3)):
        low, high = attacker.limits(weights)
        truth = sum(weight * year.counts.get(key, 0) for key, weight in weights.items())
        assert low - 1e-6 <= truth <= high + 1e-6, "the attacker knows something that is not so"
        is_small = low > 0.5 and high < few + 0.5
        if is_small or high - low < 1.5:
            found.append(weights)
    return found


def values_found(year: Year) -> dict[str, list[int]]:
    """By quantity the people whose value is known to a tenth of itself (ACRO's p)."""
    found = {}
    for what, limits in (("price", PRICE_RANGE), *((f"density_{week}", DENSITY_RANGE) for week in (12, 24, 52))):
        told, values = year.told(what)
        found[what] = list(SumAttacker(told, values, *limits).found(STRICT.p_ratio)) if told else []
    return found


@pytest.mark.parametrize("name", SIZES)
def test_no_group_of_ten_or_fewer_can_be_worked_out(name: str, year: Clinics) -> None:
    assert worked_out(year[name]) == []


def test_without_a_memory_the_same_attacker_finds_them(careless_year: Clinics) -> None:
    """Suppression alone does not hold over months; if the attacker found nothing here, it would prove nothing there."""
    assert worked_out(careless_year["large"])


@pytest.mark.parametrize("name", ["small", "middle"])
def test_two_profiles_together_tell_no_more_than_the_wider_one(name: str, own_year: Clinics) -> None:
    """The attacker has the figures of both, before, while and after the clinic had some for its own eyes."""
    released_by = {policy.name for r in own_year[name].releases for told in r.figures.values() for _, policy in told}
    assert released_by == {STRICT.name, OWN_CLINIC.name}
    assert worked_out(own_year[name], OWN_CLINIC.suppress_up_to) == []


def test_a_clinic_without_own_figures_is_told_nothing_more_for_those_of_others(
    year: Clinics, own_year: Clinics
) -> None:
    assert [r.figures for r in own_year["large"].releases] == [r.figures for r in year["large"].releases]


@pytest.mark.parametrize("name", ["small", "middle", "large"])
def test_no_single_value_can_be_worked_out_of_means(name: str, year: Clinics, own_year: Clinics) -> None:
    assert year["large"].told("price")[0], "no mean was told, so nothing was tried"
    for of in (year, own_year):
        assert not any(values_found(of[name]).values())


def test_without_a_rule_of_dominance_the_same_attacker_finds_some(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The guard remembers, and counts only people."""
    policy = replace(STRICT, dominant_share=1.0, p_ratio=0.0)
    of = released(tmp_path_factory.mktemp("home"), is_guarded=True, policy=policy, months=(5, 6, 7, 8))
    assert any(any(values_found(of[name]).values()) for name in SIZES)


def test_without_a_memory_means_are_sums_that_tell_single_values(careless_year: Clinics) -> None:
    assert any(any(values_found(careless_year[name]).values()) for name in SIZES)


@pytest.mark.parametrize("profile", ["hcup", "cms"])
def test_profiles_that_do_not_round_hold_too(profile: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Fewer months: counts that are told as they are leave the attacker more in each of them."""
    policy = PROFILES[profile]
    of = released(tmp_path_factory.mktemp("home"), is_guarded=True, policy=policy, months=(5, 8, 11))
    assert worked_out(of["middle"], policy.suppress_up_to) == []

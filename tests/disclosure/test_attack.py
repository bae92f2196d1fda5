"""Twelve months of releases in the hands of an attacker: no small group and no single value is to be worked out."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.disclosure.policy import CHOICES, OWN_CLINIC, PROFILES, STRICT
from tests.disclosure.attacker import SumAttacker
from tests.disclosure.groups import worked_out, zeros_found
from tests.disclosure.years import SIZES, Month, Year, laid_out, released

OWN_FROM = {3: {"small", "middle"}, 8: {"middle"}}
"""From the fourth month two clinics have figures for their own eyes; from the ninth one of them no longer."""

DENSITY_RANGE = (-150.0, 150.0)
"""Hairs per cm2: what a change can be at all."""

PRICE_RANGE = (0.0, 1e6)

Clinics = dict[str, Year]

ALIKE = {"nhs_hes": "opensafely", "acro": "ukllc"}
"""Profiles whose counts are those of another."""


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Month]:
    return laid_out(tmp_path_factory.mktemp("months"))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory, months: Sequence[Month]) -> Clinics:
    return released(tmp_path_factory.mktemp("home"), months)


@pytest.fixture(scope="module")
def own_year(tmp_path_factory: pytest.TempPathFactory, months: Sequence[Month]) -> Clinics:
    return released(tmp_path_factory.mktemp("home"), months, own=OWN_FROM)


@pytest.fixture(scope="module")
def careless_year(tmp_path_factory: pytest.TempPathFactory, months: Sequence[Month]) -> Clinics:
    """The same months by somebody who suppresses small counts and remembers nothing."""
    return released(tmp_path_factory.mktemp("home"), months, is_guarded=False)


def values_found(year: Year) -> dict[str, list[int]]:
    """By quantity the people whose value is known to a tenth of itself (ACRO's p)."""
    found = {}
    for what, limits in (("price", PRICE_RANGE), *((f"density_{week}", DENSITY_RANGE) for week in (12, 24, 52))):
        told, values = year.told(what)
        found[what] = list(SumAttacker(told, values, *limits).found(STRICT.p_ratio)) if told else []
    return found


@pytest.mark.parametrize("name", SIZES)
def test_no_group_of_ten_or_fewer_can_be_worked_out(name: str, year: Clinics) -> None:
    assert list(worked_out(year[name], STRICT.suppress_up_to)) == []


def test_without_a_memory_the_same_attacker_finds_them(careless_year: Clinics) -> None:
    """Suppression alone does not hold over months; if the attacker found nothing here, it would prove nothing there."""
    assert any(True for _ in worked_out(careless_year["large"], STRICT.suppress_up_to))


@pytest.mark.parametrize("name", ["small", "middle"])
def test_two_profiles_together_tell_no_more_than_the_wider_one(name: str, own_year: Clinics) -> None:
    """The attacker has the figures of both, before, while and after the clinic had some for its own eyes."""
    released_by = {policy.name for r in own_year[name].releases for told in r.figures.values() for _, policy in told}
    assert released_by == {STRICT.name, OWN_CLINIC.name}
    assert list(worked_out(own_year[name], OWN_CLINIC.suppress_up_to)) == []


def test_a_clinic_without_own_figures_is_told_nothing_more_for_those_of_others(
    year: Clinics, own_year: Clinics
) -> None:
    assert [r.figures for r in own_year["large"].releases] == [r.figures for r in year["large"].releases]


@pytest.mark.parametrize("name", ["small", "middle", "large"])
def test_no_single_value_can_be_worked_out_of_means(name: str, year: Clinics, own_year: Clinics) -> None:
    assert year["large"].told("price")[0], "no mean was told, so nothing was tried"
    for of in (year, own_year):
        assert not any(values_found(of[name]).values())


def test_without_a_rule_of_dominance_the_same_attacker_finds_some(
    tmp_path_factory: pytest.TempPathFactory, months: Sequence[Month]
) -> None:
    """The guard remembers, and counts only people."""
    policy = replace(STRICT, dominant_share=1.0, p_ratio=0.0)
    of = released(tmp_path_factory.mktemp("home"), months[5:9], policy=policy)
    assert any(any(values_found(of[name]).values()) for name in SIZES)


def test_without_a_memory_means_are_sums_that_tell_single_values(careless_year: Clinics) -> None:
    assert any(any(values_found(careless_year[name]).values()) for name in SIZES)


@pytest.mark.parametrize("profile", [name for name in CHOICES if name not in (STRICT.name, *ALIKE)])
def test_no_profile_that_a_home_may_choose_tells_a_small_group(
    profile: str, tmp_path_factory: pytest.TempPathFactory, months: Sequence[Month]
) -> None:
    policy = PROFILES[profile]
    of = released(tmp_path_factory.mktemp("home"), months, policy=policy)
    assert sum(len(release.figures) for release in of["large"].releases) > 100, "hardly anything was told"
    for name in SIZES:
        assert list(worked_out(of[name], policy.suppress_up_to)) == []
        assert policy.are_zeros_shown or zeros_found(of[name]) == []


def test_every_profile_is_attacked() -> None:
    for name, other in ALIKE.items():
        one, same = PROFILES[name], PROFILES[other]
        assert replace(one, name=other, source=same.source) == same


@pytest.mark.parametrize("profiles", [("strict", "ukllc")])
def test_a_change_of_profile_tells_no_more_than_the_wider_of_the_two(
    profiles: tuple[str, str], tmp_path_factory: pytest.TempPathFactory, months: Sequence[Month]
) -> None:
    """After half a year, when the same people are published once more by the other rule. The attacker knows both, and
    which figure was rounded by which."""
    one, other = (PROFILES[name] for name in profiles)
    of = released(tmp_path_factory.mktemp("home"), [*months[:6], *months[5:]], policy=one, policies={6: other})
    told = {rule.name for release in of["large"].releases for known in release.figures.values() for _, rule in known}
    assert told == {one.name, other.name}
    for name in SIZES:
        assert list(worked_out(of[name], min(one.suppress_up_to, other.suppress_up_to))) == []
        assert (one.are_zeros_shown or other.are_zeros_shown) or zeros_found(of[name]) == []

"""Many arms in one population: the truth is found, two arms stay what they were, and who has no place is told."""

from collections.abc import Callable

import duckdb
import numpy as np
import pytest

from pipeline.contract.results import REASONS, Comparison, Estimate
from pipeline.studies.contrasts.adjusted import effects, pair_of
from pipeline.studies.contrasts.compare import ask, ask_study, people_of
from pipeline.studies.contrasts.joint import Joint
from pipeline.studies.contrasts.joint_answers import APART, IN_PAIRS
from pipeline.studies.contrasts.joint_results import results
from pipeline.studies.estimators.effect import Effect
from pipeline.studies.people.frame import Frame, read_frame
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.study import compare_adjusted, run_study
from tests.studies import world

DEEPER, DEEPEST = "1_40_to_1_60", "over_1_60"
_DEEPER = f"UPDATE exposure SET depth_band = '{DEEPER}' WHERE is_needling AND participant_id % 5 < 2"
"""Two fifths of those who needle go deeper, without any other difference."""


def found(people: int, *changes: str, **how: float) -> Comparison:
    with duckdb.connect() as con:
        world.build(con, people, **how)  # type: ignore[arg-type]
        for change in changes:
            con.execute(change)
        return compare_adjusted(con, ask(con, "depth", "hair_density", 24, reference="none"))


@pytest.fixture(scope="module")
def large() -> Comparison:
    return found(5000, _DEEPER)


def headlines(comparison: Comparison) -> dict[str, Estimate]:
    return {e.arm: e for e in comparison.estimates if e.role == "headline"}


def test_every_contrast_finds_the_truth_in_one_population(large: Comparison) -> None:
    joint = large.diagnostics["joint"]
    assert {row["arm"] for row in joint["arms"]} == {"none", "0_45_to_0_60", DEEPER}
    assert joint["not_part"] == []
    assert joint["n"] + joint["n_left_out"] == 5000
    for estimate in headlines(large).values():
        assert estimate.method == joint["headline"] == "seq_dr"
        assert abs(estimate.estimate - world.TRUE_GAIN) < 2.5 * estimate.std_error  # type: ignore[operator]
    assert large.estimand["population"].startswith("people of kinds that all arms have")
    assert all(row["population"] == "of all arms in one model" for row in large.diagnostics["contrasts"])


def test_every_method_stands_beside_it(large: Comparison) -> None:
    methods = {e.method for e in large.estimates if e.arm == DEEPER and e.role == "sensitivity"}
    assert methods == {"seq_dr_overlap", "mmrm", "iptw", "overlap_weights", "aipw", "ancova", "ancova_by_clinic"}


def test_intervals_that_hold_at_once_are_wider_than_each_alone(large: Comparison) -> None:
    at_once = large.diagnostics["joint"]["simultaneous"]
    assert 1.96 < at_once["quantile"] < 2.24  # Bonferroni for two; the contrasts share their reference
    for row in at_once["contrasts"]:
        alone = headlines(large)[row["contrast"].split(" vs ")[0]]
        assert row["ci_lower"] < alone.ci_lower  # type: ignore[operator]
        assert row["ci_upper"] > alone.ci_upper  # type: ignore[operator]
        assert row["p_value"] >= alone.p_value  # type: ignore[operator]


def test_weighting_brings_every_arm_to_everybody(large: Comparison) -> None:
    rows = [row for row in large.diagnostics["joint"]["balance"] if row["covariate"] == "stage_rank"]
    assert {row["arm"] for row in rows} == {"none", "0_45_to_0_60", DEEPER}
    assert max(abs(row["before"]) for row in rows) > 0.3
    assert max(abs(row["after"]) for row in large.diagnostics["joint"]["balance"]) < 0.1


def test_two_arms_are_what_they_were() -> None:
    study = find_study("c3-density-week-24")
    with duckdb.connect() as con:
        world.build(con, 800)
        asked = compare_adjusted(con, ask(con, "depth", "hair_density", 24, reference="none"))
        known = run_study(con, study)
    assert "joint" not in asked.diagnostics
    numbers = [(e.method, e.role, e.estimate, e.std_error, e.p_value) for e in asked.estimates if e.reference]
    assert numbers == [(e.method, e.role, e.estimate, e.std_error, e.p_value) for e in known.estimates if e.reference]


def frame(people: int, change: Callable[[duckdb.DuckDBPyConnection], object] = lambda _: None) -> Frame:
    with duckdb.connect() as con:
        world.build(con, people)
        change(con)
        population = people_of(con, ask_study(con, find_study("c3-density-week-24")))
        assert not isinstance(population, str)
        return read_frame(con, population)


def test_the_model_of_many_arms_gives_two_arms_the_figures_of_a_pair() -> None:
    pair = pair_of(frame(2500), "needling", "none")
    assert isinstance(pair.chance, np.ndarray)
    sloped = tuple(range(pair.x.shape[1]))
    joint = Joint(("none", "needling"), pair.arm, pair.y, pair.given, sloped, pair.clinic, (0, 0), pair.chance)
    by_arm, _ = results(joint)
    alone = effects(pair, is_ordinal=False)
    assert set(by_arm["needling"]) == set(alone) - {"entropy_balancing"}
    for method, here in by_arm["needling"].items():
        there = alone[method]
        assert isinstance(here, Effect)
        assert isinstance(there, Effect)
        assert (here.estimate, here.std_error, here.df) == pytest.approx(
            (there.estimate, there.std_error, there.df), rel=1e-9
        ), method


def test_an_arm_of_too_few_is_given_as_it_is_and_has_no_part() -> None:
    few = f"UPDATE exposure SET depth_band = '{DEEPEST}' WHERE is_needling AND participant_id BETWEEN 1 AND 50"
    comparison = found(1500, _DEEPER, few)
    assert comparison.diagnostics["joint"]["not_part"] == [{"arm": DEEPEST, "reason": "too_few_to_adjust"}]
    assert "too_few_to_adjust" in REASONS
    assert headlines(comparison)[DEEPEST].method == "welch"
    assert headlines(comparison)[DEEPER].method == "mmrm"
    assert any(DEEPEST in warning and APART in warning for warning in comparison.warnings)
    assert len(comparison.diagnostics["joint"]["simultaneous"]["contrasts"]) == 2


def test_an_arm_of_other_people_leaves_the_model_and_the_rest_stays() -> None:
    apart = f"UPDATE exposure SET depth_band = '{DEEPEST}' WHERE is_needling AND participant_id IN " \
            "(FROM participants SELECT participant_id WHERE stage_rank > 5)"  # fmt: skip
    comparison = found(2500, _DEEPER, apart)
    joint = comparison.diagnostics["joint"]
    assert [row["arm"] for row in joint["not_part"]] == [DEEPEST]
    assert joint["not_part"][0]["reason"] in ("separation", "no_overlap", "too_few_of_a_kind")
    assert {row["arm"] for row in joint["arms"]} == {"none", "0_45_to_0_60", DEEPER}


def test_without_a_common_population_the_contrasts_stand_in_pairs_and_say_so() -> None:
    kinds = "UPDATE participants SET sex = CASE WHEN participant_id % 5 < 2 THEN 'female' ELSE 'male' END"
    comparison = found(1200, kinds, _DEEPER)
    assert "joint" not in comparison.diagnostics
    assert IN_PAIRS in comparison.warnings
    assert all(row["population"] == "of these two arms" for row in comparison.diagnostics["contrasts"])


def test_same_bits_on_one_thread_and_many() -> None:
    assert found(600, _DEEPER, "SET threads = 1") == found(600, _DEEPER)

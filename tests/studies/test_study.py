"""Studies where the truth is known: the headline finds it, the naive figure does not, and doubt is said."""

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import numpy as np
import pytest

from pipeline.contract.methods import METHODS
from pipeline.contract.results import REASONS, Comparison, Estimate
from pipeline.studies.contrasts.adjusted import RARER, distinct, pooled
from pipeline.studies.contrasts.compare import ask
from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.inputs import Covariates
from pipeline.studies.estimators.reasons import REASONS as ESTIMATION
from pipeline.studies.protocols.catalogue import find_study, paths
from pipeline.studies.protocols.protocol import Contrast
from pipeline.studies.study import compare_adjusted, run_study
from tests.studies import small_version, world

STUDY = find_study("c3-density-week-24")


def run(people: int, **how: float) -> Comparison:
    with duckdb.connect() as con:
        world.build(con, people, **how)  # type: ignore[arg-type]
        return run_study(con, STUDY, "v1")


@pytest.fixture(scope="module")
def large() -> Comparison:
    return run(3000)


def headline(found: Comparison) -> Estimate:
    (only,) = (e for e in found.estimates if e.role == "headline")
    return only


def of(found: Comparison, method: str) -> Estimate:
    return next(e for e in found.estimates if e.method == method and e.reference)


def misses_by(estimate: Estimate) -> float:
    """Standard errors between an estimate and the truth."""
    assert estimate.estimate is not None
    assert estimate.std_error is not None
    return abs(estimate.estimate - world.TRUE_GAIN) / estimate.std_error


def test_the_headline_finds_the_truth_that_the_naive_figure_misses(large: Comparison) -> None:
    assert headline(large).method == "seq_dr"
    assert misses_by(headline(large)) < 2.5
    assert misses_by(of(large, "mmrm")) < 2.5
    assert misses_by(of(large, "welch")) > 4


@pytest.mark.parametrize("method", ["ancova", "iptw", "overlap_weights", "aipw", "entropy_balancing"])
def test_methods_for_those_who_stayed_mend_the_choice_of_arm_and_say_whom_they_are_about(
    large: Comparison, method: str
) -> None:
    stayed = of(large, method)
    assert stayed.role == "sensitivity"
    assert METHODS[method].startswith("Those who stayed only")
    assert misses_by(stayed) < 2.5 < misses_by(of(large, "welch"))


def test_every_number_says_its_role_and_every_gap_its_reason(large: Comparison) -> None:
    roles = {e.method: e.role for e in large.estimates}
    assert roles == {"seq_dr": "headline", "seq_dr_overlap": "sensitivity", "mmrm": "sensitivity",
                     "ancova": "sensitivity", "ancova_by_clinic": "sensitivity", "iptw": "sensitivity",
                     "overlap_weights": "sensitivity", "aipw": "sensitivity", "entropy_balancing": "sensitivity",
                     "welch": "unadjusted"}  # fmt: skip
    assert set(roles) <= METHODS.keys()
    assert all(e.reason in REASONS | ESTIMATION for e in large.estimates if not e.is_given)
    assert headline(large).p_adjusted == headline(large).p_value


def test_a_passing_study_tells_what_it_rests_on(large: Comparison) -> None:
    assert large.gate == "pass"
    (numbers,) = large.diagnostics["contrasts"]
    assert numbers["headline"] == "seq_dr"
    before = {row["covariate"]: abs(row["before"]) for row in numbers["balance"]}
    after = {row["covariate"]: abs(row["after"]) for row in numbers["balance"]}
    assert before["stage_rank"] > 0.5
    assert max(after.values()) <= 0.1
    assert numbers["e_value"]["estimate"] > numbers["e_value"]["limit"] > 1
    assert numbers["tipping_point"] < 0
    assert numbers["clinic_confounded"] is False
    assert numbers["detectable_difference"] > 0
    assert large.estimand["summary"] == "difference of means"
    assert not any(warning.startswith("Not adjusted") for warning in large.warnings)


def test_smaller_studies_have_a_more_careful_headline() -> None:
    assert headline(run(600)).method == "mmrm"
    few = run(48, confounding=0)
    assert headline(few).method == "welch"
    assert few.gate == "caution"
    assert any("too few people to adjust" in warning for warning in few.warnings)
    assert few.estimand["population"] == "people of the arms whose visit has passed"  # nobody was left out


def test_arms_of_different_people_are_withheld_from_the_headline() -> None:
    found = run(1500, confounding=3.0)
    assert found.gate == "fail"
    assert (headline(found).estimate, headline(found).reason) == (None, "failed_diagnostics")
    opened = [e for e in found.estimates if e.method == headline(found).method and e.role == "sensitivity"]
    assert opened[0].is_given  # a researcher may open it
    (numbers,) = found.diagnostics["contrasts"]
    assert not {"e_value", "tipping_point", "if_leavers_did_worse"} & numbers.keys()  # they would tell it
    assert numbers["always_valid"] is None
    assert "standardised difference" in found.warnings[0] or "are worth" in found.warnings[0]


def test_sameness_is_judged_against_the_margin(large: Comparison) -> None:
    def same(margin: float) -> bool:
        with duckdb.connect() as con:
            world.build(con, 3000)
            protocol = replace(STUDY, aim="equivalence", contrast=Contrast("needling", "none", margin))
            return bool(run_study(con, protocol).diagnostics["contrasts"][0]["equivalence"]["is_same"])

    assert same(8.0)
    assert not same(4.3)
    assert "equivalence" not in large.diagnostics["contrasts"][0]


def test_rare_words_are_taken_together_or_for_the_commonest() -> None:
    one = np.repeat([True, False], 40)
    words = (["a"] * 25 + ["b"] * 6 + ["c"] * 6 + ["d"] * 3) * 2
    assert set(pooled(words, one, ~one)) == {"a", RARER}
    assert pooled(words, one, ~one).count(RARER) == 30
    assert set(pooled(["a"] * 77 + ["b"] * 3, one, ~one)) == {"a"}
    assert list(pooled(["a", "b"] * 40, one, ~one)) == ["a", "b"] * 40


def test_a_column_that_follows_from_others_in_one_arm_is_left_out() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(100, 3))
    one = np.arange(100) < 50
    x[one, 2] = x[one, 0] - 2 * x[one, 1]  # in the other arm it is free
    found = distinct(Covariates(Design.of(x), ("a", "b", "c"), ()), one, ~one)
    assert found.names == ("a", "b")
    assert found.left_out == (("c", "follows_from_others"),)
    assert np.array_equal(found.matrix, x[:, :2])


def test_what_could_not_be_adjusted_for_is_said() -> None:
    with duckdb.connect() as con:
        world.build(con, 600)
        con.execute("UPDATE participants SET sex = CASE WHEN participant_id < 12 THEN 'female' ELSE 'male' END")
        found = run_study(con, STUDY)
    assert found.gate == "caution"
    assert {"covariate": "sex", "reason": "too_few_of_a_kind"} in found.diagnostics["contrasts"][0]["not_adjusted_for"]
    assert any("Could not be adjusted for" in warning and "sex" in warning for warning in found.warnings)


@pytest.fixture(scope="module")
def small() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        small_version.build(con)
        yield con


@pytest.mark.parametrize("study", paths(None))
def test_what_cannot_be_answered_is_refused_with_a_reason(small: duckdb.DuckDBPyConnection, study: str) -> None:
    found = run_study(small, find_study(study))
    if not headline(found).is_given:
        assert found.gate == "fail"
        assert headline(found).reason in REASONS | ESTIMATION
    assert all(e.reason in REASONS | ESTIMATION for e in found.estimates if not e.is_given)


def test_a_question_of_many_arms_is_adjusted_contrast_by_contrast() -> None:
    with duckdb.connect() as con:
        world.build(con, 3000)
        con.execute("UPDATE exposure SET depth_band = '1_40_to_1_60' WHERE participant_id % 3 = 0 AND is_needling")
        found = compare_adjusted(con, ask(con, "depth", "hair_density", 24, reference="none", version="v1"))
    headlines = {e.arm: e for e in found.estimates if e.role == "headline"}
    assert set(headlines) == {"0_45_to_0_60", "1_40_to_1_60"}
    assert all(misses_by(e) < 2.5 for e in headlines.values())
    assert all(e.p_adjusted >= e.p_value for e in headlines.values())  # type: ignore[operator]
    assert [row["contrast"] for row in found.diagnostics["contrasts"]] == [
        "0_45_to_0_60 vs none", "1_40_to_1_60 vs none",
    ]  # fmt: skip
    crude = compare_unadjusted(found)
    assert set(crude) == {("mean", arm.arm) for arm in found.arms} | {("difference", arm) for arm in headlines}


def compare_unadjusted(found: Comparison) -> list[tuple[str, str]]:
    return [(e.quantity, e.arm) for e in found.estimates if e.role == "unadjusted"]


def test_same_bits_on_one_thread_and_many() -> None:
    with duckdb.connect() as con:
        world.build(con, 600)
        many = run_study(con, STUDY)
        con.execute("SET threads = 1")
        assert run_study(con, STUDY) == many

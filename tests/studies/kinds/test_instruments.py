"""Is a change minimal, do people differ, does it matter when one begins? Where the truth is known."""

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import numpy as np
import pytest

from pipeline.contract.results import REASONS, Comparison, Estimate
from pipeline.studies.claims.claims import verdicts
from pipeline.studies.estimators.reasons import REASONS as ESTIMATION
from pipeline.studies.preview import preview
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.protocols.protocol import Contrast
from pipeline.studies.study import run_study
from tests.studies import world

STUDIES = ("c4-minimal", "c4-spread-beyond-error", "c4-spread-against-none", "c6-early-stages")

EASY = {"c4-minimal": "supported", "c4-spread-beyond-error": "contradicted"}
"""In this world the change is far under its limit and the spread far under the error: few people show as much."""


def run(con: duckdb.DuckDBPyConnection, study: str) -> Comparison:
    return run_study(con, find_study(study), "v1")


def headline(found: Comparison) -> Estimate:
    (only,) = (e for e in found.estimates if e.role == "headline")
    return only


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        world.build(connection, 4000)
        yield connection


@pytest.fixture(scope="module")
def small() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        world.build(connection, 120)
        yield connection


def test_the_mean_of_one_arm_is_that_of_all_not_of_those_who_stayed(con: duckdb.DuckDBPyConnection) -> None:
    found = run(con, "c4-minimal")
    (truth,) = con.execute("SELECT avg(week24) / 1000 FROM person WHERE needles").fetchall()[0]
    low, high = headline(found).ci_lower, headline(found).ci_upper
    assert low is not None
    assert high is not None
    assert low < truth < high
    stayed = next(e for e in found.estimates if e.role == "unadjusted")
    assert stayed.estimate is not None
    assert stayed.estimate > high
    assert found.gate == "pass"
    (numbers,) = found.diagnostics["contrasts"]
    assert numbers["limit"] == 13
    assert numbers["tipping_point"] > 20
    assert "not what needling did" in " ".join(found.warnings)


def test_the_spread_is_held_against_error_and_against_the_other_arm(con: duckdb.DuckDBPyConnection) -> None:
    (own,) = con.execute("SELECT var_pop(week24 / 1000) FROM person WHERE needles").fetchall()[0]
    error = headline(run(con, "c4-spread-beyond-error"))
    assert error.estimate == pytest.approx(own / (2 * 7.5**2), rel=0.1)
    assert error.contrast == "needling vs measurement error"
    against = headline(run(con, "c4-spread-against-none"))
    assert against.ci_lower is not None
    assert against.ci_upper is not None
    assert against.ci_lower < 1 < against.ci_upper
    assert against.unit == "ratio of variances"


def test_the_interaction_is_the_difference_of_its_two_differences(con: duckdb.DuckDBPyConnection) -> None:
    found = run(con, "c6-early-stages")
    main = headline(found)
    one, other = (e for e in found.estimates if e.quantity == "difference" and e.method == main.method)
    assert one.estimate is not None
    assert other.estimate is not None
    assert main.estimate == pytest.approx(one.estimate - other.estimate)
    assert main.std_error == pytest.approx(np.hypot(one.std_error or 0, other.std_error or 0))
    assert abs(main.estimate or 9) < 3 * (main.std_error or 0)
    (numbers,) = found.diagnostics["contrasts"]
    assert "stage_rank" in numbers["adjusted_for"]
    assert [part["contrast"] for part in numbers["parts"]] == [
        "early_needling vs early_none",
        "later_needling vs later_none",
    ]


@pytest.mark.parametrize("study", STUDIES)
def test_few_people_are_no_verdict(small: duckdb.DuckDBPyConnection, study: str) -> None:
    found = run(small, study)
    (verdict,) = verdicts([(find_study(study), found)])
    assert verdict.judgement in {"not enough people", "failed diagnostics", EASY.get(study)}
    assert all(e.reason in REASONS | ESTIMATION for e in found.estimates if not e.is_given)


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("UPDATE exposure SET is_needling = NULL", "no_arm"),
        ("DELETE FROM outcome_change; DELETE FROM baseline", "instrument_absent"),
        ("UPDATE participants SET observed_until_day = 100", "not_yet_due"),
        ("DELETE FROM outcome_change WHERE participant_id > 8", "too_few"),
    ],
)
def test_what_cannot_be_answered_says_why(study: str, spoil: str, reason: str) -> None:
    with duckdb.connect() as con:
        world.build(con, 200)
        con.execute(spoil)
        found = run(con, study)
    assert (headline(found).estimate, headline(found).reason, found.reason) == (None, reason, reason)
    assert found.gate == "fail"
    found.to_json()


def test_without_a_known_error_nothing_is_held_against_it() -> None:
    with duckdb.connect() as con:
        world.build(con, 200)
        con.execute("UPDATE instruments SET measurement_error = NULL")
        study = find_study("c4-spread-beyond-error")
        found = run_study(con, study)
        (verdict,) = verdicts([(study, found)])
    assert headline(found).reason == "no_measurement_error"
    assert verdict.judgement == "not answerable"


@pytest.mark.parametrize("study", STUDIES)
def test_a_look_before_the_outcome_tells_what_could_be_seen(con: duckdb.DuckDBPyConnection, study: str) -> None:
    seen = preview(con, find_study(study))
    assert seen["reason"] is None
    assert 0.1 < seen["detectable_difference"] < 3


def test_people_whom_nobody_resembles_are_no_interaction() -> None:
    with duckdb.connect() as con:
        world.build(con, 3000, confounding=2.5)
        found, spread = run(con, "c6-early-stages"), run(con, "c4-spread-against-none")
    assert found.gate == "fail"
    assert headline(found).reason in ("failed_diagnostics", "too_few_effective")
    assert headline(spread).reason == headline(found).reason
    for withheld in (found, spread):  # what rests on a figure is withheld with it
        (numbers,) = withheld.diagnostics["contrasts"]
        assert {numbers.get(key) for key in ("always_valid", "e_value", "detectable_difference")} == {None}


def test_a_protocol_made_by_hand_without_its_contrast_is_no_crash(con: duckdb.DuckDBPyConnection) -> None:
    for study in STUDIES:
        broken = replace(find_study(study), contrast=Contrast("nobody", ""), against=None)
        assert headline(run_study(con, broken)).reason == "no_arm"

"""The same contrast with exposure settled on other days and without tied depths, and what people did afterwards."""

from typing import Any

import duckdb
import pytest

from pipeline.contract.results import Comparison
from pipeline.studies.contrasts.compare import ask
from pipeline.studies.contrasts.landmarks import NOT_REPEATED
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.study import compare_adjusted, run_study
from tests.studies import world

DEEP = "1_40_to_1_60"


def found(change: str = "SELECT 1", *, by: str = "depth", week: int = 24, sensitivity: bool = True) -> Comparison:
    with duckdb.connect() as con:
        world.build(con, 600)
        con.execute(change)
        question = ask(con, by, "hair_density", week, reference="none" if by == "depth" else None)
        return compare_adjusted(con, question, sensitivity=sensitivity)


def rows(comparison: Comparison) -> dict[tuple[int, bool], dict[str, Any]]:
    told = comparison.diagnostics["sensitivity_landmarks"]
    return {(row["landmark_days"], row["without_depth_ties"]): row for row in told}


def test_every_landmark_has_its_row_and_the_comparisons_own_is_among_them() -> None:
    comparison = found()
    told = rows(comparison)
    assert list(told) == [(28, False), (56, False), (84, False)]  # nobody's depth is tied
    headline = next(e for e in comparison.estimates if e.role == "headline")
    for row in told.values():  # in this world everybody's arm is the same by each day
        assert (row["estimate"], row["method"]) == (pytest.approx(headline.estimate, rel=1e-9), headline.method)


def test_another_landmark_has_the_arms_of_its_own_day() -> None:
    plain = rows(found())
    moved = rows(
        found("""UPDATE exposure SET depth_band = 'none' WHERE landmark_days = 28
        AND participant_id IN (
          FROM outcome_change SELECT participant_id WHERE visit_week = 24 AND improvement_milli > 9000)""")
    )
    assert moved[28, False]["estimate"] < plain[28, False]["estimate"] - 2
    assert moved[84, False]["estimate"] == plain[84, False]["estimate"]


def test_people_of_tied_depths_are_left_out_of_one_row_alone() -> None:
    told = rows(
        found("""UPDATE exposure SET is_depth_tied = true WHERE is_needling AND participant_id % 5 = 0;
        UPDATE outcome_change SET improvement_milli = improvement_milli + 30000 FROM exposure e
        WHERE e.participant_id = outcome_change.participant_id AND e.is_depth_tied AND e.landmark_days = 84""")
    )
    assert set(told) == {(28, False), (56, False), (84, False), (84, True)}
    assert told[84, True]["n"] < told[84, False]["n"]
    assert told[84, True]["estimate"] < told[84, False]["estimate"] - 3


def test_a_landmark_after_the_visit_opens_has_no_row() -> None:
    assert {day for day, _ in rows(found(week=12))} == {28, 56}


def test_arms_told_by_no_exposure_have_none_and_it_can_be_switched_off() -> None:
    assert "sensitivity_landmarks" not in found(by="stage").diagnostics
    off, on = found(sensitivity=False), found()
    assert "sensitivity_landmarks" not in off.diagnostics
    assert off.estimates == on.estimates
    assert NOT_REPEATED in off.warnings
    assert NOT_REPEATED not in (*on.warnings, *found(by="stage", sensitivity=False).warnings)


def test_what_people_changed_afterwards_is_counted_and_assigns_nobody() -> None:
    change = """UPDATE exposure SET n_depth_switches = 2 WHERE is_needling AND participant_id < 60;
        UPDATE exposure SET adjuncts_started_later = ['prp'] WHERE NOT is_needling AND participant_id < 100;
        UPDATE exposure SET started_needling_later = true WHERE NOT is_needling AND participant_id < 40"""
    told = {row["arm"]: row for row in found(change).diagnostics["switching"]}
    assert 0 < told["0_45_to_0_60"]["n_changed_needle_length"] < 60
    assert told["0_45_to_0_60"]["n_began_needling"] == told["none"]["n_changed_needle_length"] == 0
    assert 0 < told["none"]["n_began_needling"] < told["none"]["n_began_another_treatment"]
    assert [e.estimate for e in found(change).estimates] == [e.estimate for e in found().estimates]


def test_a_study_of_the_catalogue_has_them_too() -> None:
    with duckdb.connect() as con:
        world.build(con, 300)
        comparison = run_study(con, find_study("c3-density-week-24"))
    assert set(rows(comparison)) == {(28, False), (56, False), (84, False)}

"""Negative controls: found where they can be one, judged by size, and silent with a reason elsewhere."""

import duckdb
import pytest

from pipeline.contract.results import REASONS, Comparison
from pipeline.studies.contrasts.negative_control import BACK, BEFORE
from pipeline.studies.estimators.reasons import REASONS as ESTIMATION
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.study import run_study
from tests.studies import world

STUDY = find_study("c3-density-week-24")
MARGIN = 4.3

AT_THE_BACK = """
INSERT INTO back_of_head SELECT participant_id, 'hair_density', NULL, 'software', NULL, 24, 168,
  1000 * ((participant_id * 7919) % 9 - 4) + {milli} * needles::INT FROM person;
"""
BEFORE_ZERO = """
INSERT INTO before_start SELECT participant_id, 'hair_density', 'crown', NULL, 'software', NULL, {day}, 0,
  100 * (baseline - (participant_id * 7919) % 90 - {tenths} * needles::INT), 100 * baseline FROM person
"""


def run(*changes: str, study: str = STUDY.id, people: int = 2000) -> Comparison:
    with duckdb.connect() as con:
        world.build(con, people)
        for change in changes:
            con.execute(change)
        return run_study(con, find_study(study), sensitivity=False)


def control(found: Comparison, name: str) -> dict[str, object]:
    numbers = found.diagnostics["contrasts"][0]
    return dict(numbers.get("parts", [numbers])[0]["negative_control"][name])


def test_without_any_the_diagnostics_say_so() -> None:
    found = run()
    for name in (BACK, BEFORE):
        assert control(found, name) == {"estimate": None, "reason": "no_negative_control"}
    assert found.gate == "pass"


@pytest.mark.parametrize(("milli", "exceeds"), [(0, False), (3000, False), (6000, True), (-6000, True)])
def test_the_back_of_the_head_is_judged_by_size_and_not_by_p(milli: int, exceeds: bool) -> None:
    found = run(AT_THE_BACK.format(milli=milli))
    back = control(found, BACK)
    assert back["exceeds"] is exceeds
    assert back["estimate"] == pytest.approx(milli / 1000, abs=0.5)
    assert found.gate == ("caution" if exceeds else "pass")
    assert any("back of the head" in warning for warning in found.warnings) is exceeds
    assert found.estimates[0].is_given
    assert found.estimand["measured_as"]["region"] == "crown"


@pytest.mark.parametrize(("tenths", "exceeds"), [(0, False), (60, True)])
def test_the_course_before_the_start_is_carried_on_to_the_visit(tenths: int, exceeds: bool) -> None:
    found = run(BEFORE_ZERO.format(day=-168, tenths=tenths))
    before = control(found, BEFORE)
    assert before["estimate"] == pytest.approx(tenths / 10, abs=0.5)
    assert before["exceeds"] is exceeds
    twice_as_steep = control(run(BEFORE_ZERO.format(day=-84, tenths=tenths)), BEFORE)
    assert twice_as_steep["estimate"] == pytest.approx(tenths / 5, abs=1)


def test_what_was_measured_before_the_landmark_is_no_answer() -> None:
    early = "UPDATE back_of_head SET visit_day = 80"
    back = control(run(AT_THE_BACK.format(milli=6000), early), BACK)
    assert back == {"estimate": None, "reason": "no_negative_control"}


def test_a_control_that_reaches_further_than_what_matters_is_silent() -> None:
    few = "DELETE FROM back_of_head WHERE participant_id > 45"
    wide = "UPDATE back_of_head SET improvement_milli = 9 * improvement_milli"
    found = run(AT_THE_BACK.format(milli=0), few, wide)
    back = control(found, BACK)
    assert (back["exceeds"], back["reason"]) == (None, "control_imprecise")
    assert found.gate == "pass"


def test_too_few_people_are_no_control() -> None:
    few = "DELETE FROM back_of_head WHERE participant_id > 12"
    assert control(run(AT_THE_BACK.format(milli=0), few), BACK)["reason"] == "too_few"


@pytest.mark.parametrize("study", ["c6-early-stages", "c4-spread-against-none"])
def test_other_questions_have_theirs(study: str) -> None:
    found = run(AT_THE_BACK.format(milli=6000), study=study, people=3000)
    assert control(found, BACK)["exceeds"] is True
    assert found.gate == "caution"


def test_every_reason_has_its_sentence() -> None:
    codes = {"no_negative_control", "control_imprecise", "no_margin", "too_few", "no_variation"}
    assert codes <= (REASONS | ESTIMATION).keys()

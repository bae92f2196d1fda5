"""Published trials beside a study: matched by what is compared, converted, and pooled only where that is right."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from pipeline.contract.evidence import TrialRow, trials
from pipeline.studies.claims.evidence import NOTHING_COMPARED, NOTHING_FOUND, OTHER_QUESTION, beside
from pipeline.studies.claims.evidence_contrast import REASONS
from pipeline.studies.protocols.catalogue import find_study, paths
from pipeline.studies.protocols.comparison_kind import IN_WORDS, of_study
from pipeline.studies.protocols.protocol import Contrast, Outcome, People, Protocol, ProtocolArm, Range

STUDY = find_study("c3-density-week-24")


def found(document: Mapping[str, Any], trial: str, arm: str = "needling") -> dict[str, Any]:
    (row,) = (row for row in document["trials"] if (row["trial"], row["arm"]) == (trial, arm))
    return dict(row)


def reasons(row: Mapping[str, Any]) -> set[str]:
    return {reason["code"] for reason in row["reasons"]}


@pytest.mark.parametrize("study", paths(None))
def test_every_study_of_the_catalogue_has_its_trials_or_says_why_not_and_pools_none_today(study: str) -> None:
    """No published contrast has area, spread, people, lot and a copy that agrees: nothing may be pooled yet."""
    document = beside(find_study(study))
    json.dumps(document, allow_nan=False)
    assert document["pooled"] is None
    assert document["why"].startswith(("Shown, not pooled: none", NOTHING_FOUND, NOTHING_COMPARED, OTHER_QUESTION))
    for row in document["trials"]:
        assert row["reasons"], row
        assert all(reason["sentence"] == REASONS[reason["code"]] for reason in row["reasons"])
        assert "best" not in json.dumps(row["reasons"])


def test_figures_come_in_the_studys_unit_and_keep_what_was_printed() -> None:
    document = beside(STUDY)
    kumar = found(document, "kumar-2018")
    assert kumar["difference"] == pytest.approx((12.52 - 1.89) / 2.54**2, rel=1e-6)
    assert kumar["unit"] == document["unit"] == "/cm2"
    assert "needling: change 12.52 /inch2" in kumar["printed"]
    assert "needling: change 12.82 /inch2, another copy" in kumar["printed"]
    assert reasons(kumar) >= {"contradicted", "spread_not_known"}
    assert found(document, "dhurat-2013")["difference"] == pytest.approx(69.2)
    yu = found(document, "yu-2018")
    assert yu["difference"] is None
    assert reasons(yu) == {"area_not_stated", "spread_not_known", "same_head"}


def test_what_was_published_disagrees_and_says_so() -> None:
    assert "Published differences of this comparison run from +1.6 to +69.2 /cm2." in beside(STUDY)["why"]


def test_depth_is_put_beside_a_question_of_depth_and_beside_no_other() -> None:
    schedules = beside(find_study("c1-schedules"))
    faghihi = found(schedules, "faghihi-2021", "deep")
    assert reasons(faghihi) == {"not_comparable", "no_figure", "other_follow_up"}
    assert any("no test of one depth against the other" in note for note in faghihi["notes"])
    assert {row["name"] for row in schedules["reviews"]} == {"Xu 2024", "Ahmed 2025"}
    assert ("faghihi-2021", "shallow") not in {(r["trial"], r["reference"]) for r in beside(STUDY)["trials"]}


def test_an_adjunct_is_put_beside_its_own_trials_alone() -> None:
    minoxidil = beside(find_study("c2-minoxidil-together"))
    assert {row["trial"] for row in minoxidil["trials"]} == {"bao-2020", "bao-2022", "yu-2020"}
    assert [row["name"] for row in minoxidil["reviews"]] == ["Gupta 2023"]
    ketoconazole = beside(find_study("c2-ketoconazole-together"))
    assert (ketoconazole["trials"], ketoconazole["reviews"], ketoconazole["why"]) == ([], [], NOTHING_FOUND)


def test_kinds_of_hair_loss_are_kept_apart() -> None:
    areata = {row["trial"] for row in beside(find_study("c7-areata"))["trials"]}
    assert areata == {"aboeldahab-2021", "abdallah-2020"}
    assert not areata & {row["trial"] for row in beside(STUDY)["trials"]}


def test_responders_are_no_differences_of_the_scale() -> None:
    sinclair = replace(STUDY, outcome=Outcome("sinclair", 24))
    row = found(beside(sinclair), "female-pattern-2022")
    assert (row["difference"], reasons(row)) == (None, {"responders_only"})
    assert row["printed"] == ["needling: responders 85 %", "minoxidil: responders 45 %"]


def test_a_doubtful_review_is_shown_with_its_doubt() -> None:
    xu = next(row for row in beside(STUDY)["reviews"] if row["measure"] == "SMD" and row["value"] > 5)
    assert xu["doubts"] == ["what should hold does not: A standardised difference lies among its own subgroups."]


def test_a_study_that_compares_nothing_has_no_trials() -> None:
    alone = replace(STUDY, aim="course", contrast=None)
    assert beside(alone) == {
        "compares": None, "unit": None, "trials": [], "reviews": [], "pooled": None, "why": NOTHING_COMPARED,
    }  # fmt: skip


def test_a_question_that_is_not_about_means_gets_no_difference_of_means() -> None:
    asked = beside(replace(STUDY, aim="variation"))
    assert (asked["trials"], asked["reviews"], asked["why"]) == ([], [], OTHER_QUESTION)


def test_arms_are_told_apart_by_what_they_say() -> None:
    def kind(one: dict[str, Any], other: dict[str, Any], people: People = STUDY.people) -> str | None:
        arms = (ProtocolArm("a", "", one), ProtocolArm("b", "", other))
        made = of_study(replace(STUDY, arms=arms, people=people, contrast=Contrast("a", "b")))
        return made.kind if made else None

    assert kind({"needle_length_mm": Range(0.4, 0.6)}, {"needling": False}) == "needling_added"
    assert kind({"needle_length_mm": Range(0.4, 0.6)}, {"needle_length_mm": Range(1.4, 1.6)}) == "depth"
    assert kind({"schedule": ("a",)}, {"schedule": ("b",)}) == "depth_and_frequency"
    assert kind({"setting": ("home",)}, {"setting": ("clinic",)}) == "setting"
    assert kind({"early_or_later": ("early",)}, {"early_or_later": ("later",)}) == "stage"
    assert kind({"adjunct": ("prp",)}, {"adjunct": ("minoxidil_topical",)}) == "adjunct_instead"
    assert kind({"device": ("a",), "setting": ("b",)}, {"device": ("c",), "setting": ("d",)}) == "other"
    assert kind({"needling": True, "stage": ("x",)}, {"needling": False, "stage": ("y",)}) == "other"
    assert of_study(replace(STUDY, contrast=Contrast("", "none"))) is None
    assert set(IN_WORDS) >= {"depth", "other"}


def invented(name: str, gain: float, deviation: float = 10.0, **other: Any) -> list[TrialRow]:
    """A randomised trial as it would have to be reported: both arms with people, change and its spread per cm2."""
    pattern = next(row for row in trials() if row.row == "kumar-2018-1")
    both = {"trial": name, "name": name, "design": "randomised", "weeks": 24.0, "unit": "/cm2", "spread_kind": "sd",
            "spread": deviation, "n": 50, "unread": frozenset(), "known_failures": frozenset(),
            "disagreement": "", "per_cm2": ""} | other  # fmt: skip
    arm = replace(pattern, **both, value=10.0 + gain)
    return [arm, replace(arm, arm="minoxidil", needling=False, comparators=(), value=10.0, needle_mm=None)]


def pooled(*made: list[TrialRow], study: Protocol = STUDY) -> dict[str, Any]:
    return beside(study, [row for rows in made for row in rows])


def test_trials_that_report_all_that_is_needed_are_pooled_with_how_far_they_lie_apart() -> None:
    document = pooled(invented("a", 4.0), invented("b", 12.0), invented("c", 20.0))
    assert [row["is_poolable"] for row in document["trials"]] == [True] * 3
    assert document["trials"][0]["std_error"] == pytest.approx(2.0)
    half = document["trials"][0]["ci_upper"] - document["trials"][0]["difference"]
    assert half == pytest.approx(1.959964 * 2.0)
    found = document["pooled"]
    assert found["estimate"] == pytest.approx(12)
    assert found["between_trials_sd"] == pytest.approx((64 - 4) ** 0.5)
    assert found["ci_lower"] < 0 < found["ci_upper"], "three trials so far apart leave nothing certain"
    assert found["i_squared"] == pytest.approx(1 - 2 / 32)
    assert document["why"].startswith("3 trials are pooled; 94% of their scatter is more than chance.")


def test_a_spread_of_nought_is_no_certainty() -> None:
    document = pooled(invented("a", 4.0), invented("b", 12.0), invented("c", 20.0, deviation=0.0))
    assert document["pooled"] is None
    assert document["why"].startswith("Shown, not pooled: Nothing can be pooled")


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"spread": None, "spread_kind": ""}, "spread_not_known"),
        ({"spread_kind": "not_said"}, "spread_not_said"),
        ({"n": None}, "people_not_known"),
        ({"design": "parallel"}, "not_drawn_by_lot"),
        ({"design": "split_scalp"}, "same_head"),
        ({"unread": frozenset({"n"})}, "unread"),
        ({"disagreement": "another copy says so"}, "contradicted"),
        ({"quantity": "change_or_end"}, "change_or_end"),
        ({"weeks": 12.0}, "other_follow_up"),
        ({"weeks": None}, "follow_up_not_known"),
        ({"instrument": "hair_count", "unit": "hairs"}, "area_not_stated"),
        ({"quantity": "responders_pct"}, "responders_only"),
        ({"instrument": "shaft_diameter", "unit": "um"}, "other_instrument"),
        ({"adjuncts": frozenset({"prp"})}, "not_comparable"),
    ],
)
def test_one_that_lacks_anything_is_shown_and_not_pooled(other: dict[str, Any], reason: str) -> None:
    lacking = invented("lacking", 30.0, **other)
    if reason == "not_comparable":
        lacking[1] = replace(lacking[1], adjuncts=frozenset())
    document = pooled(invented("a", 4.0), invented("b", 12.0), lacking)
    assert reason in reasons(found(document, "lacking"))
    assert (document["pooled"], document["why"][:22]) == (None, "Shown, not pooled: 2 o")


def test_lower_is_better_where_the_instrument_says_so_and_standard_errors_are_taken_as_they_are() -> None:
    shedding = replace(STUDY, outcome=Outcome("comb_count_60s", 24))
    rows = invented("fewer", -3.0, instrument="comb_count_60s", unit="hairs/60s", spread_kind="se", deviation=0.5)
    row = found(pooled(rows, study=shedding), "fewer")
    assert (row["difference"], row["std_error"]) == (3.0, pytest.approx(0.5 * 2**0.5))

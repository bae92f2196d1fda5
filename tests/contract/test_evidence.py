"""The published figures: what they must obey, what is known not to, and that nothing was made up to fill a gap."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from pipeline.contract import reference
from pipeline.contract.evidence import COUNTED, ReviewRow, TrialRow, native_factor, printed, reviews, trials
from pipeline.contract.evidence_checks import REVIEW_CHECKS, SENTENCES, TRIAL_CHECKS, failures
from pipeline.contract.instruments import instruments

ROWS = {row.row: row for row in trials()}
REVIEWS = {row.row: row for row in reviews()}


def codes(name: str) -> set[str]:
    return {term.code for term in reference.vocabulary(name)}


def test_what_fails_is_exactly_what_is_known_to_fail() -> None:
    """A new contradiction must be marked in its row, and a mark without one must go."""
    known = {row.row: row.known_failures for row in (*trials(), *reviews()) if row.known_failures}
    assert failures(trials(), reviews()) == known


def test_the_contradictions_that_are_known_are_kept() -> None:
    marked = {row.trial: set[str]() for row in trials() if row.known_failures}
    for row in trials():
        if row.known_failures:
            marked[row.trial] |= row.known_failures
    assert marked == {
        "dhurat-2013": {"percent_not_whole"},
        "kumar-2018": {"copies_disagree"},
        "prp-route-2025": {"percent_not_whole"},
        "north-india-2025": {"arms_do_not_add_up"},
    }
    assert {row.review for row in reviews() if row.known_failures} == {"xu-2024"}


PLANTED_TRIALS: dict[str, tuple[str, dict[str, Any]]] = {
    "percent_not_whole": ("female-pattern-2022-1", {"value": 83.0, "printed": "83"}),
    "arms_do_not_add_up": ("female-pattern-2022-2", {"n": 25}),
    "more_than_everybody": ("jha-2018-1", {"value": 21.0}),
    "per_cm2_not_reproduced": ("kumar-2018-2", {"per_cm2": "0.31"}),
    "out_of_range": ("yu-2018-9", {"value": 171.0}),
    "change_not_reproduced": ("yu-2018-3", {"value": 28.0, "printed": "28.00"}),
    "copies_disagree": ("kumar-2018-2", {"copy": "other", "arm": "needling"}),
    "implausible_protocol": ("dhurat-2013-1", {"needle_mm": (1.5, 15.0)}),
    "word_taken_for_a_number": ("faghihi-2021-1", {"unread": frozenset({"n"})}),
    "unread_called_verified": ("bao-2020-1", {"verified_fulltext": True}),
}
PLANTED_REVIEWS: dict[str, tuple[str, dict[str, Any]]] = {
    "smd_impossible": ("ahmed-2025-1", {"value": 13.2}),
    "interval_not_centred": ("pei-2024-2", {"value": 2.2}),
    "parts_exceed_the_whole": ("english-2022-3", {"n_people": 301}),
    "not_a_percentage": ("ahmed-2025-1", {"i2_pct": 188.0}),
}


def test_there_is_a_planted_row_for_every_check() -> None:
    assert PLANTED_TRIALS.keys() == {check.code for check in TRIAL_CHECKS}
    assert PLANTED_REVIEWS.keys() == {check.code for check in REVIEW_CHECKS}
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())


@pytest.mark.parametrize("code", PLANTED_TRIALS)
def test_a_planted_figure_of_a_trial_is_found(code: str) -> None:
    row, wrong = PLANTED_TRIALS[code]
    spoiled = [replace(r, **wrong) if r.row == row else r for r in trials()]
    assert code in failures(spoiled, ())[row]
    assert code not in ROWS[row].known_failures


@pytest.mark.parametrize("code", PLANTED_REVIEWS)
def test_a_planted_figure_of_a_review_is_found(code: str) -> None:
    row, wrong = PLANTED_REVIEWS[code]
    spoiled = [replace(r, **wrong) if r.row == row else r for r in reviews()]
    assert code in failures((), spoiled)[row]


def test_every_row_says_where_it_stands_and_who_copied_it() -> None:
    for name in ("trials", "reviews"):
        rows = printed(name)
        assert len({row["row"] for row in rows}) == len(rows)
        for row in rows:
            assert row["source"], row["row"]
            assert row["transcribed_by"] == "project"
            assert row["verified_fulltext"] == "false", "no full text was read yet; a row that was says so in its note"


def test_what_is_unread_names_columns_and_has_no_address_where_all_of_it_is() -> None:
    columns = set(printed("trials")[0])
    pairs = {name.removesuffix("_low") for name in columns if name.endswith("_low")}
    assert {name for row in trials() for name in row.unread} <= columns | pairs
    assert all(row.unread for row in trials() if row.source.startswith("none"))


def test_words_are_those_of_the_project() -> None:
    for row in trials():
        assert row.diagnosis in codes("diagnosis"), row.row
        assert row.adjuncts <= codes("treatment"), row.row
        assert row.device in codes("device") | {""}, row.row
        assert row.instrument in instruments().keys() | {""}, row.row
        assert row.design in ("randomised", "parallel", "split_scalp", "uncontrolled", "confounded", "not_known")
        assert row.spread_kind in ("", "sd", "se", "not_said"), row.row
        assert (row.spread is not None) <= bool(row.spread_kind), row.row
    for review in reviews():
        assert review.diagnosis in codes("diagnosis") | {""}
        assert review.instrument in instruments().keys() | {""}
        assert review.measure in ("", "MD", "SMD", "RR", "SUCRA")


def test_an_instruments_figure_is_in_a_unit_of_the_instrument() -> None:
    known = {i.code: {unit.name for unit in i.units} for i in instruments().values()}
    for row in trials():
        if row.instrument and row.quantity in ("start", "end", "change", "change_or_end"):
            assert row.unit in known[row.instrument], row.row


def one_arm(rows: Iterable[TrialRow]) -> dict[tuple[str, str], set[tuple[object, ...]]]:
    told: dict[tuple[str, str], set[tuple[object, ...]]] = {}
    for row in rows:
        if row.arm and row.copy == "first":
            told.setdefault((row.trial, row.arm), set()).add((row.needling, row.needle_mm, row.adjuncts, row.device))
    return told


def test_an_arm_is_the_same_in_all_its_rows_and_is_compared_with_arms_that_exist() -> None:
    arms = one_arm(trials())
    assert {arm: told for arm, told in arms.items() if len(told) > 1} == {}
    assert all((row.trial, other) in arms for row in trials() for other in row.comparators)


def test_a_square_inch_and_an_area_are_brought_to_one_square_centimetre() -> None:
    kumar, dhurat = ROWS["kumar-2018-1"], ROWS["dhurat-2013-1"]
    assert kumar.value is not None
    assert kumar.value * (native_factor(kumar) or 0) == pytest.approx(1.94, abs=0.005)
    assert native_factor(dhurat) == 1
    assert native_factor(replace(dhurat, area_cm2=5.07)) == pytest.approx(1 / 5.07)


def test_a_count_in_an_area_that_nobody_stated_is_not_converted() -> None:
    assert native_factor(ROWS["yu-2018-1"]) is None
    assert native_factor(replace(ROWS["kumar-2018-1"], unit="/acre")) is None
    assert native_factor(ROWS["dhurat-2013-6"]) is None
    assert {"hair_density", "hair_count"} == set(COUNTED)


def test_gaps_stay_gaps() -> None:
    """Bao's figures were all not read, Faghihi's means are unknown, and no interval stands where none was read."""
    assert all("value" in row.unread for row in trials() if row.trial == "bao-2020" and row.value is not None)
    assert {row.value for row in trials() if row.trial == "faghihi-2021"} == {None}
    gupta: list[ReviewRow] = [row for row in reviews() if row.review == "gupta-2023"]
    assert {row.ci_lower for row in gupta} == {None}

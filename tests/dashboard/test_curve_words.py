"""The answers of the curves: each number with its people and interval, no ranking, no advice."""

from dataclasses import replace

import pandas as pd
import pytest

from dashboard.words import curve_tables
from dashboard.words import curve_words as words
from dashboard.words.numbers import MINUS
from pipeline.contract.curves import DepthFrequencyMap
from pipeline.contract.results import REASONS
from tests.dashboard.curves import (
    ARMS,
    ESTIMAND,
    FEW,
    NOBODY,
    REFERENCE,
    RESPONSES,
    UNLIKE,
    cells,
    courses,
    doses,
    level,
)  # fmt: skip


def plain(text: str) -> str:
    """With hyphens for minus signs."""
    return text.replace(MINUS, "-")


def test_the_map_names_what_lies_apart_when_all_are_looked_at_at_once() -> None:
    said = plain(words.map_answer(cells(level("a", -4.0), REFERENCE, level("c", 1.0), FEW)))
    assert "3 of 4 combinations" in said
    assert "the commonest, **b mm** (80 with a result)" in said
    assert "**a mm** did worse by 4.0 hairs/cm² (difference -4.0, 95% interval, all at once, -7.0 to -1.0)" in said
    assert "For the other 1 the 95% interval (all at once) includes both directions" in said
    assert "association" in said


def test_an_instrument_without_a_rule_has_no_sentence_of_what_a_response_is() -> None:
    assert words.what_a_response_is(replace(RESPONSES, rule="Gain of 21 hairs/cm2 or more")) == (
        "A **response** is: gain of 21 hairs/cm² or more."
    )
    assert words.what_a_response_is(replace(RESPONSES, rule="No rule", reason="no_responder_rule")) == ""


def test_few_that_lie_apart_nowhere_are_told_with_their_intervals() -> None:
    said = plain(words.dose_answer(doses(REFERENCE, level("c", 1.0, dose=1.0))))
    assert (
        "no clear difference for **c mm**, +1.0 hairs/cm² (95% interval, all at once, -2.0 to 4.0), 40 with a" in said
    )


def test_no_map_says_why() -> None:
    empty = DepthFrequencyMap("v", ESTIMAND, (), (), "instrument_absent")
    assert words.map_answer(empty) == f"No map is given. {REASONS['instrument_absent']}"


def test_a_cell_is_told_alone_with_all_and_drawn() -> None:
    assert plain(words.cell_sentence(level("c", 2.0), "hairs/cm²", 1)) == (
        "**C mm**: 40 of 50 people with a result. Difference from the reference +2.0 hairs/cm² (95% interval of this "
        "cell alone 0.0 to 4.0; that for all cells at once -1.0 to 5.0). Drawn towards the other cells it is +1.0."
    )
    assert "It is the reference" in words.cell_sentence(REFERENCE, "hairs/cm²", 1)
    assert "No figure: The arms hold different kinds" in words.cell_sentence(UNLIKE, "hairs/cm²", 1)


def test_a_course_ends_with_interval_and_people() -> None:
    found = courses()
    shown = [(arm, arm.n_alike, arm.alike) for arm in found.arms]
    assert "**Arm A** improved by 4.0 hairs/cm² (95% interval 3.0 to 5.0 better), 40 of 48 seen then" in (
        words.course_answer(found, shown)
    )
    assert "no arm has enough people" in words.course_answer(found, [(ARMS[1], 9, ARMS[1].own)])
    assert words.course_answer(courses(reason="no_curve_of_means", arms=()), []).startswith("No course is given. This")


@pytest.mark.parametrize(
    ("mean", "limits", "said"),
    [
        (4.0, (3.0, 5.0), "improved by 4.0 points (95% interval 3.0 to 5.0 better)"),
        (-3.2, (-5.1, -1.3), "got worse by 3.2 points (95% interval 1.3 to 5.1 worse)"),
        (1.0, (-2.0, 4.0), "improved by 1.0 points (95% interval 2.0 worse to 4.0 better)"),
        (-1.0, (-4.0, 2.0), "got worse by 1.0 points (95% interval 4.0 worse to 2.0 better)"),
        (-0.01, (-2.0, 2.0), "stayed the same (95% interval 2.0 worse to 2.0 better)"),
        (0.0, (0.0, 0.0), "stayed the same (95% interval 0.0 to 0.0)"),
    ],
)
def test_nobody_improves_by_less_than_nothing(mean: float, limits: tuple[float, float], said: str) -> None:
    assert words.changed(mean, *limits, "points", 1) == said


def test_responses_are_shares_with_differences_in_points() -> None:
    said = words.response_answer(RESPONSES)
    assert "**25% (95% interval 15% to 35%)** of **Arm B** had responded (70 people)" in said
    assert "**Arm A** 12 percentage points more (95% interval 2 to 22; 60 people)" in said
    assert "For 1 arm the 95% interval of the difference includes both directions" in said


def test_tables_have_every_number_with_its_interval_and_no_gap_without_a_word() -> None:
    levels = [level("a", -4.0), REFERENCE, FEW, NOBODY]
    table = pd.DataFrame(curve_tables.levels_table(levels, "Cell", "hairs/cm²", 1, pooled=True))
    assert [plain(cell) for cell in table["Difference, hairs/cm² (95% interval)"]] == [
        "-4.0 (-6.0 to -2.0)", "reference", "withheld", "nobody",
    ]  # fmt: skip
    assert curve_tables.reasons(levels) == [REASONS["too_few_to_adjust"]]
    visits = pd.DataFrame(curve_tables.visits_table([(arm, arm.n, arm.own) for arm in ARMS], "hairs/cm²", 1))
    assert visits["Seen"].tolist() == ["45 (90%)", "40 (80%)", "8 (89%)", "3 (33%)"]
    assert visits.iloc[:, -1].tolist() == ["+2.0 (1.0 to 3.0)", "+4.0 (3.0 to 5.0)", "withheld", "withheld"]
    ends = pd.DataFrame(curve_tables.courses_table(RESPONSES))
    assert [plain(cell) for cell in ends.iloc[:, 4]] == ["+12 (2 to 22)", "reference", "withheld", "-3 (-10 to 4)"]
    assert ends.iloc[:, 3].tolist()[2] == "withheld"
    leaving = ARMS[0].leaving
    assert leaving is not None
    (row,) = curve_tables.leaving_table([("Arm A", leaving)])
    assert row["Stopped reporting"] == "10 (20%)"
    assert (row["Lost to follow-up"], row["No reason told"]) == ("4", "6")

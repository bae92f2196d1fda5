"""The answer in words."""

from dataclasses import replace
from typing import Any

import pytest

from dashboard.words.answer import answer
from pipeline.contract.results import REASONS, Arm, Comparison, Estimate

ARMS = tuple(Arm(code, code.upper(), 50, 50, 50) for code in "abcdef")


def result(*estimates: Estimate, n_arms: int = 6, **more: Any) -> Comparison:
    return Comparison("v", None, {"unit": "/cm2", "week": 24}, (), ARMS[:n_arms], estimates, **more)


def pair(arm: str, value: float, lower: float, upper: float) -> Estimate:
    return Estimate("difference", "mmrm", arm, "a", "/cm2", value, 0.5, lower, upper, 0.01, role="headline")


def test_a_difference_is_said_with_interval_people_direction_and_nature() -> None:
    said = answer(result(pair("b", -4.0, -6.2, -1.8), n_arms=2))
    assert said == (
        "At week 24, compared with **A**: **B** did worse by 4.0 hairs/cm² (95% interval 1.8 to 6.2), "
        "50 and 50 with a result. This is an association."
    )


def test_a_count_of_which_fewer_are_better_says_so_and_four_arms_are_told_apart() -> None:
    fewer = {"contrasts": [{"contrast": "b vs a", "better": "lower"}]}
    count = replace(pair("b", 0.8, 0.7, 0.9), quantity="rate_ratio", unit="ratio")
    assert "**B** had 0.80 times the count, fewer being better" in answer(result(count, n_arms=2, diagnostics=fewer))
    four = replace(pair("b less a", 4, 2, 6), quantity="difference_of_differences", reference="d less c")
    assert "**B minus A**" in answer(result(four))
    assert "50, 50, 50 and 50 with a result" in answer(result(four))


def test_what_could_not_be_adjusted_is_told() -> None:
    few = replace(pair("b", 4, 2, 6), method="welch")
    assert "Nothing could be adjusted for: there are too few people." in answer(result(few, n_arms=2))
    assert "In **B** nothing could be adjusted for" in answer(result(few, pair("c", 4, 2, 6)))
    assert "adjusted for" not in answer(result(pair("c", 4, 2, 6)))


def test_what_was_not_fixed_in_advance_is_exploratory() -> None:
    found = pair("b", 4, 2, 6)
    open_ = result(found, n_arms=2, diagnostics={"certificate": {"is_exploratory": True}})
    fixed = result(found, n_arms=2, diagnostics={"certificate": {"is_exploratory": False}})
    assert "exploratory" in answer(open_)
    assert "exploratory" not in answer(fixed)


def test_no_difference_says_what_could_have_been_seen() -> None:
    numbers = {"contrasts": [{"contrast": "b vs a", "detectable_difference": 2.8}]}
    said = answer(result(pair("b", 1, -1, 3), n_arms=2, diagnostics=numbers))
    assert "no clear difference for **B**: 1.0 hairs/cm² (95% interval \N{MINUS SIGN}1.0 to 3.0)" in said
    assert "only a difference of 2.8 hairs/cm² or more" in said
    assert "for each of 2 arms the 95% interval includes both" in answer(
        result(pair("b", 1, -1, 3), pair("c", 1, -1, 3))
    )


def test_many_arms_are_counted_not_listed() -> None:
    said = answer(result(*(pair(arm, 4, 2, 6) for arm in "bcde"), pair("f", 1, -1, 3)))
    assert said.count("did better by") == 3
    assert "1 more arm differs too. No clear difference for **F**" in said


def test_a_difference_without_a_reference_keeps_the_signs_of_its_limits() -> None:
    trend = Estimate("difference", "mmrm", "b", None, "/cm2", 2.0, 1.5, -1.0, 5.0, 0.2, role="headline")
    said = answer(result(trend, n_arms=2))
    assert "**B**, difference in mean improvement, above 0 is better: 2.0 hairs/cm² (95% interval" in said
    assert "\N{MINUS SIGN}1.0 to 5.0" in said


def test_a_withheld_arm_is_counted() -> None:
    empty = Estimate("difference", "mmrm", "c", "a", "/cm2", reason="failed_diagnostics", role="headline")
    assert "For 1 arm no figure is given" in answer(result(pair("b", 4, 2, 6), empty))
    assert answer(result(empty)) == f"No figure is given. {REASONS['failed_diagnostics']}"


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (Estimate("win_probability", "brunner_munzel", "b", "a", "probability", 0.62, 0.02, 0.55, 0.69, 0.001),
         "**B** did better in 62% of pairs of people, where 50% is no difference (95% interval 55% to 69%)"),
        (Estimate("win_probability", "brunner_munzel", "b", "a", "probability", 0.41, 0.08, 0.25, 0.56, 0.25),
         "no clear difference for **B**: 41% (95% interval 25% to 56%) of pairs of people did better"),
        (Estimate("odds_ratio", "proportional_odds", "b", "a", "odds ratio", 1.8, None, 1.1, 2.9, role="headline"),
         "**B** had 1.80 times the odds of a better step (95% interval 1.10 to 2.90)"),
        (Estimate("rate_ratio", "count_model", "b", "a", "ratio", 0.8, None, 0.7, 0.9, role="headline"),
         "**B** had 0.80 times the count"),
        (Estimate("cost_ratio", "bootstrap_t", "b", "a", "ratio of mean costs a month", 73.0, None, 66.6, 80.0, 0.001,
                  role="headline"), "**B** cost 73.0 times as much a month (95% interval 66.6 to 80.0)"),
        (Estimate("cost_ratio", "bootstrap_t", "b", "a", "ratio of mean costs a month", 1.1, None, 0.8, 1.4, 0.6,
                  role="headline"), "no clear difference for **B**: 1.10 times the cost"),
        (Estimate("variance_ratio", "bonett", "b", "a", "ratio of variances", 0.83, None, 0.62, 1.12, 0.2,
                  role="headline"), "no clear difference for **B**: 0.83 times the variance of the change"),
        (Estimate("mean", "mmrm", "b", None, "/cm2", 7.3, 1.0, 5.0, 9.6, role="headline"),
         "**B**, mean improvement: 7.3 hairs/cm² (95% interval 5.0 to 9.6)"),
        (Estimate("share", "turnbull", "b", None, "share", 0.7, role="headline"), "**B**, share: 70%"),
        (Estimate("cost_per_responder", "x", "b", "a", "EUR", 30.0, 2.0, 20, 40, role="headline"), "30.0 EUR"),
    ],
)  # fmt: skip
def test_every_quantity_has_its_sentence(estimate: Estimate, words: str) -> None:
    assert words in answer(result(estimate, n_arms=2))


def test_no_answer_gives_its_reason() -> None:
    assert answer(result(reason="before_landmark", n_arms=0)) == REASONS["before_landmark"]
    too_few = Estimate("difference", "welch", "b", "a", "/cm2", reason="too_few")
    assert answer(result(too_few, n_arms=2)).endswith(REASONS["too_few"])


def test_nobody_to_compare_with() -> None:
    assert "all 50 people who count here are in one arm" in answer(result(n_arms=1))

"""The answer in words."""

from typing import Any

from dashboard.components.answer import answer
from pipeline.contract.results import REASONS, Arm, Comparison, Estimate

ARMS = tuple(Arm(code, code.upper(), 50, 50, 50) for code in "abcdef")


def result(*estimates: Estimate, n_arms: int = 6, **more: Any) -> Comparison:
    return Comparison("v", None, {"unit": "/cm2", "week": 24}, (), ARMS[:n_arms], estimates, **more)


def pair(arm: str, value: float, lower: float, upper: float) -> Estimate:
    return Estimate("difference", "welch", arm, "a", "/cm2", value, 0.5, lower, upper, 0.01)


def test_a_difference_is_said_with_its_interval_and_direction() -> None:
    said = answer(result(pair("b", -4.0, -6.2, -1.8), n_arms=2))
    assert said == "At week 24, compared with **A**: **B** improved by 4.0 hairs/cm² less (95% interval 1.8 to 6.2)."


def test_both_directions_are_no_difference() -> None:
    assert "no clear difference for **B**" in answer(result(pair("b", 1, -1, 3), n_arms=2))
    assert "any of the 2 other arms" in answer(result(pair("b", 1, -1, 3), pair("c", 1, -1, 3)))


def test_many_arms_are_counted_not_listed() -> None:
    said = answer(result(*(pair(arm, 4, 2, 6) for arm in "bcde"), pair("f", 1, -1, 3)))
    assert said.count("improved by") == 3
    assert said.endswith("1 more arm differs too. For 1 other arm the interval includes both directions.")


def test_a_chance_is_said_in_pairs() -> None:
    chance = Estimate("win_probability", "brunner_munzel", "b", "a", "probability", 0.62, 0.02, 0.55, 0.69, 0.001)
    assert "**B** did better in 62% of pairs of people (95% interval 55% to 69%)" in answer(result(chance))


def test_no_answer_gives_its_reason() -> None:
    assert answer(result(reason="before_landmark", n_arms=0)) == REASONS["before_landmark"]
    too_few = Estimate("difference", "welch", "b", "a", "/cm2", reason="too_few")
    assert answer(result(too_few, n_arms=2)).endswith(REASONS["too_few"])


def test_nobody_to_compare_with() -> None:
    assert "all 50 people who count here are in one arm" in answer(result(n_arms=1))

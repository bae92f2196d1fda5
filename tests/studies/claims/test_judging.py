"""The rules of the verdicts at their edges, one interval at a time."""

from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.contract.results import Comparison, Estimate, Quantity
from pipeline.studies.claims.judging import ALPHA, judge, p_value
from pipeline.studies.protocols.protocol import Aim

SURE, UNSURE = 0.001, ALPHA


def headline(low: float | None, high: float | None, quantity: Quantity = "difference") -> Estimate:
    return Estimate(quantity, "aipw", "a", "b", "hairs/cm2", 1.0, 1.0, low, high, p_value=0.02)


def found(**numbers: Any) -> Comparison:
    return Comparison(None, None, {"unit": "hairs/cm2"}, (), (), (), diagnostics={"contrasts": [numbers]})


@pytest.mark.parametrize(
    ("quantity", "limits", "p", "numbers", "expected"),
    [
        ("difference", (0.1, 9.0), SURE, {}, "supported"),
        ("difference", (0.0, 9.0), SURE, {}, "inconclusive"),
        ("difference", (-9.0, -0.1), SURE, {}, "contradicted"),
        ("difference", (-9.0, 0.0), SURE, {}, "inconclusive"),
        ("difference", (0.1, 9.0), UNSURE, {}, "inconclusive"),
        ("difference", (-9.0, -0.1), UNSURE, {}, "inconclusive"),
        ("difference", (0.1, 9.0), None, {}, "inconclusive"),
        ("difference", (None, 9.0), SURE, {}, "inconclusive"),
        ("difference", (0.1, None), SURE, {}, "inconclusive"),
        ("difference", (0.1, 3.9), SURE, {"margin": 4.0}, "contradicted"),
        ("difference", (0.1, 4.0), SURE, {"margin": 4.0}, "supported"),
        ("difference", (-1.0, 3.9), UNSURE, {"margin": 4.0, "detectable_difference": 4.0}, "contradicted"),
        ("difference", (-1.0, 3.9), UNSURE, {"margin": 4.0, "detectable_difference": 4.1}, "not enough people"),
        ("difference", (-1.0, 4.1), UNSURE, {"margin": 4.0, "detectable_difference": 4.0}, "inconclusive"),
        ("odds_ratio", (1.01, 9.0), SURE, {}, "supported"),
        ("odds_ratio", (0.99, 9.0), SURE, {}, "inconclusive"),
        ("odds_ratio", (0.2, 0.99), SURE, {}, "contradicted"),
        ("cost_ratio", (0.2, 1.01), SURE, {}, "inconclusive"),
        ("rate_ratio", (1.1, 2.0), SURE, {"better": "higher"}, "supported"),
        ("rate_ratio", (1.1, 2.0), SURE, {"better": "lower"}, "contradicted"),
        ("rate_ratio", (0.5, 0.9), SURE, {"better": "lower"}, "supported"),
        ("rate_ratio", (0.5, 0.9), SURE, {"better": "lower", "margin": 2.1}, "contradicted"),
        ("variance_ratio", (0.5, 0.9), SURE, {"better": "lower"}, "contradicted"),
    ],
)
def test_a_difference(
    quantity: Quantity,
    limits: tuple[float | None, float | None],
    p: float | None,
    numbers: Mapping[str, Any],
    expected: str,
) -> None:
    assert judge("difference", headline(*limits, quantity), found(**numbers), p)[0] == expected


def same(is_same: bool, low: float, high: float) -> dict[str, Any]:  # as the diagnostics have it
    return {"equivalence": {"is_same": is_same, "ci_lower": low, "ci_upper": high, "margin": 4.0, "p_value": 0.03}}


@pytest.mark.parametrize(
    ("numbers", "p", "expected"),
    [
        (same(True, -3.0, 3.0), SURE, "supported"),
        (same(True, -3.0, 3.0), UNSURE, "inconclusive"),
        (same(False, -3.0, 5.0), SURE, "inconclusive"),
        (same(False, 4.1, 9.0), UNSURE, "contradicted"),
        (same(False, 4.0, 9.0), UNSURE, "inconclusive"),
        (same(False, -9.0, -4.1), UNSURE, "contradicted"),
        (same(False, -9.0, -4.0), UNSURE, "inconclusive"),
        (same(True, -3.0, 3.0), None, "inconclusive"),
        ({}, SURE, "inconclusive"),
    ],
)
def test_sameness(numbers: Mapping[str, Any], p: float | None, expected: str) -> None:
    assert judge("equivalence", headline(-3.0, 3.0), found(**numbers), p)[0] == expected


@pytest.mark.parametrize(
    ("aim", "limits", "p", "expected"),
    [
        ("minimal", (-1.0, 0.4), SURE, "supported"),
        ("minimal", (-1.0, 0.5), SURE, "inconclusive"),
        ("minimal", (0.6, 0.9), SURE, "contradicted"),
        ("minimal", (0.5, 0.9), SURE, "inconclusive"),
        ("minimal", (-1.0, 0.4), UNSURE, "inconclusive"),
        ("recovery", (0.6, 0.9), SURE, "supported"),
        ("recovery", (0.5, 0.9), SURE, "inconclusive"),
        ("recovery", (0.1, 0.4), SURE, "contradicted"),
        ("recovery", (0.1, 0.5), SURE, "inconclusive"),
        ("recovery", (0.6, 0.9), None, "inconclusive"),
    ],
)
def test_a_limit_that_was_named_in_advance(
    aim: Aim, limits: tuple[float, float], p: float | None, expected: str
) -> None:
    numbers = {"limit": 0.5} if aim == "minimal" else {"more_than": 0.5}
    assert (
        judge(aim, headline(*limits, "share" if aim == "recovery" else "difference"), found(**numbers), p)[0]
        == expected
    )


def test_a_course_is_not_judged() -> None:
    assert judge("course", headline(5.0, 9.0), found(), SURE)[0] == "inconclusive"


def test_the_test_is_the_one_that_the_aim_asks_for() -> None:
    assert p_value("equivalence", headline(-1.0, 1.0), found(**same(True, -1.0, 1.0))) == 0.03
    assert p_value("equivalence", headline(-1.0, 1.0), found()) == 0.02
    assert p_value("difference", headline(-1.0, 1.0), found(**same(True, -1.0, 1.0))) == 0.02

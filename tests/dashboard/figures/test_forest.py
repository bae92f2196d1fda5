"""Forest plot: what is drawn is what was given."""

import pytest

from dashboard.figures.forest import Row, difference_axis, difference_rows, forest, mean_rows
from pipeline.contract.results import Arm, Comparison, Estimate

ARMS = (Arm("a", "Arm A", 30, 25, 20), Arm("b", "Arm B", 40, 40, 6), Arm("c", "Arm C", 50, 50, 50))


def comparison(quantity: str = "difference") -> Comparison:
    return Comparison(
        version="v",
        study=None,
        estimand={"unit": "/cm2", "week": 24},
        attrition=(),
        arms=ARMS,
        estimates=(
            Estimate("mean", "welch", "a", None, "/cm2", 5.04, 0.5, 4.0, 6.1),
            Estimate("mean", "welch", "b", None, "/cm2", reason="too_few"),
            Estimate("mean", "welch", "c", None, "/cm2", -1.0, 0.5, -2.0, 0.0),
            Estimate(quantity, "welch", "a", "c", "/cm2", 0.6, 0.05, 0.4, 0.8),  # type: ignore[arg-type]
        ),
    )


def test_every_arm_has_a_row_with_its_people() -> None:
    assert [(row.label, row.detail) for row in mean_rows(comparison())] == [
        ("Arm A", "20 of 25 with a result"),
        ("Arm B", "6 of 40 with a result"),
        ("Arm C", "50 of 50 with a result"),
    ]


def test_numbers_carry_sign_and_interval() -> None:
    first, second, third = mean_rows(comparison())
    assert first.numbers == "<b>+5.0</b> (4.0 to 6.1)"
    assert (second.numbers, second.note) == ("", "too few results")
    assert third.numbers == "<b>\N{MINUS SIGN}1.0</b> (\N{MINUS SIGN}2.0 to 0.0)"


def test_the_reference_has_a_line_without_a_number() -> None:
    rows = difference_rows(comparison())
    assert [row.note for row in rows] == ["", "reference arm", "reference arm"]


def test_a_chance_is_drawn_in_percent() -> None:
    result = comparison("win_probability")
    assert difference_rows(result)[0].estimate == pytest.approx(60)
    assert "%" in difference_axis(result)


def test_only_what_has_a_number_is_drawn_with_its_interval() -> None:
    figure = forest(mean_rows(comparison()), "Mean improvement, hairs/cm²", 0)
    assert [trace.name for trace in figure.data] == ["Arm A", "Arm C"]
    first = figure.data[0]
    assert first.x[0] + first.error_x.array[0] == pytest.approx(6.1)
    assert first.x[0] - first.error_x.arrayminus[0] == pytest.approx(4.0)
    assert [trace.y[0] for trace in figure.data] == [0, 2]


def test_arms_differ_by_shape_and_colour() -> None:
    figure = forest(mean_rows(comparison()), "x", 0)
    assert len({trace.marker.symbol for trace in figure.data}) == 2
    assert len({trace.marker.color for trace in figure.data}) == 2


def test_the_axis_holds_every_interval_and_no_difference() -> None:
    low, high = forest([Row("a", "", 0, 5.0, 4.0, 6.0, "5")], "x", 0).layout.xaxis.range
    assert low < 0
    assert high > 6


def test_nothing_to_draw_is_still_a_figure() -> None:
    figure = forest([Row("a", "", 0, note="too few results")], "x", 0)
    assert len(figure.data) == 0
    assert "too few" in figure.layout.annotations[0].text

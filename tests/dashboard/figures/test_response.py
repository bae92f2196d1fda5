"""Time to response: steps go up from nought, in percent, with numbers at risk under them."""

import pytest

from dashboard.figures.forest import forest
from dashboard.figures.response import difference_rows, response, stairs
from tests.dashboard.curves import RESPONSES


def test_steps_rise_at_the_visits_and_last_beyond_the_horizon() -> None:
    figure = response(stairs(RESPONSES.courses), 24)
    (line,) = [trace for trace in figure.data if trace.name == "Arm A"]
    assert line.line.shape == "hv"
    assert (list(line.x), list(line.y)) == ([0, 12, 24, 24 * 1.06], [0.0, 10.0, 25.0, 25.0])
    area = next(trace for trace in figure.data if trace.fill == "tonexty")
    assert list(area.y) == pytest.approx([0.0, 18.0, 35.0, 35.0])


def test_numbers_at_risk_stand_below_and_an_arm_without_steps_is_not_drawn() -> None:
    figure = response(stairs(RESPONSES.courses), 24)
    assert list(figure.layout.yaxis2.ticktext) == ["Arm A", "Arm B", "Arm D"]
    assert [a.text for a in figure.layout.annotations][:2] == ["50 · 5", "40 · 6"]


def test_differences_are_in_percentage_points_and_gaps_are_told() -> None:
    rows = difference_rows(RESPONSES.courses, ["+12 (2 to 22)", "reference", "withheld", "-3 (-10 to 4)"])
    assert [row.marks[0].note for row in rows] == ["", "reference", "withheld", ""]
    drawn = [t.x[0] for t in forest(rows, "x", "share").data if t.mode == "markers"]
    assert drawn == pytest.approx([12.0, -3.0])

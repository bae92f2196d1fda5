"""Courses: from 0, open before the arms were settled, with who was seen; and who left."""

from dashboard.figures.trajectory import Line, leaving, retention, trajectory
from dashboard.words.curve_tables import reason_names
from tests.dashboard.curves import GAPS, LEAVING, VISITS

LINES = (Line("Arm A", 0, 50, VISITS), Line("Arm B", 1, 9, GAPS))


def test_points_start_at_nought_and_are_open_until_arms_are_settled() -> None:
    figure = trajectory(LINES, "y", 1)
    (line,) = [trace for trace in figure.data if trace.name == "Arm A"]
    assert (list(line.x), list(line.y)) == ([0, 12, 24], [0.0, 2.0, 4.0])
    assert list(line.marker.symbol) == ["circle-open", "circle-open", "circle"]
    assert "40 of 50 seen" in line.hovertemplate[2]
    (area,) = [trace for trace in figure.data if trace.fill == "tonexty"]
    assert list(area.y) == [0.0, 3.0, 5.0]


def test_a_withheld_arm_has_no_line_and_keeps_its_numbers_seen() -> None:
    figure = trajectory(LINES, "y", 1)
    assert "Arm B" not in [trace.name for trace in figure.data]
    assert list(figure.layout.yaxis2.ticktext) == ["Arm A", "Arm B"]
    counts = [a.text for a in figure.layout.annotations if a.yref == "y2"]
    assert counts == ["45", "40", "8", "3", "<i>People seen at the visit</i>"]


def test_arms_differ_in_dash_and_shape_besides_colour() -> None:
    lines = [Line(name, place, 50, VISITS) for place, name in enumerate("abcdefg")]
    for figure in (trajectory(lines, "y", 1), retention(lines)):
        drawn = [t for t in figure.data if t.name]
        looks = {(t.line.dash, str(t.marker.symbol), t.line.color) for t in drawn}
        assert len(looks) == 7
        assert len({t.line.dash for t in drawn}) >= 6


def test_retention_is_a_share_of_the_arm() -> None:
    first, second = retention(LINES).data
    assert list(first.y) == [100.0, 90.0, 80.0]
    assert list(second.y) == [100.0, 100 * 8 / 9, 100 * 3 / 9]


def test_reasons_for_leaving_are_hatched_and_what_nobody_told_comes_last() -> None:
    names = reason_names([LEAVING])
    assert names == [("lost", "Lost to follow-up"), (None, "No reason told")]
    told, untold = leaving([("Arm A", LEAVING)], names).data
    assert (list(told.x), list(untold.x)) == ([8.0], [12.0])
    assert told.marker.pattern.shape != untold.marker.pattern.shape

"""Who is counted: each step's people, and each arm's."""

from dashboard.figures.flow import attrition, retention
from pipeline.contract.results import Arm


def test_a_step_tells_who_is_left_and_who_is_not() -> None:
    left, gone = attrition([("all participants", 100), ("diagnosis known", 100), ("result recorded", 80)]).data
    assert list(left.x) == [100, 100, 80]
    assert list(gone.x) == [0, 0, 20]
    assert list(gone.text) == ["100", "100", "80, 20 left out"]


def test_an_arm_tells_how_many_came_back() -> None:
    figure = retention((Arm("a", "A", 30, 25, 20), Arm("b", "B", 5, 0, 0)))
    seen, rest = figure.data
    assert (seen.x[0], rest.text[0]) == (80.0, "80% of 25")
    assert "nobody due yet" in figure.layout.annotations[0].text

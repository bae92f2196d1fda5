"""Love plot: every characteristic before and after, by size, the limits drawn."""

from dashboard.figures.love import differences, love
from tests.dashboard.adjusted import NUMBERS


def test_the_largest_difference_stands_on_top_without_its_sign() -> None:
    rows = differences(NUMBERS)
    assert [(r.label, r.before, r.after) for r in rows] == [
        ("Sex: Female", 0.5, None),
        ("Result at the start", 0.4, 0.02),
    ]


def test_before_and_after_differ_in_shape_and_the_limits_are_dashed() -> None:
    figure = love(differences(NUMBERS))
    before, after = figure.data
    assert (before.marker.symbol, after.marker.symbol) == ("circle-open", "diamond")
    assert list(before.x) == [0.5, 0.4]
    assert [(shape.x0, shape.line.dash) for shape in figure.layout.shapes] == [(0.10, "dot"), (0.25, "dash")]
    assert {0.10, 0.25} <= set(figure.layout.xaxis.tickvals)


def test_nothing_to_tell_is_no_row() -> None:
    assert differences({}) == []
    assert differences({"balance": None}) == []

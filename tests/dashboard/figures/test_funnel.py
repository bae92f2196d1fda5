"""The funnel: limits on both sides, one point, and nothing of any other clinic."""

from dashboard.figures.funnel import funnel
from dashboard.words.numbers import MINUS
from pipeline.clinic_figures import Limit
from pipeline.contract.clinic_standing import Standing

STANDING = Standing(
    "north", 24, 0.7, 0.6, n=100, observed=8.0, expected=10.0, difference=-2.0, n_clinics=6, over_dispersion=1.2,
    lower_95=-3.0, upper_95=3.0, lower_998=-4.7, upper_998=4.7, side="within",
)  # fmt: skip
LIMITS = (Limit(25, 6.0, 9.4), Limit(100, 3.0, 4.7), Limit(200, 2.1, 3.3))


def test_the_limits_lie_on_both_sides_and_are_told_apart_without_colour() -> None:
    lines = [trace for trace in funnel(STANDING, LIMITS).data if trace.mode == "lines"]
    assert [list(trace.y) for trace in lines] == [
        [9.4, 4.7, 3.3], [-9.4, -4.7, -3.3], [6.0, 3.0, 2.1], [-6.0, -3.0, -2.1],
    ]  # fmt: skip
    assert [trace.line.dash for trace in lines] == ["dot", "dot", "dash", "dash"]
    assert [trace.name for trace in lines if trace.showlegend] == ["Limits for 99.8%", "Limits for 95%"]


def test_one_point_is_drawn_the_own() -> None:
    points = [trace for trace in funnel(STANDING, LIMITS).data if trace.mode == "markers"]
    assert [(trace.name, list(trace.x), list(trace.y)) for trace in points] == [("This clinic", [100], [-2.0])]
    assert f"{MINUS}2.0 hairs/cm²" in points[0].hovertemplate


def test_a_point_far_outside_is_in_the_picture() -> None:
    far = Standing("north", 24, n=100, difference=-30.0, upper_998=4.7)
    low, high = funnel(far, LIMITS).layout.yaxis.range
    assert low < -30 < 30 < high

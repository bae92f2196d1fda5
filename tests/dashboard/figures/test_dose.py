"""Doses: the bands are the record, the curve goes through them, a gap is a cross and no number."""

import pytest

from dashboard.figures.dose import dose
from tests.dashboard.curves import CURVE, doses


def test_bands_are_points_with_intervals_for_all_at_once() -> None:
    figure = dose(doses(), "x", "y", 1)
    points, reference, gaps = figure.data
    assert (list(points.x), list(points.y)) == ([0.25, 1.5], [-1.0, 5.0])
    assert (list(points.error_y.array), list(points.error_y.arrayminus)) == ([3.0, 3.0], [3.0, 3.0])
    assert (list(reference.x), reference.marker.symbol) == ([0.5], "diamond-open")
    assert (list(gaps.x), gaps.marker.symbol) == ([2.0], "x-thin-open")
    assert "40 with a result" in points.hovertemplate[0]


def test_the_curve_has_a_band_that_holds_at_each_dose_and_a_wider_one_along_it() -> None:
    figure = dose(doses(curve=CURVE), "x", "y", 1)
    wide, own = [trace for trace in figure.data if trace.fill == "tonexty"]
    assert (list(wide.y), list(own.y)) == ([1.0, 7.0], [0.0, 6.0])
    (line,) = [trace for trace in figure.data if trace.name == "smooth curve"]
    assert list(line.y) == pytest.approx([-1.0, 5.0])


def test_what_is_not_there_is_not_in_the_legend() -> None:
    shown = [t.name for t in dose(doses(*doses().levels[:2]), "x", "y", 1).data if t.showlegend is not False]
    assert "no figure: too few alike" not in shown

"""Distributions: shares of people, never a single person."""

import pytest

from dashboard.figures.distribution import Outline, direction_bars, distribution, outlines, shares_rows
from pipeline.contract.results import Arm, Comparison, Distribution


def comparison(*found: Distribution) -> Comparison:
    arms = tuple(Arm(d.arm, d.arm.upper(), 100, 90, sum(d.counts)) for d in found)
    return Comparison("v", None, {"unit": "stage"}, (), arms, (), found)


def test_counts_become_shares_of_the_arm() -> None:
    (row,) = outlines(comparison(Distribution("a", -5, 5, (10, 30))))
    assert row.shares == (0.25, 0.75)
    assert row.n == 40


def test_a_withheld_arm_keeps_its_row() -> None:
    rows = outlines(comparison(Distribution("a", -5, 5, (10, 30)), Distribution("b", -5, 5, ())))
    figure = distribution(rows, "x", None)
    assert "too few" in figure.layout.annotations[0].text
    assert len(figure.layout.yaxis.ticktext) == 2
    assert {trace.name for trace in figure.data} == {None, "A"}


def test_outlines_share_one_scale_of_height() -> None:
    rows = [Outline("a", 0, 10, 0, 1, (1.0,)), Outline("b", 1, 10, 0, 1, (0.5, 0.5))]
    figure = distribution(rows, "x", None)
    tops = [0.36 + y - min(t.y) for y, t in enumerate(t for t in figure.data if t.fill)]
    assert tops[0] == pytest.approx(2 * tops[1])


def test_the_ends_say_that_they_are_open() -> None:
    (row,) = outlines(comparison(Distribution("a", -5, 5, (10, 20, 10))))
    texts = distribution([row], "x", None).data[2].text
    assert texts[0] == "A<br>below 0: 25% of 40 people"
    assert texts[1] == "A<br>0 to 5: 50% of 40 people"
    assert texts[2] == "A<br>5 and above: 25% of 40 people"


def test_the_band_of_measurement_error_is_drawn_where_it_is_known() -> None:
    rows = [Outline("a", 0, 10, 0, 1, (1.0,))]
    assert len(distribution(rows, "x", 20.8).layout.shapes) == len(distribution(rows, "x", None).layout.shapes) + 1


def test_steps_are_worse_same_or_better() -> None:
    (shares,) = shares_rows(comparison(Distribution("a", -2, 1, (5, 5, 10, 20))))
    assert (shares.worse, shares.same, shares.better) == pytest.approx((0.25, 0.25, 0.5))
    figure = direction_bars([shares])
    assert [bar.x[0] for bar in figure.data] == pytest.approx([25, 25, 50])
    assert [bar.marker.pattern.shape for bar in figure.data] == ["/", "", "\\"]

"""The figures of side effects, cost, adherence and data quality: what stands where, and never by colour alone."""

from typing import Any

import pytest

from dashboard.figures import amounts, gates, held, parts, rates
from pipeline.contract.cells import GateRun

GIVEN = rates.Mark("", 0, 0.4, 0.3, 0.5, "40% (30% to 50%)")
NONE = rates.Mark("", 0, 0.0, 0.0, 0.07, "none seen, at most 7%", is_none_seen=True)
GAP = rates.Mark("", 0, note="too few people")


def markers(figure: Any) -> list[Any]:
    return [trace for trace in figure.data if trace.mode == "markers" and trace.x[0] is not None]


def notes(figure: Any) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_none_seen_stands_open_at_its_limit_and_a_gap_has_no_point() -> None:
    figure = rates.rates(
        [rates.Row("a", "", (GIVEN,)), rates.Row("b", "", (NONE,)), rates.Row("c", "", (GAP,))], "share"
    )
    given, none = markers(figure)
    assert (given.x, given.marker.symbol) == ((40.0,), "circle")
    assert none.x == (pytest.approx(7.0),)
    assert none.marker.symbol == "triangle-left-open"
    assert [line.line.dash for line in figure.data if line.mode == "lines"] == ["solid", "dot"]
    assert notes(figure) == ["40% (30% to 50%)", "none seen, at most 7%", "<i>too few people</i>"]
    assert figure.layout.xaxis.ticksuffix == "%"


def test_several_marks_of_a_row_differ_in_shape_and_have_a_legend() -> None:
    several = tuple(rates.Mark(name, place, 0.4, 0.3, 0.5, "40%") for place, name in enumerate(("day", "week")))
    figure = rates.rates([rates.Row("a", "", several)], "share")
    assert len({mark.marker.symbol for mark in markers(figure)}) == 2
    assert [t.name for t in figure.data if t.showlegend] == ["day", "week"]


def test_rows_without_anything_have_an_axis_all_the_same() -> None:
    figure = rates.rates([rates.Row("a", "", (GAP,))], "share")
    assert figure.layout.xaxis.range[1] > 0
    assert not figure.data


def test_parts_differ_in_pattern_and_narrow_ones_carry_no_figure() -> None:
    rows = [parts.Row("a", "40 people", (0.95, 0.05, 0.0)), parts.Row("b", "3 people", (), "too few people")]
    figure = parts.parts(rows, ["x", "y", "z"], "share")
    assert len({bar.marker.pattern.shape for bar in figure.data}) == 3
    assert [bar.text[0] for bar in figure.data] == ["95%", "", ""]
    assert notes(figure) == ["<i>too few people</i>"]


def test_amounts_far_apart_stand_on_a_logarithmic_axis() -> None:
    near = amounts.Row("a", "", "EUR 9", 9.0, 8.0, 10.0, 7.0, 12.0)
    far = amounts.Row("b", "", "EUR 500", 500.0, 450.0, 600.0, 300.0, 700.0)
    gap = amounts.Row("c", "", note="too few people")
    assert amounts.amounts([near, gap], "EUR a month").layout.xaxis.type is None
    figure = amounts.amounts([near, far, gap], "EUR a month")
    assert figure.layout.xaxis.type == "log"
    assert 5.0 in figure.layout.xaxis.tickvals
    assert len(figure.data) == 6
    without_limits = amounts.Row("d", "", "EUR 9", 9.0, None, None, 7.0, 12.0)
    assert len(amounts.amounts([without_limits], "EUR").data) == 2


def test_a_gate_says_whether_its_candidate_was_published() -> None:
    runs = [
        GateRun("r1", "v1", "2026-11-01T01:00:00Z", 9, 0, 2, 0, True, ("a", "b")),
        GateRun("r2", "v2", "2026-11-02T01:00:00Z", 9, 1, 0, 1, False, ("c", "d")),
    ]
    figure = gates.gates(runs)
    assert [bar.y for bar in figure.data] == [(0, 1), (0, 1), (2, 0)]
    assert figure.layout.xaxis.ticktext == ("11-01 01:00<br>published", "11-02 01:00<br>not published")
    assert len({bar.marker.pattern.shape for bar in figure.data}) == 3


def test_quarantine_has_a_bar_a_reason_with_its_count() -> None:
    figure = held.held([("out of range", 1200), ("minor", 3)])
    assert figure.data[0].text == ("1,200", "3")

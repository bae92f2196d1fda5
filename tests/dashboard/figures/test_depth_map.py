"""The map: numbers are coloured and written, gaps are hatched by why they are gaps."""

from dashboard.figures.depth_map import depth_map, note
from dashboard.words.numbers import MINUS
from tests.dashboard.curves import FEW, NOBODY, REFERENCE, UNLIKE, level

CELLS = (level("a", -4.0), REFERENCE, FEW, UNLIKE, NOBODY, level("c", 2.0))
DEPTHS, FREQUENCIES = ("shallow", "deep"), ("seldom", "weekly", "often")


def texts(**how: bool) -> list[str]:
    figure = depth_map(CELLS, DEPTHS, FREQUENCIES, "hairs/cm²", 1, **how)
    return [annotation.text.replace(MINUS, "-") for annotation in figure.layout.annotations]


def test_a_cell_has_its_point_and_people_and_on_demand_its_own_interval() -> None:
    assert texts(with_intervals=False)[:2] == ["<b>-2.0</b><br>n = 40", "<b>reference</b><br>n = 80"]
    assert texts(with_intervals=True)[0] == "<b>-2.0</b>, n = 40<br>by itself:<br>-4.0 (-7.0 to -1.0)"


def test_gaps_are_hatched_by_their_reason_and_hold_no_number() -> None:
    figure = depth_map(CELLS, DEPTHS, FREQUENCIES, "hairs/cm²", 1, with_intervals=True)
    coloured, *rest = figure.data
    assert list(coloured.marker.color) == [-2.0, 0.0, 1.0]
    assert {trace.marker.pattern.shape for trace in rest} == {"/", "x", ""}
    assert [note(cell) for cell in (FEW, UNLIKE, NOBODY)] == ["too few", "too different", "nobody"]
    assert texts(with_intervals=True)[3:] == [
        "<i>too few</i><br>3 of 4", "<i>too different</i><br>60 of 70", "<i>nobody</i>",
    ]  # fmt: skip


def test_colours_reach_as_far_to_both_sides_with_a_unit() -> None:
    axis = depth_map(CELLS, DEPTHS, FREQUENCIES, "hairs/cm²", 1, with_intervals=False).layout.coloraxis
    assert (axis.cmin, axis.cmax) == (-2.0, 2.0)
    assert "hairs/cm²" in axis.colorbar.title.text


def test_cells_stand_where_their_names_are() -> None:
    figure = depth_map(CELLS, DEPTHS, FREQUENCIES, "hairs/cm²", 1, with_intervals=False)
    (frame,) = figure.layout.shapes
    assert ((frame.x0 + frame.x1) / 2, (frame.y0 + frame.y1) / 2) == (1, 0)
    assert list(figure.data[0].x) == [0, 1, 2]
    assert [base + 0.48 for base in figure.data[0].base] == [0, 0, 1]


def test_a_map_of_gaps_alone_is_drawn() -> None:
    assert len(depth_map((FEW,), ("deep",), ("weekly",), "hairs/cm²", 1, with_intervals=True).data) == 1


def test_the_chosen_cell_has_a_frame_and_a_click_can_be_told() -> None:
    figure = depth_map(CELLS, DEPTHS, FREQUENCIES, "hairs/cm²", 1, with_intervals=False, chosen=CELLS[0].code)
    (frame,) = (shape for shape in figure.layout.shapes if shape.line.dash == "dot")
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (-0.48, 0.48, -0.48, 0.48)
    assert sorted(code for bar in figure.data for code in bar.customdata) == sorted(cell.code for cell in CELLS)
    plain = depth_map(CELLS, DEPTHS, FREQUENCIES, "hairs/cm²", 1, with_intervals=False)
    assert not [shape for shape in plain.layout.shapes if shape.line.dash == "dot"]

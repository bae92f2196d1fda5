"""Left of a plot there is room for its labels before the browser has measured them."""

import plotly.graph_objects as go
import pytest

from dashboard.figures import room
from dashboard.figures.canvas import canvas

_MEASURED = {"Androgenetic alopecia": 14, "0.45 to 0.60 mm": 14, "Prior microneedling: More than 90 days before": 12}


@pytest.mark.parametrize("label", _MEASURED)
def test_a_line_is_held_for_a_little_wider_than_it_is(label: str) -> None:
    # Source Sans takes half of its size for a letter, give or take a tenth
    assert 0.45 < room.width(label, _MEASURED[label]) / _MEASURED[label] / len(label) < 0.6


def test_the_widest_line_of_the_labels_decides() -> None:
    figure = canvas(["short", "a label that is much longer"], ["with a detail below", ""], "axis")
    room.make(figure)
    assert figure.layout.margin.l == round(room.width("a label that is much longer", 14) + 17)


def test_numbers_and_a_title_have_room_and_what_is_wide_enough_stays() -> None:
    titled = go.Figure(layout={"yaxis": {"title": "People"}, "margin": {"l": 8}})
    room.make(titled)
    assert titled.layout.margin.l == 79
    wide = go.Figure(layout={"margin": {"l": 300}})
    room.make(wide)
    assert wide.layout.margin.l == 300

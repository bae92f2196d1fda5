"""The map of needle length and sessions per week: a cell for each, hatched where it holds no number."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from dashboard import theme
from dashboard.words.numbers import interval, signed
from pipeline.contract.curves import Level

INK = "#17212B"
"""On the pale cells, in light and dark alike: 9 to 1 or more."""

_PALE = ((0.0, "#E8A778"), (0.5, "#EEF1F4"), (1.0, "#86B4E6"))
"""Worse orange, better blue, no difference nearly white: told apart by every common kind of colour vision."""

_ROW_HEIGHT = 62
_TOP, _BOTTOM, _SCALE_WIDTH = 18, 90, 140
_COLUMN_LETTERS = 11
_GAP = 0.96

_NOT_FADED = {"marker": {"opacity": 1}}
"""A click chooses a cell and takes nothing from the others: their colours are numbers."""

NOTES = {
    "too_few_to_adjust": "too few",
    "too_few_doses": "too few cells",
    "too_few_of_a_kind": "too few alike",
    "no_overlap": "too different",
    "separation": "too different",
}
"""Why a cell is empty, short enough to stand in it."""

_HATCHES = {"too few": "/", "too few cells": "/", "too few alike": "/", "too different": "x"}


def note(cell: Level) -> str:
    """What stands in a cell without a number."""
    return "nobody" if cell.n == 0 else NOTES.get(cell.reason or "", "withheld")


def depth_map(
    cells: Sequence[Level],
    depths: Sequence[str],
    frequencies: Sequence[str],
    unit: str,
    digits: int,
    *,
    with_intervals: bool,
    chosen: str = "",
) -> go.Figure:
    """Cells in the order depth by depth. The colour is the pooled point; the number in the cell says it too.

    A bar's `customdata` is the code of its cell, so that a click can be told; the cell `chosen` has a frame of its own.
    """
    figure = _empty(depths, frequencies, chosen)
    places = [(i % len(frequencies), i // len(frequencies)) for i in range(len(cells))]
    given = [(cell, place) for cell, place in zip(cells, places, strict=True) if cell.pooled is not None]
    rest = [(cell, place) for cell, place in zip(cells, places, strict=True) if cell.pooled is None]
    if given:
        figure.add_trace(_coloured(given, unit, digits))
        figure.update_layout(coloraxis=_scale([cell for cell, _ in given], unit, digits), margin_r=_SCALE_WIDTH)
    for hatch in dict.fromkeys(_HATCHES.get(note(cell), "") for cell, _ in rest):
        figure.add_trace(_hatched([(c, p) for c, p in rest if _HATCHES.get(note(c), "") == hatch], hatch))
    for cell, (x, y) in given:
        figure.add_annotation(x=x, y=y, showarrow=False, font={"color": INK, "size": 13},
                              text=_inside(cell, digits, with_intervals=with_intervals))  # fmt: skip
        if cell.is_reference:
            _framed(figure, x, y, 0.46, {"color": theme.GREY, "width": 3})
    for cell, (x, y) in (*given, *rest):
        if cell.code == chosen:
            _framed(figure, x, y, 0.48, {"color": theme.COLOURS[3], "width": 3, "dash": "dot"})
    for cell, (x, y) in rest:
        people = f"<br>{cell.n_observed:,} of {cell.n:,}" if cell.n else ""
        figure.add_annotation(x=x, y=y, showarrow=False, text=f"<i>{note(cell)}</i>{people}", font={"size": 12})
    return figure


def _framed(figure: go.Figure, x: int, y: int, half: float, line: dict[str, Any]) -> None:
    figure.add_shape(type="rect", x0=x - half, x1=x + half, y0=y - half, y1=y + half, line=line)


def _empty(depths: Sequence[str], frequencies: Sequence[str], chosen: str) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        height=_TOP + _BOTTOM + _ROW_HEIGHT * len(depths), margin={"l": 8, "r": 8, "t": _TOP, "b": _BOTTOM},
        showlegend=False, hovermode="closest", dragmode=False, barmode="overlay", bargap=0, selectionrevision=chosen,
    )  # fmt: skip
    common = {"showgrid": False, "zeroline": False, "fixedrange": True, "automargin": True}
    figure.update_xaxes(tickvals=list(range(len(frequencies))), ticktext=[_wrapped(f) for f in frequencies],
                        range=[-0.5, len(frequencies) - 0.5], title="Sessions per week", tickangle=0,
                        **common)  # fmt: skip
    figure.update_yaxes(tickvals=list(range(len(depths))), ticktext=list(depths), range=[len(depths) - 0.5, -0.5],
                        title="Needle length", **common)  # fmt: skip
    return figure


def _wrapped(text: str) -> str:
    """On as many lines as it needs to stay below its own column on a telephone."""
    return "<br>".join(wrap(text, _COLUMN_LETTERS))


def _coloured(given: Sequence[tuple[Level, tuple[int, int]]], unit: str, digits: int) -> go.Bar:
    return go.Bar(
        x=[x for _, (x, _) in given], y=[_GAP] * len(given), base=[y - _GAP / 2 for _, (_, y) in given], width=_GAP,
        hovertemplate=[f"{_hover(cell, unit, digits)}<extra></extra>" for cell, _ in given],
        marker={"color": [cell.pooled for cell, _ in given], "coloraxis": "coloraxis"},
        customdata=[cell.code for cell, _ in given], unselected=_NOT_FADED,
    )  # fmt: skip


def _scale(cells: Sequence[Level], unit: str, digits: int) -> dict[str, Any]:
    """Colours as far to one side of no difference as to the other."""
    furthest = max(*(abs(cell.pooled or 0.0) for cell in cells), 10.0**-digits)
    title = {"text": f"Difference,<br>{unit}", "side": "top"}
    return {"colorscale": [list(step) for step in _PALE], "cmin": -furthest, "cmax": furthest,
            "colorbar": {"title": title, "thickness": 12, "len": 0.9}}  # fmt: skip


def _hatched(cells: Sequence[tuple[Level, tuple[int, int]]], hatch: str) -> go.Bar:
    pattern = {"shape": hatch, "fgcolor": theme.GREY, "fgopacity": 0.35, "size": 9, "solidity": 0.12}
    return go.Bar(
        x=[x for _, (x, _) in cells], y=[_GAP] * len(cells), base=[y - _GAP / 2 for _, (_, y) in cells], width=_GAP,
        marker={"color": "rgba(0,0,0,0)", "line": {"color": theme.GREY, "width": 0.5}, "pattern": pattern},
        hovertemplate=[f"{cell.label}<br>{note(cell)}<extra></extra>" for cell, _ in cells],
        customdata=[cell.code for cell, _ in cells], unselected=_NOT_FADED,
    )  # fmt: skip


def _inside(cell: Level, digits: int, *, with_intervals: bool) -> str:
    people = f"n = {cell.n_observed:,}"
    if cell.is_reference:
        return f"<b>reference</b><br>{people}"
    drawn, lower, upper = signed(cell.pooled or 0.0, digits), cell.all_lower, cell.all_upper
    if with_intervals and lower is not None and upper is not None:
        alone = f"{signed(cell.estimate or 0.0, digits)} ({interval(lower, upper, digits)})"
        return f"<b>{drawn}</b>, {people}<br>by itself:<br>{alone}"
    return f"<b>{drawn}</b><br>{people}"


def _hover(cell: Level, unit: str, digits: int) -> str:
    if cell.is_reference:
        return f"{cell.label}<br>the reference<br>{cell.n_observed:,} of {cell.n:,} with a result"
    said = [cell.label, f"drawn towards the others: {signed(cell.pooled or 0.0, digits)} {unit}"]
    if cell.estimate is not None and cell.all_lower is not None and cell.all_upper is not None:
        limits = interval(cell.all_lower, cell.all_upper, digits)
        said.append(f"by itself: {signed(cell.estimate, digits)} ({limits})")
    return "<br>".join([*said, f"{cell.n_observed:,} of {cell.n:,} with a result"])

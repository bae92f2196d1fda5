"""Shares with their limits, row by row: a point and its interval, or how many there may be where none was seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.canvas import canvas

_NUMBERS_WIDTH = 190
_ROW_HEIGHT = 46
_MARK_HEIGHT = 22
_LEGEND = 34
_LEAST_SPAN = 0.01
"""A percent: an axis that ends below it would make a mountain of nothing."""


@dataclass(frozen=True)
class Mark:
    """One share (1 is 100%) with its limits; `place` picks colour and shape, `note` stands where there is no number."""

    name: str
    place: int
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    numbers: str = ""
    note: str = ""
    is_none_seen: bool = False


@dataclass(frozen=True)
class Row:
    """One line of the figure."""

    label: str
    detail: str
    marks: tuple[Mark, ...]


def rates(rows: Sequence[Row], axis: str) -> go.Figure:
    """A point with its interval for each share; where none was seen, an open triangle at the upper limit."""
    most = max((len(row.marks) for row in rows), default=1)
    figure = canvas(
        [row.label for row in rows], [row.detail for row in rows], axis, right=_NUMBERS_WIDTH,
        row_height=_ROW_HEIGHT + _MARK_HEIGHT * (most - 1),
    )  # fmt: skip
    end = max((m.upper or 0.0 for row in rows for m in row.marks if m.estimate is not None), default=_LEAST_SPAN)
    end = max(end, _LEAST_SPAN)
    figure.update_xaxes(range=[-0.02 * 100 * end, 1.05 * 100 * end], ticksuffix="%")
    for y, row in enumerate(rows):
        for height, mark in zip(_heights(len(row.marks)), row.marks, strict=True):
            _draw(figure, y + height, row, mark)
    if most > 1:
        _legend(figure, rows)
    return figure


def _heights(n: int) -> list[float]:
    """How far below the middle of its row each mark stands, in rows."""
    return [0.56 * (i - (n - 1) / 2) / max(n - 1, 1) for i in range(n)]


def _draw(figure: go.Figure, y: float, row: Row, mark: Mark) -> None:
    text = mark.numbers or f"<i>{mark.note}</i>"
    font = {"size": 13} if mark.numbers else {"size": 13, "color": theme.GREY}
    figure.add_annotation(x=1, xref="paper", y=y, xanchor="left", xshift=10, showarrow=False, text=text, font=font)
    if mark.estimate is None or mark.lower is None or mark.upper is None:
        return
    colour, shape = theme.colour(mark.place), theme.shape(mark.place)
    dash, symbol, at = (
        ("dot", "triangle-left-open", mark.upper) if mark.is_none_seen else ("solid", shape, mark.estimate)
    )
    figure.add_scatter(
        x=[100 * mark.lower, 100 * mark.upper], y=[y, y], mode="lines", hoverinfo="skip", showlegend=False,
        line={"color": colour, "width": 2.5, "dash": dash},
    )  # fmt: skip
    named = f"{row.label}, {mark.name}" if mark.name else row.label
    figure.add_scatter(
        x=[100 * at], y=[y], mode="markers", name=mark.name or row.label, showlegend=False,
        marker={"color": colour, "symbol": symbol, "size": 12, "line": {"width": 2, "color": colour}},
        hovertemplate=f"{named}<br>{mark.numbers}<br>{row.detail}<extra></extra>",
    )  # fmt: skip


def _legend(figure: go.Figure, rows: Sequence[Row]) -> None:
    named = {mark.name: mark for row in rows for mark in row.marks}
    for name, mark in named.items():
        figure.add_scatter(
            x=[None], y=[None], mode="markers", name=name, showlegend=True,
            marker={"color": theme.colour(mark.place), "symbol": theme.shape(mark.place), "size": 11},
        )  # fmt: skip
    legend = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "itemclick": False, "itemdoubleclick": False}
    figure.update_layout(
        showlegend=True, legend=legend, height=figure.layout.height + _LEGEND, margin_t=figure.layout.margin.t + _LEGEND
    )

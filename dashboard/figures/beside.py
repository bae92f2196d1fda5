"""Two shares beside each other, cell by cell, on one scale: a clinic and the others, a version and the one before."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.canvas import canvas

_SIZE = 13
_LEGEND = 34


@dataclass(frozen=True)
class Row:
    """One cell: shares (0 to 1), own with its 95% interval, and of the others; None where it is not shown, and why."""

    label: str
    detail: str
    own: float | None
    others: float | None
    note: str = ""
    limits: tuple[float, float] | None = None


def beside(
    rows: Sequence[Row], axis: str, names: tuple[str, str] = ("This clinic", "Other clinics together")
) -> go.Figure:
    """Own share as a filled circle, that of the others as an open diamond; `names` says which is which."""
    figure = canvas([row.label for row in rows], [row.detail for row in rows], axis)
    figure.update_xaxes(range=[-0.02, 1.02], tickformat=".0%")
    figure.update_layout(
        showlegend=True, height=figure.layout.height + _LEGEND, margin_t=figure.layout.margin.t + _LEGEND,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    figure.add_trace(_points(rows, [row.others for row in rows], names[1], "diamond-open", theme.GREY))
    for y, row in enumerate(rows):
        if row.own is not None and row.limits is not None:
            figure.add_trace(_interval(y, row.limits))
    figure.add_trace(_points(rows, [row.own for row in rows], names[0], "circle", theme.colour(0)))
    for y, row in enumerate(rows):
        if row.own is None and row.others is None:
            figure.add_annotation(x=0, y=y, text=row.note, showarrow=False, xanchor="left", font={"size": 13})
    return figure


def _interval(y: int, limits: tuple[float, float]) -> go.Scatter:
    """A line under the point."""
    line = {"width": 2, "color": theme.colour(0)}
    return go.Scatter(x=limits, y=[y, y], mode="lines", line=line, showlegend=False, hoverinfo="skip")


def _points(rows: Sequence[Row], values: Sequence[float | None], name: str, symbol: str, colour: str) -> go.Scatter:
    given = [(value, y) for y, value in enumerate(values) if value is not None]
    return go.Scatter(
        x=[value for value, _ in given], y=[y for _, y in given], name=name, mode="markers",
        marker={"symbol": symbol, "size": _SIZE, "color": colour, "line": {"width": 2, "color": colour}},
        hovertemplate=[f"{rows[y].label}: {value:.0%}<extra>{name}</extra>" for value, y in given],
    )  # fmt: skip

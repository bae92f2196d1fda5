"""Amounts of money: a median with its limits as a point and a line, the middle half of people as a pale bar."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.canvas import canvas

_NUMBERS_WIDTH = 190
_APART = 10
"""Amounts further apart than so many times stand on a logarithmic axis."""


@dataclass(frozen=True)
class Row:
    """One line: median, its limits and the quartiles in units of the currency; None where `note` says why."""

    label: str
    detail: str
    numbers: str = ""
    median: float | None = None
    lower: float | None = None
    upper: float | None = None
    first_quartile: float | None = None
    third_quartile: float | None = None
    note: str = ""


def amounts(rows: Sequence[Row], axis: str) -> go.Figure:
    """The rows on one scale; on a logarithmic one where some amounts are many times others."""
    figure = canvas([r.label for r in rows], [r.detail for r in rows], axis, right=_NUMBERS_WIDTH)
    known = [x for r in rows for x in (r.lower, r.first_quartile, r.upper, r.third_quartile) if x]
    is_wide = bool(known) and max(known) > _APART * min(known)
    if is_wide:
        powers = range(math.floor(math.log10(min(known))), math.ceil(math.log10(max(known))) + 1)
        figure.update_xaxes(type="log", tickvals=[step * 10.0**power for power in powers for step in (1, 2, 5)])
    else:
        figure.update_xaxes(rangemode="tozero")
    figure.update_xaxes(tickformat=",~g")
    for y, row in enumerate(rows):
        figure.add_annotation(
            x=1, xref="paper", y=y, xanchor="left", xshift=10, showarrow=False,
            text=row.numbers or f"<i>{row.note}</i>",
            font={"size": 13} if row.numbers else {"size": 13, "color": theme.GREY},
        )  # fmt: skip
        if row.median is not None:
            figure.add_traces(_drawn(row, y))
    return figure


def _drawn(row: Row, y: int) -> list[go.Scatter]:
    colour = theme.colour(0)
    half = go.Scatter(
        x=[row.first_quartile, row.third_quartile], y=[y, y], mode="lines", hoverinfo="skip",
        line={"color": theme.BAND.replace("0.13", "0.35"), "width": 16}, showlegend=False,
    )  # fmt: skip
    limits = go.Scatter(
        x=[row.lower, row.upper], y=[y, y], mode="lines+markers", hoverinfo="skip", showlegend=False,
        line={"color": colour, "width": 2.5},
        marker={"color": colour, "symbol": "line-ns-open", "size": 9, "line": {"width": 2}},
    )  # fmt: skip
    point = go.Scatter(
        x=[row.median], y=[y], mode="markers", name=row.label, showlegend=False,
        marker={"color": colour, "symbol": "circle", "size": 12},
        hovertemplate=f"{row.label}<br>{row.numbers}<br>{row.detail}<extra></extra>",
    )  # fmt: skip
    return [half, limits, point] if row.lower is not None else [half, point]

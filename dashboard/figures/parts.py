"""How people share out over the levels of a measure: one bar a row, a pattern beside every colour."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.canvas import canvas

_PATTERNS = ("", "/", ".", "x", "\\", "+")
_ROW_HEIGHT = 48
_LEGEND = 58
_LEAST_WRITTEN = 0.07
"""A part narrower than this has no room for its figure; the table has it."""


@dataclass(frozen=True)
class Row:
    """One bar: the share (0 to 1) of each level, in the order of the levels; empty where `note` says why."""

    label: str
    detail: str
    shares: tuple[float, ...]
    note: str = ""


def parts(rows: Sequence[Row], levels: Sequence[str], axis: str) -> go.Figure:
    """Bars of a hundred percent."""
    figure = canvas([row.label for row in rows], [row.detail for row in rows], axis, right=28, row_height=_ROW_HEIGHT)
    shown = [(y, row) for y, row in enumerate(rows) if row.shares]
    for place, level in enumerate(levels):
        values = [row.shares[place] for _, row in shown]
        figure.add_bar(
            x=[100 * value for value in values], y=[y for y, _ in shown], orientation="h", width=0.62, name=level,
            text=[f"{value:.0%}" if value >= _LEAST_WRITTEN else "" for value in values],
            textposition="inside", insidetextanchor="middle", textangle=0,
            insidetextfont={"color": "#FFFFFF", "size": 13},
            marker={
                "color": theme.colour(place), "line": {"color": "#FFFFFF", "width": 1},
                "pattern": {"shape": _PATTERNS[place % len(_PATTERNS)], "fgcolor": "rgba(255,255,255,0.35)",
                            "fillmode": "overlay", "size": 8},
            },
            hovertemplate=[f"{row.label}<br>{level}: {row.shares[place]:.1%}<br>{row.detail}<extra></extra>"
                           for _, row in shown],
        )  # fmt: skip
    for y, row in enumerate(rows):
        if not row.shares:
            figure.add_annotation(
                x=0, y=y, text=f"<i>{row.note}</i>", showarrow=False, xanchor="left", font={"color": theme.GREY}
            )
    figure.update_xaxes(range=[0, 100], ticksuffix="%")
    figure.update_layout(
        barmode="stack", showlegend=True, height=figure.layout.height + _LEGEND,
        margin_t=figure.layout.margin.t + _LEGEND,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "traceorder": "normal", "itemclick": False,
                "itemdoubleclick": False},
    )  # fmt: skip
    return figure

"""Published trials beside our own estimate, on one scale: a line where an interval is known, a lone point where not."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.canvas import canvas, line_at

_ROW_HEIGHT, _NUMBERS_WIDTH, _SIZE = 50, 175, 13
_LEGEND = 34
_AIR = 0.08

OWN, POOLED, USABLE, DOUBTED = "own", "pooled", "usable", "doubted"

_LOOKS = {
    OWN: ("These data", "circle", theme.COLOURS[0]),
    POOLED: ("Trials pooled", "diamond", theme.COLOURS[2]),
    USABLE: ("Trial that may be pooled", "square", theme.COLOURS[2]),
    DOUBTED: ("Trial shown, not pooled", "square-open", theme.COLOURS[1]),
}
"""Name, shape and colour; what is doubted is open."""


@dataclass(frozen=True)
class Row:
    """One line of the plot; `numbers` stands beside it. Without `value` the row says `numbers` alone."""

    label: str
    detail: str
    kind: str
    numbers: str
    value: float | None = None
    lower: float | None = None
    upper: float | None = None


def published(rows: Sequence[Row], axis: str) -> go.Figure:
    """The rows in their order; the dashed line is no difference."""
    figure = canvas([r.label for r in rows], [r.detail for r in rows], axis, right=_NUMBERS_WIDTH,
                    row_height=_ROW_HEIGHT)  # fmt: skip
    line_at(figure, 0)
    ends = [x for r in rows for x in (r.value, r.lower, r.upper) if x is not None] + [0.0]
    air = _AIR * (max(ends) - min(ends)) or 1.0
    figure.update_xaxes(range=[min(ends) - air, max(ends) + air])
    for y, row in enumerate(rows):
        figure.add_traces(_drawn(row, y))
        quiet = row.value is None
        figure.add_annotation(
            x=1, xref="paper", y=y, xanchor="left", xshift=10, showarrow=False,
            text=f"<i>{row.numbers}</i>" if quiet else row.numbers,
            font={"size": _SIZE, "color": theme.GREY} if quiet else {"size": _SIZE},
        )  # fmt: skip
    for kind in [k for k in _LOOKS if any(r.kind == k and r.value is not None for r in rows)]:
        name, symbol, colour = _LOOKS[kind]
        figure.add_scatter(x=[None], y=[None], mode="markers", name=name, showlegend=True,
                           marker={"symbol": symbol, "size": 11, "color": colour, "line": {"width": 2}})  # fmt: skip
    legend = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "itemclick": False, "itemdoubleclick": False}
    figure.update_layout(showlegend=True, legend=legend, height=figure.layout.height + _LEGEND, margin_t=_LEGEND + 8)
    return figure


def _drawn(row: Row, y: int) -> list[go.Scatter]:
    if row.value is None:
        return []
    _, symbol, colour = _LOOKS[row.kind]
    point = go.Scatter(
        x=[row.value], y=[y], mode="markers", showlegend=False, name=row.label,
        marker={"symbol": symbol, "size": 12, "color": colour, "line": {"width": 2, "color": colour}},
        hovertemplate=f"{row.label}<br>{row.detail}<br>{row.numbers}<extra></extra>",
    )  # fmt: skip
    if row.lower is None or row.upper is None:
        return [point]
    caps = {"color": colour, "symbol": "line-ns-open", "size": 9, "line": {"width": 2}}
    line = go.Scatter(x=[row.lower, row.upper], y=[y, y], mode="lines+markers", marker=caps, hoverinfo="skip",
                      showlegend=False, line={"color": colour, "width": 2.5})  # fmt: skip
    return [line, point]

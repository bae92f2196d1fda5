"""How far people were followed: at each visit who was seen, who was missed, and for whom it is not due yet."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.canvas import canvas
from pipeline.contract.overview import FollowUp

_ROW_HEIGHT = 46
_LEGEND = 30


def follow_up(visits: Sequence[FollowUp]) -> go.Figure:
    """One bar a visit, of all people: seen is filled, missed is hatched, not due yet is empty."""
    figure = canvas([f"Week {v.week}" for v in visits], [""] * len(visits), "People", row_height=_ROW_HEIGHT)
    place = list(range(len(visits)))
    clear, line = "rgba(0,0,0,0)", {"color": theme.GREY, "width": 1}
    hatch = {"shape": "/", "fgcolor": theme.GREY, "size": 7}
    for name, counts, marker in (
        ("seen", [v.n_seen for v in visits], {"color": theme.COLOURS[0]}),
        ("due, not seen", [v.n_due - v.n_seen for v in visits], {"color": theme.SAME, "pattern": hatch}),
        ("not due yet", [v.n - v.n_due for v in visits], {"color": clear, "line": line}),
    ):
        figure.add_bar(
            x=counts, y=place, orientation="h", name=name, width=0.6, marker=marker,
            hovertemplate=f"%{{x:,}} people {name}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        barmode="stack", showlegend=True, height=figure.layout.height + _LEGEND,
        margin_t=figure.layout.margin.t + _LEGEND,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    )  # fmt: skip
    figure.update_xaxes(range=[0, 1.02 * max((v.n for v in visits), default=1)], tickformat=",d")
    return figure


def enrolment(quarters: Sequence[tuple[str, int]]) -> go.Figure:
    """People by the calendar quarter in which they enrolled, each bar with its number."""
    figure = go.Figure()
    figure.add_bar(
        x=[spoken(quarter) for quarter, _ in quarters], y=[n for _, n in quarters], marker={"color": theme.COLOURS[0]},
        text=[f"{n:,}" for _, n in quarters], textposition="outside", cliponaxis=False,
        hovertemplate="%{x}: %{y:,} people<extra></extra>",
    )  # fmt: skip
    most = max((n for _, n in quarters), default=1)
    figure.update_layout(height=260, margin={"l": 8, "r": 16, "t": 8, "b": 52}, showlegend=False, dragmode=False)
    figure.update_xaxes(title="Quarter of enrolment", type="category", fixedrange=True)
    figure.update_yaxes(title="People", range=[0, 1.15 * most], tickformat=",d", fixedrange=True)
    return figure


def spoken(quarter: str) -> str:
    """`2025Q1` as `2025, Q1`."""
    return f"{quarter[:4]}, {quarter[4:]}"

"""Who is counted: people left at each step, and how many of each arm came back."""

from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.canvas import canvas
from pipeline.contract.results import Arm
from pipeline.contract.spoken import capital

_ROW_HEIGHT = 40
_ROOM = 1.32
"""How far the axis reaches beyond the longest bar, for the figures behind it."""


def attrition(steps: Sequence[tuple[str, int]]) -> go.Figure:
    """One bar a step: who is left is filled, whom the step left out is hatched."""
    counts = [n for _, n in steps]
    lost = [0, *(before - after for before, after in pairwise(counts))]
    names = [capital(step) for step, _ in steps]
    figure = canvas(names, [""] * len(steps), "People", row_height=_ROW_HEIGHT)
    place = list(range(len(steps)))
    figure.add_bar(
        x=counts, y=place, orientation="h", name="left", width=0.6, marker={"color": theme.COLOURS[0]},
        hovertemplate="%{x:,} people left<extra></extra>",
    )  # fmt: skip
    figure.add_bar(
        x=lost, y=place, orientation="h", name="left out here", width=0.6,
        marker={"color": theme.SAME, "pattern": {"shape": "/", "fgcolor": theme.GREY, "size": 7}},
        text=[f"{n:,}" + (f", {gone:,} left out" if gone else "") for n, gone in zip(counts, lost, strict=True)],
        textposition="outside", cliponaxis=False, hovertemplate="%{x:,} people left out here<extra></extra>",
    )  # fmt: skip
    figure.update_layout(barmode="stack")
    figure.update_xaxes(range=[0, _ROOM * max(1, *counts)], tickformat=",d")
    figure.update_yaxes(tickfont={"size": 13})
    return figure


def retention(arms: Sequence[Arm]) -> go.Figure:
    """Share of each arm's people due who have a result, in percent, the rest hatched."""
    known = [(place, arm, arm.retention) for place, arm in enumerate(arms)]
    figure = canvas([a.label for a in arms], [""] * len(arms), "People due with a result, %", row_height=_ROW_HEIGHT)
    for place, arm, share in known:
        if share is None:
            figure.add_annotation(x=2, y=place, text="<i>nobody due yet</i>", showarrow=False, xanchor="left",
                                  font={"color": theme.GREY})  # fmt: skip
            continue
        text = f"{share:.0%} of {arm.n_due:,}"
        figure.add_bar(
            x=[100 * share], y=[place], orientation="h", width=0.6, marker={"color": theme.colour(place)},
            name=arm.label, hovertemplate=f"{arm.label}<br>{text}<extra></extra>",
        )  # fmt: skip
        figure.add_bar(
            x=[100 * (1 - share)], y=[place], orientation="h", width=0.6, hoverinfo="skip", text=[text],
            marker={"color": "rgba(0,0,0,0)", "line": {"color": theme.GREY, "width": 1}, "pattern": {
                "shape": "/", "fgcolor": theme.GREY, "size": 7}},
            textposition="outside", cliponaxis=False,
        )  # fmt: skip
    figure.update_layout(barmode="stack")
    figure.update_xaxes(range=[0, 100 * _ROOM], tickvals=[0, 25, 50, 75, 100])
    return figure

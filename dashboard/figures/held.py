"""Records in quarantine by reason: one bar each."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.canvas import canvas

_ROOM = 1.2


def held(counts: Sequence[tuple[str, int]]) -> go.Figure:
    """(reason in words, records), most first."""
    figure = canvas(
        [label for label, _ in counts], [""] * len(counts), "Records that wait in quarantine", row_height=34
    )
    most = max((n for _, n in counts), default=1)
    figure.add_bar(
        x=[n for _, n in counts], y=list(range(len(counts))), orientation="h", width=0.6,
        marker={"color": theme.COLOURS[0]}, text=[f"{n:,}" for _, n in counts], textposition="outside",
        cliponaxis=False, hovertemplate="%{x:,} records<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(range=[0, _ROOM * most], tickformat=",d")
    figure.update_yaxes(tickfont={"size": 13})
    return figure

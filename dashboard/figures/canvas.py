"""What every figure of rows has in common: one row per arm, the names at the left, in reading order."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import theme

ROW_HEIGHT = 54
_TOP, _BOTTOM = 8, 52
_NAME_SIZE = 14


def canvas(
    labels: Sequence[str], details: Sequence[str], axis: str, *, right: int = 16, row_height: int = ROW_HEIGHT
) -> go.Figure:
    """An empty figure with one row per label, the first on top; `details` stand small below the names."""
    small = "<br><span style='font-size:0.82em'>{}</span>"
    pairs = zip(labels, details, strict=True)
    names = [label + (small.format(detail) if detail else "") for label, detail in pairs]
    figure = go.Figure()
    figure.update_layout(
        height=_TOP + _BOTTOM + row_height * len(labels),
        margin={"l": 8, "r": right, "t": _TOP, "b": _BOTTOM},
        showlegend=False,
        hovermode="closest",
        dragmode=False,
    )
    figure.update_yaxes(
        tickvals=list(range(len(labels))), ticktext=names, range=[len(labels) - 0.45, -0.55],
        showgrid=False, zeroline=False, automargin=True, fixedrange=True, title=None,
        tickfont={"size": _NAME_SIZE},
    )  # fmt: skip
    figure.update_xaxes(title=axis, zeroline=False, fixedrange=True, automargin=True)
    return figure


def line_at(figure: go.Figure, x: float) -> None:
    """The dashed line of no change or no difference."""
    figure.add_vline(x=x, line={"color": theme.GREY, "width": 1.5, "dash": "dash"}, layer="below")

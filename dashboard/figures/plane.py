"""What figures with two numeric axes have in common: room, lines, bands, and rows of counts under the picture."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import theme

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""Beside colour and shape, by the arm's place."""

_PLOT_HEIGHT, _COUNT_HEIGHT = 340, 24
_TOP, _BOTTOM, _BETWEEN = 10, 56, 74
_LEGEND_LINE, _LEGEND_PER_LINE = 22, 4
_COUNT_SIZE = 12
_EDGE = 8


def plane(x_title: str, y_title: str, height: int = _PLOT_HEIGHT) -> go.Figure:
    """An empty figure with two axes."""
    figure = go.Figure()
    figure.update_layout(
        height=height + _TOP + _BOTTOM, margin={"l": 8, "r": 16, "t": _TOP, "b": _BOTTOM}, showlegend=False,
        hovermode="closest", dragmode=False,
    )  # fmt: skip
    figure.update_xaxes(title=x_title, zeroline=False, fixedrange=True, automargin=True)
    figure.update_yaxes(title=y_title, zeroline=False, fixedrange=True, automargin=True)
    return figure


def dash(place: int) -> str:
    """Dash of the arm at this place."""
    return DASHES[place % len(DASHES)]


def faint(colour: str, share: float = 0.15) -> str:
    """A colour of the theme, seen through."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def level_line(figure: go.Figure, y: float) -> None:
    """The dashed line of no change or no difference, below everything else."""
    figure.add_hline(y=y, line={"color": theme.GREY, "width": 1.5, "dash": "dash"}, layer="below")


def band(
    x: Sequence[float],
    lower: Sequence[float],
    upper: Sequence[float],
    colour: str,
    *,
    share: float = 0.15,
    shape: str = "linear",
) -> list[go.Scatter]:
    """The area between two lines, without a word of its own."""  # fmt: skip
    line = {"width": 0, "shape": shape}
    common = {"x": list(x), "mode": "lines", "line": line, "hoverinfo": "skip", "showlegend": False}
    return [
        go.Scatter(y=list(lower), **common),
        go.Scatter(y=list(upper), fill="tonexty", fillcolor=faint(colour, share), **common),
    ]


def legend_above(figure: go.Figure, entries: int) -> None:
    """The names over the picture, as many lines as they need."""
    room = _LEGEND_LINE * -(-entries // _LEGEND_PER_LINE) + 12
    figure.update_layout(
        showlegend=True, height=figure.layout.height + room, margin_t=figure.layout.margin.t + room,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "itemclick": False, "itemdoubleclick": False,
                "traceorder": "normal"},
    )  # fmt: skip


def counts_below(
    figure: go.Figure, x: Sequence[float], rows: Sequence[tuple[str, Sequence[str]]], title: str
) -> None:  # fmt: skip
    """Under the picture, a row of counts for each arm, each below its own place on the axis."""
    room = _COUNT_HEIGHT * len(rows) + _BETWEEN
    plot = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    share = room / (plot + room)
    figure.update_layout(
        height=figure.layout.height - figure.layout.margin.b + room + _EDGE, margin_b=_EDGE,
        yaxis={"domain": [share, 1]},
        xaxis={"anchor": "y"},
        yaxis2={
            "domain": [0, share * _COUNT_HEIGHT * len(rows) / room], "range": [len(rows) - 0.5, -0.5],
            "tickvals": list(range(len(rows))), "ticktext": [label for label, _ in rows], "showgrid": False,
            "zeroline": False, "fixedrange": True, "automargin": True, "tickfont": {"size": _COUNT_SIZE},
            "side": "left",
        },
    )  # fmt: skip
    figure.add_scatter(x=[x[0]], y=[0], yaxis="y2", mode="markers", marker={"opacity": 0}, hoverinfo="skip",
                       showlegend=False)  # fmt: skip
    for place, (_, counts) in enumerate(rows):
        for at, count in zip(x, counts, strict=True):
            figure.add_annotation(x=at, y=place, yref="y2", text=count, showarrow=False, font={"size": _COUNT_SIZE})
    figure.add_annotation(x=0, xref="paper", y=-0.5, yref="y2", yanchor="bottom", xanchor="left", showarrow=False,
                          text=f"<i>{title}</i>", font={"size": _COUNT_SIZE})  # fmt: skip

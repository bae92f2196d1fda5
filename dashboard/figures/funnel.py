"""Funnel plot of one clinic: its own point among the limits within which chance puts clinics of its size."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import theme
from dashboard.words.numbers import number, signed, unit
from pipeline.clinic_figures import Limit
from pipeline.contract.clinic_standing import Standing

UNIT = "hairs/cm2"
_HEIGHT = 380
_SIZE = 15
_DIGITS = 1


def funnel(standing: Standing, limits: Sequence[Limit]) -> go.Figure:
    """The difference from what was expected, by people; limits dashed (95%) and dotted (99.8%) around no difference.

    No other clinic is drawn. `standing` has a place, and `limits` the curve of its funnel.
    """
    figure = go.Figure()
    for name, dash, widths in (
        ("Limits for 99.8%", "dot", [limit.half_998 for limit in limits]),
        ("Limits for 95%", "dash", [limit.half_95 for limit in limits]),
    ):
        for sign in (1, -1):
            figure.add_trace(_limit(limits, [sign * half for half in widths], name, dash, is_named=sign == 1))
    figure.add_hline(y=0, line={"color": theme.GREY, "width": 1.5}, layer="below")
    figure.add_trace(_own(standing))
    figure.update_xaxes(title="Patients measured", rangemode="tozero", fixedrange=True, zeroline=False)
    figure.update_yaxes(
        title=f"Observed less expected, {unit(UNIT)}", fixedrange=True, zeroline=False, range=_room(standing)
    )
    figure.update_layout(
        height=_HEIGHT, margin={"l": 8, "r": 16, "t": 42, "b": 52}, hovermode="closest", dragmode=False,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    return figure


def _room(standing: Standing) -> list[float]:
    """Up to the point and the limits at its size with room around them; the limits of the smallest clinics run out."""
    most = 2.2 * max(standing.upper_998 or 0.0, abs(standing.difference or 0.0))
    return [-most, most]


def _limit(limits: Sequence[Limit], values: Sequence[float], name: str, dash: str, *, is_named: bool) -> go.Scatter:
    return go.Scatter(
        x=[limit.n for limit in limits], y=values, name=name, mode="lines", legendgroup=name, showlegend=is_named,
        line={"color": theme.GREY, "width": 2, "dash": dash}, hoverinfo="skip",
    )  # fmt: skip


def _own(standing: Standing) -> go.Scatter:
    difference = standing.difference or 0.0
    told = f"{signed(difference, _DIGITS)} {unit(UNIT)} in about {number(standing.n or 0, 0)} patients"
    return go.Scatter(
        x=[standing.n], y=[difference], name="This clinic", mode="markers",
        marker={"symbol": "circle", "size": _SIZE, "color": theme.colour(0)},
        hovertemplate=f"{told}<extra>This clinic</extra>",
    )  # fmt: skip

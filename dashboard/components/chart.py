"""A figure on a page: its letters legible in light and dark, what it rests on at its foot, its downloads below."""

import json
import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from plotly.basedatatypes import BaseFigure

from dashboard.components import downloads, prose
from dashboard.components.certificate import Certificate
from dashboard.figures import room

_INK = {"light": "#17212B", "dark": "#E4EAF0"}
"""The text colours of .streamlit/config.toml; Streamlit's own charts write paler."""

_FOOT = 18
"""Pixels of the line at the foot of a figure, which says what it rests on."""

_USUAL_HEIGHT, _USUAL_MARGIN = 450, 80  # Plotly's own


_MOST = 500
"""Figures that are kept as text, some ten thousand characters each; a page has up to eight (judgement)."""


@st.cache_data(max_entries=_MOST, show_spinner=False)
def _spec(asked: bytes, _draw: "partial[go.Figure]", line: str, ink: str) -> tuple[str, str]:
    """The figure as text, and the titles of its axes; `asked` is what it is drawn of: who gets it could draw it."""
    figure = _draw()
    axes = (*figure.select_xaxes(), *figure.select_yaxes(), *(bar.colorbar for bar in figure.select_coloraxes()))
    titles = " | ".join(str(axis.title.text) for axis in axes if axis.title.text)
    return str(_framed(figure, line, ink).to_json()), titles


class _Drawn(BaseFigure):  # type: ignore[misc]  # Plotly gives no types for it
    """A figure that was drawn before, as the text it was then: Streamlit asks a figure for nothing but its dict."""

    def __init__(self, spec: str) -> None:
        self._spec = spec

    def to_dict(self) -> dict[str, Any]:
        return dict(json.loads(self._spec))


def chart(
    draw: "partial[go.Figure]",
    key: str,
    alt: str,
    data: downloads.Rows,
    certificate: Certificate,
    *,
    picked: Callable[[], None] | None = None,
) -> None:
    """Draw the figure over the whole width, with its downloads below.

    `draw` is one of `dashboard/figures/` with its arguments: it is called where it was not with the same ones before.
    `alt` is what a screen reader says in its place; `data` makes the numbers that the figure shows, unrounded and with
    units.
    `picked` is called where a point of it was clicked; the points are in the session's state of the key.
    """
    ink, line = _INK[st.context.theme.type or "light"], certificate.line()
    asked = pickle.dumps((draw.func.__module__, draw.func.__qualname__, draw.args, draw.keywords))
    spec, titles = _spec(asked, draw, line, ink)
    config = {
        "displaylogo": False,
        "displayModeBar": True,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "svg", "filename": key},
    }
    with st.container(key=f"frame-{key}"):
        st.plotly_chart(
            _Drawn(spec), key=key, config=config, alt=alt, on_select=picked or "ignore", selection_mode="points"
        )
    downloads.below(key, data, certificate)
    prose.axes(titles)


def _framed(figure: go.Figure, line: str, ink: str) -> go.Figure:
    """With legible letters, and at the foot what the figure rests on: a saved picture keeps it."""
    figure.update_xaxes(tickfont_color=ink, title_font_color=ink)
    figure.update_yaxes(tickfont_color=ink, title_font_color=ink)
    figure.update_coloraxes(colorbar_tickfont_color=ink, colorbar_title_font_color=ink)
    figure.for_each_annotation(lambda note: note.font.update(color=note.font.color or ink))
    figure.update_traces(outsidetextfont_color=ink, selector={"type": "bar"})
    figure.update_layout(legend_font_color=ink)
    room.make(figure)
    bottom = _USUAL_MARGIN if figure.layout.margin.b is None else figure.layout.margin.b
    figure.update_layout(height=(figure.layout.height or _USUAL_HEIGHT) + _FOOT, margin_b=bottom + _FOOT)
    figure.add_annotation(
        text=line, showarrow=False, font={"size": 10, "color": ink}, opacity=0.75,
        xref="paper", x=1, xanchor="right", yref="paper", y=0, yanchor="bottom", yshift=-(bottom + _FOOT - 2),
    )  # fmt: skip
    return figure

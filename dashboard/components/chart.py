"""A figure on a page: its letters legible in light and dark, what it rests on at its foot, its downloads below."""

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import plotly.graph_objects as go
import streamlit as st
from plotly.basedatatypes import BaseFigure

from dashboard.components import downloads, prose, unforeseen, unseen
from dashboard.components.certificate import Certificate
from dashboard.figures import room

_INK = {"light": "#17212B", "dark": "#E4EAF0"}
"""The text colours of .streamlit/config.toml; Streamlit's own charts write paler."""

_FOOT = 18
"""Pixels of the line at the foot of a figure, which says what it rests on."""

_USUAL_HEIGHT, _USUAL_MARGIN = 450, 80  # Plotly's own


_MOST = 500
"""Figures that are kept as text, some ten thousand characters each; a page has up to eight (judgement)."""


class _Spec(NamedTuple):
    """A figure as text, the titles of its axes, its height in pixels."""

    text: str
    titles: str
    height: int


@st.cache_data(max_entries=_MOST, show_spinner=False)
def _spec(asked: bytes, _draw: "partial[go.Figure]", line: str, ink: str) -> _Spec:
    """`asked` is what the figure is drawn of: who gets it could draw it."""
    figure = _draw()
    axes = (*figure.select_xaxes(), *figure.select_yaxes(), *(bar.colorbar for bar in figure.select_coloraxes()))
    titles = " | ".join(str(axis.title.text) for axis in axes if axis.title.text)
    framed = _framed(figure, line, ink)
    return _Spec(str(framed.to_json()), titles, int(framed.layout.height))


class _Drawn(BaseFigure):  # type: ignore[misc]  # Plotly gives no types for it
    """A figure that was drawn before, as the text it was then: Streamlit asks a figure for nothing but its dict."""

    def __init__(self, spec: str) -> None:
        self._spec = spec

    def to_dict(self) -> dict[str, Any]:
        return dict(json.loads(self._spec))


@dataclass(frozen=True)
class _Figure:
    """What is drawn, under which key, and what goes with it."""

    draw: "partial[go.Figure]"
    key: str
    alt: str
    data: downloads.Rows
    certificate: Certificate

    @property
    def spec(self) -> _Spec:
        draw = self.draw
        asked = pickle.dumps((draw.func.__module__, draw.func.__qualname__, draw.args, draw.keywords))
        return _spec(asked, draw, self.certificate.line(), _INK[st.context.theme.type or "light"])


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
    figure = _Figure(draw, key, alt, data, certificate)
    spec, may_wait = figure.spec, unseen.may_wait()
    if picked is None:
        _part(figure, spec.height if may_wait else None)
    else:  # what is picked on it is for the whole page
        _shown(figure, picked)
    prose.axes(spec.titles)


@st.fragment
def _part(figure: _Figure, height: int | None) -> None:
    """One figure; where it may wait, room of that height until it is asked for: this part alone is drawn again."""
    with unforeseen.told():
        if height is None or unseen.is_asked(figure.key):
            _shown(figure, None)
            return
        with st.container(key=f"frame-{figure.key}"):
            unseen.place(figure.key, figure.alt, height)
        downloads.below(figure.key, figure.data, figure.certificate)


def _shown(figure: _Figure, picked: Callable[[], None] | None) -> None:
    config = {
        "displaylogo": False,
        "displayModeBar": True,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "svg", "filename": figure.key},
    }
    with st.container(key=f"frame-{figure.key}"):
        st.plotly_chart(
            _Drawn(figure.spec.text), key=figure.key, config=config, alt=figure.alt, on_select=picked or "ignore",
            selection_mode="points",
        )  # fmt: skip
    downloads.below(figure.key, figure.data, figure.certificate)


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

"""A figure on a page: its letters legible in light and dark, and one button that saves it as SVG."""

import plotly.graph_objects as go
import streamlit as st

from dashboard import theme

_INK = {"light": "#17212B", "dark": "#E4EAF0"}
"""The text colours of .streamlit/config.toml; Streamlit's own charts write paler."""

_LEGIBLE = "<style>.st-key-{frame} {{overflow-x: auto}} .st-key-{frame} > div {{min-width: {width}px}}</style>"
"""On a telephone a figure keeps the width at which it can be read, and is moved sideways within its frame."""


def chart(figure: go.Figure, key: str, alt: str) -> None:
    """Draw the figure over the whole width. `alt` is what a screen reader says in its place."""
    ink = _INK[st.context.theme.type or "light"]
    figure.update_xaxes(tickfont_color=ink, title_font_color=ink)
    figure.update_yaxes(tickfont_color=ink)
    figure.for_each_annotation(lambda note: note.font.update(color=note.font.color or ink))
    figure.update_traces(outsidetextfont_color=ink, selector={"type": "bar"})
    figure.update_layout(legend_font_color=ink)
    config = {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "svg", "filename": key},
    }
    frame = f"frame-{key}"
    st.html(_LEGIBLE.format(frame=frame, width=theme.LEAST_FIGURE_WIDTH))
    with st.container(key=frame):
        st.plotly_chart(figure, key=key, config=config, alt=alt)

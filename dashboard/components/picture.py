"""A figure to take along as a picture: one button for SVG, one for PNG, the certificate inside either file."""

import json
from functools import cache
from pathlib import Path

import streamlit as st

from dashboard import theme
from dashboard.components.certificate import Certificate

_SCRIPT = Path(__file__).parents[1] / "assets" / "picture.js"

_BUTTONS = """
<button disabled type="button" value="svg" title="Stays sharp at any size">Picture as SVG</button>
<button disabled type="button" value="png" title="Fits everywhere">Picture as PNG</button>
<span role="status"></span>
"""

_LOOK = """
button {
  border: 0; background: none; color: inherit; font: inherit; font-size: 0.875rem; cursor: pointer; padding: 0.25rem 0;
  margin-right: 1rem; min-height: 2.5rem;
}
button:hover { color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; border-radius: 4px; }
"""
"""As Streamlit's own buttons without a frame, which stand beside them."""


@cache
def _script() -> str:
    return _SCRIPT.read_text(encoding="utf-8")


def buttons(figure: str, certificate: Certificate) -> None:
    """Buttons that save the figure of this key, which was drawn by `chart`, on the background that it is seen on."""
    component = st.components.v2.component("picture", html=_BUTTONS, css=_LOOK, js=_script())
    component(
        key=f"picture-{figure}",
        data={
            "figure": figure,
            "certificate": json.dumps(certificate.to_json()),
            "background": theme.BACKGROUND[st.context.theme.type or "light"],
        },
        width="content",
    )

"""Figures below the first: the browser asks for each once it has drawn what can be seen, so that nobody waits for them.

Only a browser can ask. Whoever looks without one gets every figure at once.
"""

from functools import cache
from pathlib import Path

import streamlit as st

_SCRIPT = Path(__file__).parents[1] / "assets" / "unseen.js"

_PLACE = "<div role='img'></div>"

_ASKED, _FIRST = "figures_asked", "figure_is_first"


@cache
def _script() -> str:
    return _SCRIPT.read_text(encoding="utf-8")


def begin() -> None:
    """No figure is there yet: a page begins."""
    st.session_state[_FIRST] = True


def may_wait() -> bool:
    """Whether the next figure may wait until it is asked for. Call it once for each; the first of a page never does."""
    is_first = st.session_state.get(_FIRST, True)
    st.session_state[_FIRST] = False
    return not is_first and str(st.context.headers.get("User-Agent", "")).startswith("Mozilla/")


def is_asked(key: str) -> bool:
    """Whether the browser asked for the figure of this key, on whichever page: it is there from then on."""
    return key in st.session_state.get(_ASKED, frozenset())


def place(key: str, alt: str, height: int) -> None:
    """Room of so many pixels that is read out as the figure will be, and that asks for it."""
    component = st.components.v2.component("unseen", html=_PLACE, js=_script())
    component(
        key=f"unseen-{key}", data={"alt": alt, "height": height}, height=height, on_asked_change=lambda: _come(key)
    )


def _come(key: str) -> None:
    st.session_state[_ASKED] = st.session_state.get(_ASKED, frozenset()) | {key}

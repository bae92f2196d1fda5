"""A part of a page that is drawn once somebody opens it: whoever does not look does not wait for it."""

from collections.abc import Callable

import streamlit as st

from dashboard.keys import Folded


def folded(label: str, key: Folded, icon: str, draw: Callable[[], object]) -> None:
    """A line with the label; `draw` is called below it while it is open."""
    part = st.expander(label, icon=icon, key=key, on_change="rerun")
    if part.open:
        with part:
            draw()

"""Links that restore a view, and the word about those that cannot.

Streamlit binds a widget to the link by its key, with the words shown as value, and drops what it does
not understand in silence. Here the link is read first: a code is taken in place of the words, and what
is neither is told.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

_BAD = "link_not_understood"
_AGAIN = "link_read_again"
_SHOWN_CHARACTERS = 40


def begin() -> None:
    """Forget what the last run had to say about its link, unless this run only goes on with reading it."""
    if not st.session_state.pop(_AGAIN, False):
        st.session_state[_BAD] = []


def read(key: str, options: Mapping[Any, str]) -> None:
    """Check the link's part for the widget `key`; `options` map code to shown words. Call it before the widget."""
    if key in st.session_state:
        return
    given = st.query_params.get_all(key)
    words = set(options.values())
    by_code = {str(code): label for code, label in options.items()}
    spoken = [value if value in words else by_code.get(value, value) for value in given]
    if spoken != given:
        st.query_params[key] = spoken
        st.session_state[_AGAIN] = True
        st.rerun()  # the widget takes its value from the link as it was when the run began
    strange = [(key, value) for value in given if value not in words]
    st.session_state[_BAD] = list(dict.fromkeys([*st.session_state[_BAD], *strange]))


def read_id(key: str, ids: Sequence[str]) -> None:
    """Give a widget that is not bound to the link the id that stands there. Call it before the widget."""
    if key in st.session_state:
        return
    given = st.query_params.get_all(key)
    known = [value for value in given if value in ids]
    if known:
        st.session_state[key] = known[-1]
    strange = [(key, value) for value in given if value not in ids]
    st.session_state[_BAD] = list(dict.fromkeys([*st.session_state[_BAD], *strange]))


def write_id(key: str, chosen: str) -> None:
    """Let the link hold the id that is chosen, or nothing."""
    if chosen:
        if st.query_params.get_all(key) != [chosen]:
            st.query_params[key] = chosen
    elif key in st.query_params:
        del st.query_params[key]


def same_on(page: str, keys: Iterable[str]) -> str:
    """Address of another page with what stands in this one's link under these keys."""
    held = {key: st.query_params.get_all(key) for key in keys if key in st.query_params}
    return f"/{page}?{urlencode(held, doseq=True)}" if held else f"/{page}"


def report() -> None:
    """Say which parts of the link were not understood, and what is shown instead."""
    bad: list[tuple[str, str]] = st.session_state.get(_BAD, [])
    if bad:
        parts = ", ".join(f"`{key}={_harmless(value)}`" for key, value in bad)
        st.warning(
            f"{parts}. The usual choice is shown in its place; it may not be the view that was meant.",
            title="Part of this link was not understood",
            icon=":material/link_off:",
        )


def _harmless(value: str) -> str:
    """A value from outside, cut and without what could end the code span it is shown in."""
    return value.replace("`", "").replace("\n", " ")[:_SHOWN_CHARACTERS]

"""Controls of one choice, bound to the link: what is not understood of it is said at the head of the page."""

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from dashboard.components import links

Code = TypeVar("Code", str, int)


def pills(label: str, options: Mapping[Code, str], key: str, usual: Code) -> Code:
    """All choices in sight. `options` map code to shown words."""
    links.read(key, options)
    chosen = st.pills(
        label, list(options), default=usual, required=True, format_func=options.__getitem__, key=key,
        bind="query-params",
    )  # fmt: skip
    return usual if chosen is None else chosen


def select(label: str, options: Mapping[Code, str], key: str, usual: Code) -> Code:
    """Choices in a list that opens."""
    links.read(key, options)
    codes = list(options)
    chosen = st.selectbox(
        label, codes, index=codes.index(usual), format_func=options.__getitem__, key=key, bind="query-params"
    )
    return usual if chosen is None else chosen

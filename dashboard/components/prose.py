"""The words of a page. A term leads to its word in Help, and shows what it means, where it stands.

In text that is its first place on the page; in a table each header; of a figure the line below.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from urllib.parse import quote_plus

import pandas as pd
import pyarrow as pa
import streamlit as st

from dashboard import manual

SPOKEN = {
    "95% interval": "confidence interval",
    "confidence interval": "confidence interval",
    "not adjusted": "not adjusted",
    "unadjusted": "not adjusted",
    "adjusted": "adjusted",
    "arm": "arm",
    "association": "association",
    "attrition": "attrition",
    "case mix": "case mix",
    "diagnostics": "diagnostics",
    "e-value": "E-value",
    "effective number": "effective number",
    "exploratory": "exploratory",
    "funnel": "funnel",
    "improvement": "improvement",
    "kaplan-meier": "Kaplan-Meier",
    "landmark": "landmark",
    "natural spline": "natural spline",
    "negative control": "negative control",
    "at risk": "numbers at risk",
    "overlap": "overlap",
    "partial pooling": "partial pooling",
    "protocol": "protocol",
    "quarantine": "quarantine",
    "repeated measures": "repeated measures",
    "responder": "responder",
    "response": "response",
    "sequential doubly robust": "sequential doubly robust",
    "session asked": "session asked",
    "sessions asked about": "session asked",
    "standard deviation": "standard deviation",
    "standardised difference": "standardised difference",
    "suppressed": "suppressed",
    "time zero": "time zero",
    "tipping point": "tipping point",
}
"""A term as pages say it, in small letters and of one thing, and its word in the glossary."""

_EXPLAINED, _ON_AXES = "terms_explained", "terms_on_axes"

WORDS = "table-of-words"
"""The class of a table that `table` draws, by which frame.py dresses it."""

_LINK = re.compile(r'\[([^\]]*)\]\((/help\?find=\S+) "([^"]*)"\)')
"""As `_link` writes it."""

_LEFT_ALONE = r"`[^`]*`|\[[^\]]*\]\([^)]*\)"
"""Code, and what leads somewhere already."""


def begin() -> None:
    """Nothing is explained yet: a page begins."""
    st.session_state[_EXPLAINED] = set()
    st.session_state[_ON_AXES] = set()


def say(sentences: str) -> None:
    """Markdown at the size of the page's text."""
    st.markdown(_explained(sentences))


def note(sentences: str) -> None:
    """Markdown in small print, such as below a figure."""
    st.caption(_explained(sentences))


def table(rows: Sequence[Mapping[str, str]]) -> None:
    """Rows of words, a cell by its header; what a row has not is empty. Nothing in a cell is markup."""
    if rows:
        st.html(_as_html(rows))


def marked_table(rows: Sequence[Mapping[str, str]]) -> None:
    """As `table`, of cells that are Markdown: each is then worked out by itself in the browser, which takes long."""
    names = _names(rows)
    words = {header(name): [row.get(name, "") for row in rows] for name in names}
    if rows:
        st.table(pa.table(words), border="horizontal", hide_index=True)  # Arrow's own: pandas takes thrice as long


def _names(rows: Sequence[Mapping[str, str]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _as_html(rows: Sequence[Mapping[str, str]]) -> str:
    names = _names(rows)
    head = "".join(f'<th scope="col"><div>{_header_as_html(name)}</div></th>' for name in names)
    lines = ("".join(f"<td><div>{escape(row.get(name, ''))}</div></td>" for name in names) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<div class="{WORDS}"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


@cache
def _header_as_html(name: str) -> str:
    said, *links = _LINK.split(header(name))
    told = [escape(said)]
    for word, place, means, after in zip(links[0::4], links[1::4], links[2::4], links[3::4], strict=True):
        told.append(
            f'<a href="{escape(place)}" title="{escape(means)}" target="_blank">{escape(word)}</a>{escape(after)}'
        )
    return "".join(told)


def square(figures: pd.DataFrame) -> None:
    """Figures by two things: one in the rows, one in the columns."""
    st.table(figures, border=True)


def axes(titles: str) -> None:
    """Below a figure: what the terms in the titles of its axes mean, each once on a page."""
    known: set[str] = st.session_state.setdefault(_ON_AXES, set())
    said = [found["term"] for found in _terms().finditer(titles) if found["term"]]
    first = {word: term for term in reversed(said) if (word := _word(term)) not in known}
    known.update(first)
    if first:
        st.caption(" ".join(f"*{first[word].capitalize()}*: {manual.meanings()[word]}." for word in reversed(first)))


@cache
def header(name: str) -> str:
    """A header with its terms linked, or itself where the whole of it is a word of the glossary."""
    means = meaning(name)
    return linked(name, set()) if means is None else _link(name, name.casefold(), means)


def meaning(name: str) -> str | None:
    """What a word means; None where the glossary has none of that name."""
    return manual.meanings().get(name.casefold())


def _explained(sentences: str) -> str:
    known: set[str] = st.session_state.setdefault(_EXPLAINED, set())
    return linked(sentences, known)


def linked(sentences: str, known: set[str]) -> str:
    """The text with a link at the first place of each term whose word is not yet `known`; those linked are added."""

    def link(found: re.Match[str]) -> str:
        said = found[0]
        word = _word(found["term"]) if found["term"] else None
        if word is None or word in known:
            return said
        known.add(word)
        return _link(said, word, manual.meanings()[word])

    return _terms().sub(link, sentences)


def _link(said: str, word: str, means: str) -> str:
    told = means.replace('"', "”")
    return f'[{said}](/help?find={quote_plus(word)} "{told}")'


def _word(term: str) -> str:
    small = term.casefold()
    return SPOKEN.get(small) or SPOKEN[small.removesuffix("s")]


@cache
def _terms() -> re.Pattern[str]:
    longest_first = sorted(SPOKEN, key=len, reverse=True)
    return re.compile(rf"{_LEFT_ALONE}|(?<![\w-])(?P<term>(?:{'|'.join(longest_first)})s?)(?![\w-])", re.IGNORECASE)

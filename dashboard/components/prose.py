"""The sentences of a page. At its first place on the page a term leads to its word in Help, and shows what it means."""

import re
from functools import cache
from urllib.parse import quote_plus

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
    "standard deviation": "standard deviation",
    "standardised difference": "standardised difference",
    "suppressed": "suppressed",
    "time zero": "time zero",
    "tipping point": "tipping point",
}
"""A term as pages say it, in small letters and of one thing, and its word in the glossary."""

_EXPLAINED = "terms_explained"

_LEFT_ALONE = r"`[^`]*`|\[[^\]]*\]\([^)]*\)"
"""Code, and what leads somewhere already."""


def begin() -> None:
    """Nothing is explained yet: a page begins."""
    st.session_state[_EXPLAINED] = set()


def say(sentences: str) -> None:
    """Markdown at the size of the page's text."""
    st.markdown(_explained(sentences))


def note(sentences: str) -> None:
    """Markdown in small print, such as below a figure."""
    st.caption(_explained(sentences))


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
        meaning = manual.meanings()[word].replace('"', "”")
        return f'[{said}](/help?find={quote_plus(word)} "{meaning}")'

    return _terms().sub(link, sentences)


def _word(term: str) -> str:
    small = term.casefold()
    return SPOKEN.get(small) or SPOKEN[small.removesuffix("s")]


@cache
def _terms() -> re.Pattern[str]:
    longest_first = sorted(SPOKEN, key=len, reverse=True)
    return re.compile(rf"{_LEFT_ALONE}|(?<![\w-])(?P<term>(?:{'|'.join(longest_first)})s?)(?![\w-])", re.IGNORECASE)

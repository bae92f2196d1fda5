"""Help: what the words mean, how figures are made, how well the methods fare, what is held, what nobody is shown."""

import streamlit as st

from dashboard import manual, queries
from dashboard.access import Viewer
from dashboard.components import frame, links
from dashboard.components.empty import empty
from dashboard.keys import Help

TITLE = "What do the words and methods here mean?"
LEAD = (
    "Look a word up, or read the manual's pages: the words, how each figure is made and what must hold for it, how "
    "often the methods are right where the truth is known, every column that is held, and what clinics are not shown."
)
NOTHING_FOUND = "No page of the manual holds {words}. Try one word of it, or another spelling."
MOST_OPEN = 3
"""Parts found that are shown open; the others open at a click."""


def show(viewer: Viewer) -> None:
    """Draw the page. It speaks of no version, so it is there before anything is published."""
    with frame.column(viewer):
        version = queries.current_version()
        if version is not None:
            frame.banner(queries.about(version, viewer, queries.home_folder()))
        links.begin()
        links.read(Help.PAGE, manual.PAGES)
        links.report()
        st.title(TITLE, anchor=False)
        frame.lead(LEAD)
        words = st.text_input(
            "Find in all pages", key=Help.FIND, bind="query-params", placeholder="landmark", icon=":material/search:"
        )
        page = st.segmented_control(
            "Page", list(manual.PAGES), default="glossary", required=True, format_func=manual.PAGES.__getitem__,
            key=Help.PAGE, bind="query-params",
        )  # fmt: skip
        if words.strip():
            _found(words.strip())
        else:
            _page(page or "glossary")


def _found(words: str) -> None:
    found = manual.find(words)
    if not found:
        empty("no_data", NOTHING_FOUND.format(words=f"“{words}”".replace("`", "")))
        return
    st.caption(
        f"{len(found)} {'part holds' if len(found) == 1 else 'parts hold'} it. Clear the box to read whole pages."
    )
    for place, section in enumerate(found):
        called = manual.PAGES[section.page]
        label = called if section.title == called else f"{called}: {section.title}"
        with st.expander(label, expanded=place < MOST_OPEN):
            st.markdown(section.text)


def _page(page: str) -> None:
    first, *others = manual.sections(page)
    frame.section(first.title)
    st.markdown(first.text)
    for section in others:
        with st.expander(section.title, expanded=len(others) <= MOST_OPEN):
            st.markdown(section.text)

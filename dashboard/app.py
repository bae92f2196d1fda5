"""Entry point: page settings, who is asking, navigation. Run it with `needling dashboard`."""

from functools import partial
from pathlib import Path

import streamlit as st

from dashboard import login, warm
from dashboard.access import Viewer
from dashboard.components import unforeseen
from dashboard.keys import Compare, Filter
from dashboard.views import COMPARE, pages_for
from dashboard.words import text

ICON = Path(__file__).parent / "assets" / "icon.png"  # a file of our own: a named icon is fetched from outside

FIRST = "first"  # in place of the first page's own path: Streamlit serves it at the root, and its name leads there


def _serve(viewer: Viewer) -> None:
    """The navigation of this viewer's pages, and the page that is asked for."""
    sections: dict[str, list[st.Page]] = {}
    entries: dict[str, st.Page] = {}
    first, *_ = pages = pages_for(viewer)
    for page in pages:
        path = FIRST if page == first else page.url_path
        entry = st.Page(partial(page.show, viewer), title=page.title, icon=page.icon, url_path=path)
        sections.setdefault(page.section, []).append(entry)
        entries[page.url_path] = entry
    by_name = st.Page(
        partial(_go, entries[first.url_path]), title=first.title, url_path=first.url_path, visibility="hidden"
    )
    sections[first.section].append(by_name)

    st.logo(str(ICON), size="large")
    login.way_out(viewer)
    chosen = st.navigation(sections, position="top")
    if chosen.url_path == "" and COMPARE in entries and st.query_params.keys() & {*Compare, *Filter}:
        _go(entries[COMPARE])  # a link from when Compare was the first page
    chosen.run()


def _go(entry: st.Page) -> None:
    """On to another page, with all that stands in the link."""
    st.switch_page(entry, query_params={key: st.query_params.get_all(key) for key in st.query_params})


st.set_page_config(page_title=text.PRODUCT, page_icon=str(ICON), layout="wide")

warm.settle()
with unforeseen.told():
    seen = login.door()
    if seen is not None:
        _serve(seen)

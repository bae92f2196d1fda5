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


def _serve(viewer: Viewer) -> None:
    """The navigation of this viewer's pages, and the page that is asked for."""
    sections: dict[str, list[st.Page]] = {}
    entries: dict[str, st.Page] = {}
    for page in pages_for(viewer):
        entry = st.Page(partial(page.show, viewer), title=page.title, icon=page.icon, url_path=page.url_path)
        sections.setdefault(page.section, []).append(entry)
        entries[page.url_path] = entry

    st.logo(str(ICON), size="large")
    login.way_out(viewer)
    chosen = st.navigation(sections, position="top")
    asked = st.query_params.to_dict()
    if chosen.url_path == "" and COMPARE in entries and asked.keys() & {*Compare, *Filter}:
        # a link from when Compare was the first page
        st.switch_page(entries[COMPARE], query_params={key: st.query_params.get_all(key) for key in asked})
    chosen.run()


st.set_page_config(page_title=text.PRODUCT, page_icon=str(ICON), layout="wide")

warm.settle()
with unforeseen.told():
    seen = login.door()
    if seen is not None:
        _serve(seen)

"""Entry point: page settings, who is asking, navigation. Run it with `needling dashboard`."""

from functools import partial
from pathlib import Path

import streamlit as st

from dashboard import login, text
from dashboard.views import pages_for

ICON = Path(__file__).parent / "assets" / "icon.png"  # a file of our own: a named icon is fetched from outside

st.set_page_config(page_title=text.PRODUCT, page_icon=str(ICON), layout="wide")

viewer = login.door()
if viewer is None:
    st.stop()

sections: dict[str, list[st.Page]] = {}
for page in pages_for(viewer):
    entry = st.Page(partial(page.show, viewer), title=page.title, icon=page.icon, url_path=page.url_path)
    sections.setdefault(page.section, []).append(entry)

st.logo(str(ICON), size="large")
login.way_out(viewer)
st.navigation(sections, position="top").run()

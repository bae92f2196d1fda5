"""The door: whoever may not see anything is told why here, and how to come in."""

from pathlib import Path

import streamlit as st

from dashboard import queries
from dashboard.access import Closed, Viewer, viewer
from dashboard.keys import Login
from dashboard.words import text
from pipeline.errors import UsageError


def door() -> Viewer | None:
    """The viewer; None where there is nobody to show a page to, and then why stands on the page."""
    try:
        found = viewer(Path(queries.home_folder()))
    except UsageError as error:  # of the file alone, no secret in it
        st.error(str(error), title=text.LIST_WRONG)
        return None
    if isinstance(found, Viewer):
        return found
    match found:
        case Closed.NOT_LOCAL:
            st.error(text.NOT_LOCAL, title=text.NOT_SERVED)
        case Closed.UNKNOWN:
            st.title(text.UNKNOWN_TITLE, anchor=False)
            st.markdown(text.UNKNOWN)
            st.button(text.LOG_OUT, on_click=st.logout, key=Login.OUT)
        case Closed.LOGGED_OUT | Closed.EXPIRED:
            st.title(text.PRODUCT, anchor=False)
            st.markdown(text.EXPIRED if found is Closed.EXPIRED else text.LOGGED_OUT)
            st.button(text.LOG_IN, on_click=st.login, type="primary", key=Login.IN)
    return None


def way_out(seen: Viewer) -> None:
    """The button to log out, for whoever has logged in."""
    if seen.is_logged_in:
        with st.sidebar:
            st.caption(text.ROLES[seen.role].format(clinic=seen.scope))
            st.button(text.LOG_OUT, on_click=st.logout, key=Login.OUT, icon=":material/logout:")

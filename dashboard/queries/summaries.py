"""What the pages Safety, Cost, Adherence and Data quality read: summaries of a version, and the home's ledger."""

import streamlit as st

from dashboard.access import Viewer
from dashboard.queries import State, opened
from pipeline.contract.cells import Adherence, Cost, Quality, Safety

_TTL_SECONDS = 3600
_MAX_ANSWERS = 200


@st.cache_data(max_entries=_MAX_ANSWERS, ttl=_TTL_SECONDS, show_spinner="Reading side effects ...")
def safety(version: str, viewer: Viewer, folder: str, by: str, place: str, effect: str) -> Safety:
    """Side effects per session asked."""
    return opened(viewer, folder, version).safety(by, place=place, effect=effect)


@st.cache_data(max_entries=_MAX_ANSWERS, ttl=_TTL_SECONDS, show_spinner="Reading what people paid ...")
def cost(version: str, viewer: Viewer, folder: str, by: str, currency: str | None, per: str) -> Cost:
    """What people pay in one currency."""
    return opened(viewer, folder, version).cost(by, currency=currency, per=per)


@st.cache_data(max_entries=_MAX_ANSWERS, ttl=_TTL_SECONDS, show_spinner="Reading plans and logs ...")
def adherence(version: str, viewer: Viewer, folder: str, week: int, by: str) -> Adherence:
    """Plan against done, and who stops."""
    return opened(viewer, folder, version).adherence(week, by=by)


@st.cache_data(max_entries=_MAX_ANSWERS, ttl=_TTL_SECONDS, show_spinner="Reading the checks of the data ...")
def quality(version: str, viewer: Viewer, folder: str, state: State) -> Quality:
    """How good the data are; `state` is what may change the home's ledger and quarantine within a version."""
    return opened(viewer, folder, version).quality()

"""What a version holds, and what the version before it held."""

from dataclasses import dataclass

import streamlit as st

from dashboard.access import Viewer
from dashboard.queries import MAX_VERSIONS, TTL_SECONDS, opened
from pipeline.api import open_home
from pipeline.contract.overview import Overview


@dataclass(frozen=True)
class Before:
    """The version before: its name, the fingerprint of its data, and what it held."""

    version: str
    fingerprint: str
    held: Overview


@st.cache_data(max_entries=MAX_VERSIONS, ttl=TTL_SECONDS, show_spinner="Counting people ...")
def overview(version: str, viewer: Viewer, folder: str) -> Overview:
    """People, records, follow-up, senders."""
    return opened(viewer, folder, version).overview()


@st.cache_data(max_entries=MAX_VERSIONS, ttl=TTL_SECONDS, show_spinner="Counting people ...")
def earlier(version: str, viewer: Viewer, folder: str) -> Before | None:
    """The version before this one; None where none is kept. It is opened for this alone."""
    name = opened(viewer, folder, version).earlier()
    if name is None:
        return None
    with open_home(folder, name) as before:
        return Before(name, str(before.version["fingerprint"]), before.overview())

"""Whom a question would compare, in a version and in the one before it; no result is looked at."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from dashboard.access import Viewer
from dashboard.queries import MAX_ANSWERS, TTL_SECONDS, State, opened
from pipeline.api import Home, open_home, protocol_toml
from pipeline.contract.asked import Asked
from pipeline.errors import NeedlingError

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Cohort:
    """A protocol, and what may be known of its people: `seen` is as `studies show --json` has it.

    `landmark_days` and `digest` are the protocol's; `toml` the file that it would be.
    """

    title: str
    landmark_days: int
    digest: str
    toml: str
    unit: str
    seen: Document


@dataclass(frozen=True)
class Before:
    """The version before: its name and what it knew of the same people, or why it cannot be asked."""

    version: str
    seen: Document | None
    why_not: str | None


@st.cache_data(max_entries=MAX_ANSWERS, ttl=TTL_SECONDS, show_spinner="Counting who would take part ...")
def cohort(version: str, viewer: Viewer, folder: str, asked: Asked | None, study: str | None, state: State) -> Cohort:
    """Of a question or of a study; `state` is what may change the latter within a version."""
    home = opened(viewer, folder, version)
    protocol = _protocol(home, asked, study)
    units = home.sql("SELECT unit FROM instruments WHERE code = ?", [protocol.outcome.instrument])["unit"].to_pylist()
    return Cohort(
        protocol.title, protocol.landmark_days, protocol.digest, protocol_toml(protocol),
        str(units[0]) if units else "", home.preview(protocol),
    )  # fmt: skip


@st.cache_data(max_entries=MAX_ANSWERS, ttl=TTL_SECONDS, show_spinner="Counting in the version before ...")
def before(
    version: str, viewer: Viewer, folder: str, asked: Asked | None, study: str | None, state: State
) -> Before | None:
    """The same of the version before; None where none is kept. It is opened for this alone."""
    name = opened(viewer, folder, version).earlier()
    if name is None:
        return None
    with open_home(folder, name) as old:
        try:
            return Before(name, old.preview(_protocol(old, asked, study)), None)
        except NeedlingError as error:  # such as a clinic that is new, or a table that was not there yet
            return Before(name, None, str(error))


@st.cache_data(max_entries=MAX_ANSWERS, ttl=TTL_SECONDS, show_spinner=False)
def counts(
    version: str, viewer: Viewer, folder: str, where: tuple[str, ...], landmark: int
) -> Mapping[str, Mapping[str, int]]:
    """How many people each value of a filter would leave."""
    return opened(viewer, folder, version).facets(where, landmark)


def _protocol(home: Home, asked: Asked | None, study: str | None) -> Any:
    if study is not None:
        return home.protocol(study)
    if asked is None:
        raise ValueError("a cohort comes from a question or from a study; got neither")
    return home.protocol_of(**asdict(asked))

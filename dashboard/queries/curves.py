"""What the pages of curves read: the map, doses, courses, time to response, published trials. Each needs a viewer."""

from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from dashboard.access import Viewer
from dashboard.queries import State, opened
from pipeline.contract.curves import DepthFrequencyMap, DoseResponse, TimeToResponse, Trajectories
from pipeline.contract.results import Comparison

_TTL_SECONDS = 3600
_MAX_ANSWERS = 200
_MAX_STUDIES = 100

Dose = Literal["depth", "frequency"]


@dataclass(frozen=True)
class Measured:
    """What the curves are about: instrument, visit, whom (COLUMN=VALUE), and by which day arms are settled."""

    instrument: str
    week: int
    where: tuple[str, ...] = ()
    landmark: int | None = None

    def words(self) -> dict[str, Any]:
        """As the product's door takes them."""
        return {"instrument": self.instrument, "week": self.week, "where": self.where, "landmark": self.landmark}


@dataclass(frozen=True)
class Study:
    """A study as one chooses it: its claim, where it speaks to one, and its question."""

    study: str
    claim: str | None
    title: str


@st.cache_data(max_entries=_MAX_ANSWERS, ttl=_TTL_SECONDS, show_spinner="Setting cells beside each other ...")
def depth_frequency_map(version: str, viewer: Viewer, folder: str, asked: Measured) -> DepthFrequencyMap:
    """Every cell of needle length and sessions per week."""
    return opened(viewer, folder, version).depth_frequency_map(**asked.words())


@st.cache_data(max_entries=_MAX_ANSWERS, ttl=_TTL_SECONDS, show_spinner="Setting doses beside each other ...")
def dose_response(version: str, viewer: Viewer, folder: str, dimension: Dose, asked: Measured) -> DoseResponse:
    """Needle length, or sessions per week, as bands and as a curve."""
    return opened(viewer, folder, version).dose_response(dimension, **asked.words())


@st.cache_data(max_entries=_MAX_ANSWERS, ttl=_TTL_SECONDS, show_spinner="Following people from visit to visit ...")
def trajectories(version: str, viewer: Viewer, folder: str, by: str, asked: Measured) -> Trajectories:
    """Improvement by arm at every visit, and who left."""
    return opened(viewer, folder, version).trajectories(by, **asked.words())


@st.cache_data(max_entries=_MAX_ANSWERS, ttl=_TTL_SECONDS, show_spinner="Following people until they respond ...")
def time_to_response(
    version: str, viewer: Viewer, folder: str, by: str, asked: Measured, reference: str | None
) -> TimeToResponse:
    """Share that responded by each visit, by arm."""
    return opened(viewer, folder, version).time_to_response(by, **asked.words(), reference=reference)


@st.cache_data(max_entries=_MAX_STUDIES, ttl=_TTL_SECONDS, show_spinner=False)
def evidence(version: str, viewer: Viewer, folder: str, name: str, state: State) -> dict[str, Any]:
    """The published trials on a study's question, in its unit."""
    return opened(viewer, folder, version).evidence(name)


@st.cache_data(max_entries=1, ttl=_TTL_SECONDS, show_spinner=False)
def everything_published(version: str, viewer: Viewer, folder: str) -> dict[str, Any]:
    """Every row of trials and of reviews, as it was printed."""
    return opened(viewer, folder, version).evidence()


@st.cache_data(max_entries=_MAX_STUDIES, ttl=_TTL_SECONDS, show_spinner="Asking the study ...")
def own(version: str, viewer: Viewer, folder: str, name: str, state: State) -> Comparison:
    """This version's own answer to the study."""
    return opened(viewer, folder, version).study(name)


@st.cache_data(max_entries=2, ttl=_TTL_SECONDS, show_spinner=False)
def studies(version: str, viewer: Viewer, folder: str, state: State) -> tuple[Study, ...]:
    """Every study beside which trials may stand."""
    home = opened(viewer, folder, version)
    return tuple(Study(p.id, p.claim, p.title or p.id) for p in home.studies())

"""What the pages read, through the product's own door. Parameters are bound; a viewer is required.

Every cache is keyed by the version and by the viewer, so that a newer version is read as soon as it is
current and nobody is served what was read for another; each is bounded.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.access import Viewer
from pipeline import clinic_figures, config
from pipeline.api import Home, open_home, protocol_toml
from pipeline.clinic_figures import Figure, Limit
from pipeline.contract.asked import Asked
from pipeline.contract.claimed import Claimed
from pipeline.contract.clinic_standing import SafetyLimit, Standing
from pipeline.contract.results import Arm, Comparison

TTL_SECONDS = 3600
MAX_ANSWERS = 500
MAX_VERSIONS = 2  # the one that is read, and the next one while people move over

State = tuple[tuple[str, int], ...]
"""Names of files and when they changed."""

_CHOICES = {
    "diagnosis": "participants",
    "sex": "participants",
    "age_band": "participants",
    "clinic_id": "participants",
    "setting": "exposure",
    "device": "exposure",
    "adjunct": "exposure",
}
"""Columns that pages filter on, and where they stand: the only names that reach the SQL text."""


@dataclass(frozen=True)
class Instrument:
    """What a page must know of an instrument: its name, and the kinds of hair loss it is for (empty: all)."""

    code: str
    label: str
    diagnoses: tuple[str, ...]


def home_folder() -> str:
    """The home that is read, from the settings."""
    return str(config.load().home)


def current_version() -> str | None:
    """Name of the version that `current.json` points to now; None before the first publication."""
    pointer = config.load().home / "current.json"
    if not pointer.is_file():
        return None
    return str(json.loads(pointer.read_bytes())["version"])


@st.cache_resource(max_entries=MAX_VERSIONS, ttl=TTL_SECONDS, show_spinner=False)
def _open(folder: str, version: str) -> Home:
    """The open version. `version` is the cache's key: another one opens another file."""
    return open_home(folder, version)


def opened(viewer: Viewer, folder: str, version: str) -> Home:
    """The row level, for whoever may read it. Raises PermissionError for a clinic's user, whatever page asked."""
    if viewer.role == "clinic" or viewer.scope is not None:
        raise PermissionError("the row level is not for a clinic's user")
    return _open(folder, version)


@st.cache_data(max_entries=MAX_VERSIONS, ttl=TTL_SECONDS, show_spinner=False)
def manifest(version: str, viewer: Viewer, folder: str) -> dict[str, Any]:
    """The version's own account of itself."""
    return opened(viewer, folder, version).version


@st.cache_data(max_entries=MAX_ANSWERS, ttl=TTL_SECONDS, show_spinner="Comparing and adjusting ...")
def compare(version: str, viewer: Viewer, folder: str, asked: Asked) -> Comparison:
    """The answer to one question, adjusted and unadjusted."""
    return opened(viewer, folder, version).compare(**asdict(asked))


@st.cache_data(max_entries=MAX_ANSWERS, ttl=TTL_SECONDS, show_spinner=False)
def arms(version: str, viewer: Viewer, folder: str, asked: Asked) -> tuple[Arm, ...]:
    """The arms that have anybody in them, which nothing has to be adjusted for."""
    return opened(viewer, folder, version).compare(**asdict(asked), adjusted=False).arms


@st.cache_data(max_entries=MAX_ANSWERS, ttl=TTL_SECONDS, show_spinner="Comparing and adjusting ...")
def study(version: str, viewer: Viewer, folder: str, name: str, state: State) -> Comparison:
    """The answer of a study; `state` is what may change it within a version."""
    return opened(viewer, folder, version).study(name)


@st.cache_data(max_entries=MAX_VERSIONS, ttl=TTL_SECONDS, show_spinner="Asking every study ...")
def claims(version: str, viewer: Viewer, folder: str, state: State) -> tuple[Claimed, ...]:
    """Every study with its verdict; `state` is what may change it within a version."""
    return opened(viewer, folder, version).claims()


@st.cache_data(max_entries=MAX_VERSIONS, ttl=TTL_SECONDS, show_spinner=False)
def studies(version: str, viewer: Viewer, folder: str, state: State) -> dict[str, str]:
    """Every study's question, by id. Raises NeedlingError where a protocol of the home's own is wrong."""
    return {protocol.id: protocol.title or protocol.id for protocol in opened(viewer, folder, version).studies()}


@st.cache_data(max_entries=MAX_ANSWERS, ttl=TTL_SECONDS, show_spinner=False)
def protocol(version: str, viewer: Viewer, folder: str, asked: Asked | None, name: str | None, state: State) -> str:
    """The protocol of a question or of a study, as TOML."""
    home = opened(viewer, folder, version)
    made = home.protocol(name) if name is not None else home.protocol_of(**asdict(asked)) if asked else None
    return "" if made is None else protocol_toml(made)


def state(folder: str) -> State:
    """When what was fixed and the home's own protocols last changed: they do so without a new version."""
    home = Path(folder)
    files = [home / "ledger.duckdb", *sorted((home / "studies").glob("*.toml"))]
    return tuple((file.name, file.stat().st_mtime_ns) for file in files if file.is_file())


@st.cache_data(max_entries=MAX_VERSIONS, ttl=TTL_SECONDS, show_spinner=False)
def choices(version: str, viewer: Viewer, folder: str) -> dict[str, tuple[str, ...]]:
    """For every column that is filtered on, the values it has in this version, sorted."""
    home = opened(viewer, folder, version)
    return {
        column: tuple(
            str(value)
            for value in home.sql(
                f"SELECT DISTINCT {column} AS value FROM {table} WHERE {column} IS NOT NULL ORDER BY 1"
            )["value"].to_pylist()
        )
        for column, table in _CHOICES.items()
    }


@st.cache_data(max_entries=MAX_VERSIONS, ttl=TTL_SECONDS, show_spinner=False)
def instruments(version: str, viewer: Viewer, folder: str) -> tuple[Instrument, ...]:
    """The instruments that somebody in this version was measured with, in the order of the reference table."""
    home = opened(viewer, folder, version)
    rows = home.sql(
        "SELECT code, label, coalesce(diagnoses::VARCHAR, '') AS diagnoses FROM instruments"
        " WHERE code IN (SELECT DISTINCT instrument FROM outcome_change)"
    ).to_pylist()
    return tuple(Instrument(r["code"], r["label"], tuple(d for d in r["diagnoses"].split("|") if d)) for r in rows)


@st.cache_data(max_entries=MAX_VERSIONS * 100, ttl=TTL_SECONDS, show_spinner=False)
def clinics(version: str, viewer: Viewer, folder: str) -> tuple[str, ...]:
    """The clinics whose figures this viewer may see."""
    if viewer.scope is not None:
        return (viewer.scope,)
    return clinic_figures.clinics(Path(folder), version)


def clinic(version: str, viewer: Viewer, folder: str, of: str) -> tuple[Figure, ...] | None:
    """One clinic's figures; None where they are not this viewer's to see."""
    return _clinic(version, viewer, folder, of) if viewer.may_see(of) else None


@st.cache_data(max_entries=MAX_ANSWERS, ttl=TTL_SECONDS, show_spinner=False)
def _clinic(version: str, viewer: Viewer, folder: str, of: str) -> tuple[Figure, ...]:
    return clinic_figures.figures(Path(folder), version, of)


def standings(version: str, viewer: Viewer, folder: str, of: str) -> tuple[tuple[Standing, tuple[Limit, ...]], ...]:
    """Where one clinic stands at each visit, with its funnel; nothing where that is not this viewer's to see."""
    return _standings(version, viewer, folder, of) if viewer.may_see(of) else ()


@st.cache_data(max_entries=MAX_ANSWERS, ttl=TTL_SECONDS, show_spinner=False)
def _standings(version: str, viewer: Viewer, folder: str, of: str) -> tuple[tuple[Standing, tuple[Limit, ...]], ...]:
    return clinic_figures.standings(Path(folder), version, of)


def safety_limits(version: str, viewer: Viewer, folder: str, of: str) -> tuple[SafetyLimit, ...]:
    """What few or no side effects leave possible in one clinic; nothing where that is not this viewer's to see."""
    return _safety_limits(version, viewer, folder, of) if viewer.may_see(of) else ()


@st.cache_data(max_entries=MAX_ANSWERS, ttl=TTL_SECONDS, show_spinner=False)
def _safety_limits(version: str, viewer: Viewer, folder: str, of: str) -> tuple[SafetyLimit, ...]:
    return clinic_figures.safety_limits(Path(folder), version, of)


def own_basis(version: str, viewer: Viewer, folder: str, of: str) -> str | None:
    """On what basis a clinic has figures for its own eyes in this version; None where it has none."""
    if not viewer.may_see(of):
        return None
    whole = json.loads((Path(folder) / "versions" / version / "manifest.json").read_bytes())
    return next(
        (str(own["basis"]) for own in whole.get("disclosure", {}).get("own_clinic", ()) if own["clinic"] == of), None
    )


@st.cache_data(max_entries=MAX_VERSIONS, ttl=TTL_SECONDS, show_spinner=False)
def about(version: str, viewer: Viewer, folder: str) -> dict[str, Any]:
    """What everybody may know of a version: no count, from which others could be taken off, and no failed rule."""
    whole = json.loads((Path(folder) / "versions" / version / "manifest.json").read_bytes())
    return {key: whole[key] for key in ("version", "published_at", "simulated", "extracted_until", "fingerprint")}

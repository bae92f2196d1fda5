"""The frame of every page: the column it stands in, the banner of invented people, and the empty page."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import streamlit as st

from dashboard import queries, text, theme
from dashboard.access import Viewer
from dashboard.numbers import people


@contextmanager
def page() -> Iterator[None]:
    """One column in the middle of the window."""
    with st.container(horizontal_alignment="center"), st.container(width=theme.PAGE_WIDTH):
        yield


def banner(manifest: dict[str, Any]) -> None:
    """Says on every page that the people are invented, where they are."""
    if manifest.get("simulated"):
        st.warning(text.SIMULATED, icon=":material/science:")


def lead(sentence: str) -> None:
    """The answer under the title, larger than what follows."""
    st.html("<style>.st-key-lead p { font-size: 1.15rem; line-height: 1.55; }</style>")
    with st.container(key="lead"):
        st.markdown(sentence)


def provenance(manifest: dict[str, Any]) -> None:
    """What stands behind the numbers: gate, version, how fresh, how many."""
    gate = manifest["gate"]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _gate_badge(gate)
        st.caption(
            f"Data until {_day(manifest['extracted_until'])} · {people(manifest['tables']['participants'])} · "
            f"published {_moment(manifest['published_at'])} · version `{manifest['version']}`",
            width="content",
        )


def published(about: dict[str, Any]) -> None:
    """How fresh the figures are, for whoever may not know how many people there are in all."""
    st.caption(
        f"Data until {_day(about['extracted_until'])} · published {_moment(about['published_at'])} · "
        f"version `{about['version']}`"
    )


def _gate_badge(gate: dict[str, Any]) -> None:
    n_warnings = len(gate["failed"])
    if not gate["passed"]:
        st.badge("Data checks failed", icon=":material/error:", color="red")
    elif n_warnings:
        noun = "warning" if n_warnings == 1 else "warnings"
        st.badge(f"Data checks passed with {n_warnings} {noun}", icon=":material/warning:", color="orange")
    else:
        st.badge(f"All {gate['n_rules']} data checks passed", icon=":material/verified:", color="green")


def footer(viewer: Viewer) -> None:
    """Says that there is no login, where there is none."""
    if not viewer.is_logged_in:
        st.caption(text.SINGLE_USER)


def open_version() -> str | None:
    """The version to read; draws why there is nothing to read where there is none."""
    version = queries.current_version()
    if version is None:
        st.title(text.NO_VERSION_TITLE)
        st.markdown(text.NO_VERSION)
        st.code(text.NO_VERSION_COMMAND + queries.home_folder(), language=None)
    return version


def _day(iso: str | None) -> str:
    return "an unknown day" if iso is None else _long(date.fromisoformat(iso))


def _moment(iso: str) -> str:
    moment = datetime.fromisoformat(iso)
    return f"{_long(moment.date())}, {moment:%H:%M} UTC"


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"

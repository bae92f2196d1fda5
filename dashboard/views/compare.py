"""Compare: do people who needle one way improve more than those who needle another? Adjusted, and as people are."""

from dataclasses import dataclass

import streamlit as st

from dashboard import queries
from dashboard.access import Viewer
from dashboard.components import code, comparison, controls, diagnosis, filters, frame, prose
from dashboard.components.frame import Reading
from dashboard.contrasts import contrasts
from dashboard.words import text
from dashboard.words.answer import answer
from pipeline.contract.asked import Asked
from pipeline.contract.results import Comparison
from pipeline.errors import NeedlingError

DIAGNOSED = (None, "failed_diagnostics", "too_few_effective")
"""Reasons of a comparison without a figure that are its diagnostics' own; None where it has one."""


@dataclass(frozen=True)
class _Shown:
    """What the page shows: the title as a question, the answer, and where it comes from."""

    title: str
    result: Comparison
    asked: Asked | None = None
    study: str | None = None


@frame.page
def show(reading: Reading) -> None:
    """Draw the page."""
    if not queries.instruments(*reading.at):
        frame.head(reading, text.NO_RESULTS_TITLE, text.NO_RESULTS)
        return
    head = st.container()
    shown = _controls(*reading.at)
    with head:
        frame.head(reading, shown.title, answer(shown.result))
        _standing(shown)
    _result(shown, reading.viewer)
    _code(shown, *reading.at)


def _controls(version: str, viewer: Viewer, folder: str) -> _Shown:
    """What to look at, and the answer to it."""
    with st.container(border=True):
        study = controls.study_control(_titles(version, viewer, folder))
        if study is not None:
            return _study(version, viewer, folder, study)
        asked = _asked(version, viewer, folder)
    result = queries.compare(version, viewer, folder, asked)
    return _Shown(text.question(asked.by, asked.instrument), result, asked=code.settled(asked, result))


def _titles(version: str, viewer: Viewer, folder: str) -> dict[str, str]:
    try:
        return queries.studies(version, viewer, folder, queries.state(folder))
    except NeedlingError as error:  # one wrong file in the home's studies/ must not close the page
        st.warning(text.NO_STUDIES.format(error=error))
        return {}


def _study(version: str, viewer: Viewer, folder: str, study: str) -> _Shown:
    state = queries.state(folder)
    title = queries.studies(version, viewer, folder, state)[study]
    prose.note(
        "Everything about it was written down beforehand: who takes part, the arms, the outcome, the one contrast. "
        "The protocol stands at the end of the page."
    )
    return _Shown(title, queries.study(version, viewer, folder, study, state), study=study)


def _asked(version: str, viewer: Viewer, folder: str) -> Asked:
    """The question that the controls pose."""
    available = queries.choices(version, viewer, folder)
    known = {i.code: i for i in queries.instruments(version, viewer, folder)}
    by = controls.dimension_control()
    with st.container(horizontal=True):  # wraps where the window is narrow, so that no name is cut
        with st.container(width=325):
            instrument = known[controls.instrument_control(known)]
        with st.container(width=140):
            week = controls.week_control()
        with st.container(width=265):
            where = filters.diagnosis_filter(available, instrument.diagnoses)
        against = st.container(width=300)
    count = filters.n_active()
    with st.expander(f"More filters ({count} in use)" if count else "More filters", icon=":material/filter_alt:"):
        where += filters.people_filters(available)
    asked = Asked(by, instrument.code, week, tuple(where))
    with against:
        chosen = controls.against_control(queries.arms(version, viewer, folder, asked))
    return Asked(by, instrument.code, week, tuple(where), reference=chosen)


def _standing(shown: _Shown) -> None:
    """Badges: what the diagnostics say, and whether the question was fixed in advance."""
    certificate = shown.result.diagnostics.get("certificate", {})
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if shown.result.reason in DIAGNOSED:  # where nothing is compared, nothing was diagnosed
            label, colour, icon = text.GATES[shown.result.gate]
            st.badge(label, icon=icon, color=colour)  # type: ignore[arg-type]  # one of the names it knows
        if not certificate.get("is_exploratory", True):
            st.badge(text.FIXED.format(day=certificate["frozen_at"][:10]), icon=":material/lock:", color="green")
        else:
            st.badge(text.EXPLORATORY, icon=":material/explore:", color="gray")


def _result(shown: _Shown, viewer: Viewer) -> None:
    result, found = shown.result, contrasts(shown.result)
    diagnosis.withheld(found, viewer)
    if result.arms or found:
        comparison.forest(result)
        if found:
            diagnosis.closer(diagnosis.choose(found), result)
        diagnosis.retention(result)
        comparison.distribution(result)
    comparison.attrition(result)
    if result.arms or found:
        comparison.numbers(result, shown.study or "compare")
    comparison.caveats(result)


def _code(shown: _Shown, version: str, viewer: Viewer, folder: str) -> None:
    source = code.Source(folder, version, shown.asked, shown.study)
    state = queries.state(folder)
    code.show(source, lambda: queries.protocol(version, viewer, folder, shown.asked, shown.study, state))

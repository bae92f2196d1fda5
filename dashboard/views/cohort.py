"""Cohort: who would take part in a comparison, who they are at the start, and how to write it down beforehand."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from dashboard import access, queries, stewardship
from dashboard.components import controls, downloads, filters, frame, prose, reports, work
from dashboard.components.certificate import Certificate
from dashboard.components.chart import chart
from dashboard.components.empty import empty, empty_for
from dashboard.components.folded import folded
from dashboard.components.frame import Reading
from dashboard.figures import flow
from dashboard.jobs import Task
from dashboard.keys import Cohort as Key
from dashboard.keys import Figure, Folded
from dashboard.queries.cohort import Cohort, before, cohort, counts
from dashboard.words import cohort_words as words
from dashboard.words import text
from dashboard.words.numbers import unit
from pipeline.contract.asked import Asked
from pipeline.errors import NeedlingError


@dataclass(frozen=True)
class _Chosen:
    """What is looked at: a question, or a study by its id."""

    asked: Asked | None
    study: str | None


@frame.page
def show(reading: Reading) -> None:
    """Draw the page."""
    if not queries.instruments(*reading.at):
        frame.head(reading, text.NO_RESULTS_TITLE, text.NO_RESULTS)
        return
    head, places = st.container(), filters.Places()
    chosen = _controls(reading, places)
    state = queries.state(reading.folder)
    found = cohort(*reading.at, chosen.asked, chosen.study, state)
    if chosen.asked is not None:
        filters.show_counts(places, counts(*reading.at, chosen.asked.where, found.landmark_days))
    with head:
        frame.head(reading, words.TITLE, words.answer(found))
    asked = chosen.asked
    own = {"study": chosen.study} if asked is None else {
        "by": asked.by, "instrument": asked.instrument, "week": asked.week, "where": asked.where,
        "reference": asked.reference,
    }  # fmt: skip
    certificate = reading.certificate(**own, protocol_digest=found.digest)
    _people(reading, chosen, found, certificate)
    _start(found, certificate)
    _write_down(reading, chosen, found)
    work.show()


def _controls(reading: Reading, places: filters.Places) -> _Chosen:
    """A study, or a question of one's own with its filters."""
    with st.container(border=True):
        study = controls.study_control(_titles(reading))
        if study is not None:
            return _Chosen(None, study)
        available = queries.choices(*reading.at)
        known = {i.code: i for i in queries.instruments(*reading.at)}
        by = controls.dimension_control()
        with st.container(horizontal=True):
            with st.container(width=325):
                instrument = known[controls.instrument_control(known)]
            with st.container(width=140):
                week = controls.week_control()
            with st.container(width=265):
                where = filters.diagnosis_filter(available, instrument.diagnoses)
            against = st.container(width=300)
        where += filters.people_filters(available, places)
        asked = Asked(by, instrument.code, week, tuple(where))
        with against:
            arms = queries.arms(*reading.at, asked)
            reference = controls.against_control(arms) or (max(arms, key=lambda arm: arm.n).arm if arms else None)
        return _Chosen(Asked(by, instrument.code, week, tuple(where), reference=reference), None)


def _titles(reading: Reading) -> dict[str, str]:
    try:
        return queries.studies(*reading.at, queries.state(reading.folder))
    except NeedlingError as error:  # one wrong file in the home's studies/ must not close the page
        st.warning(text.NO_STUDIES.format(error=error))
        return {}


def _people(reading: Reading, chosen: _Chosen, found: Cohort, certificate: Certificate) -> None:
    """The steps, and how many there were at each in the version before."""
    frame.section("Who is counted")
    if not found.seen["arms"]:
        empty_for(found.seen["reason"])
        return
    alt = "People left after each step; the table has the numbers."
    steps = words.pairs_of_steps(found.seen)
    chart(partial(flow.attrition, steps), Figure.ATTRITION, alt, partial(words.steps_rows, found.seen), certificate)
    old = before(*reading.at, chosen.asked, chosen.study, queries.state(reading.folder))
    prose.say(words.NO_EARLIER if old is None else words.changed(old, found.seen))
    compared = old.seen if old is not None else None
    prose.table(words.steps(found.seen, compared))
    downloads.data_buttons("cohort-steps", partial(words.steps_rows, found.seen, compared), certificate)
    prose.table(words.arms(found.seen))


def _start(found: Cohort, certificate: Certificate) -> None:
    """Table 1, and whether like could be compared with like."""
    frame.section("Who they are at the start (table 1)")
    if "table_1" not in found.seen:
        empty("not_applicable", words.NO_TABLE_ONE)
        return
    table = words.table_one(found.seen, unit(found.unit))
    if not table:
        empty("too_few", words.NOBODY_DUE)
        return
    prose.table(table)
    prose.note(words.TABLE_ONE_NOTE)
    downloads.data_buttons("table-1", partial(words.table_one_rows, found.seen), certificate)
    pairs = words.overlap(found.seen)
    if pairs:
        frame.section("Could like be compared with like?")
        prose.table(pairs)
        prose.note(words.OVERLAP_NOTE)


def _write_down(reading: Reading, chosen: _Chosen, found: Cohort) -> None:
    """The protocol to take along; and to save in the home, for whoever may write there."""
    frame.section("Write it down before the results are looked at")
    prose.say(words.PROTOCOL)
    folded(
        "The protocol", Folded.PROTOCOL, ":material/description:",
        lambda: st.code(found.toml, language="toml", wrap_lines=True, height=320),
    )  # fmt: skip
    st.download_button(
        "Download protocol", found.toml, f"{chosen.study or 'my-study'}.toml", "application/toml",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip
    if chosen.asked is not None:
        _save(reading, chosen.asked)


def _save(reading: Reading, asked: Asked) -> None:
    refusal = access.why_not_write(reading.viewer, Path(reading.folder))
    if refusal is not None:
        prose.note(words.MAY_NOT_SAVE.format(refusal=refusal))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name of the study", key=Key.NAME, max_chars=64, help=words.SAVE_HELP, width=320).strip()
        wanted = st.button(
            "Save in the home", key=Key.SAVE, disabled=work.is_busy() or not name, icon=":material/save:"
        )
    job = f"save {name} {asked.command()}"
    if wanted:
        task = Task((*asked.words()[1:], "--save", name))
        work.begin(job, "Writing the protocol down", stewardship.settings(), task)
    work.place(job)
    answer = work.answer(job)
    if answer is not None:
        reports.trouble(answer)
        if answer.error is None:
            st.success(words.SAVED.format(study=name), icon=":material/check_circle:")

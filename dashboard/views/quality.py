"""Data quality: can the data be relied on? The gate over time, the quarantine, what moved, what looks filled in."""

from functools import partial

import streamlit as st

from dashboard import queries
from dashboard.components import frame, prose
from dashboard.components.certificate import Certificate
from dashboard.components.chart import chart
from dashboard.components.choices import select
from dashboard.components.empty import empty
from dashboard.components.folded import folded
from dashboard.components.frame import Reading
from dashboard.figures.beside import beside
from dashboard.figures.gates import gates
from dashboard.figures.held import held
from dashboard.figures.rates import rates
from dashboard.keys import Figure, Folded
from dashboard.keys import Quality as Key
from dashboard.queries import summaries
from dashboard.words import quality_words as words
from dashboard.words import rate_words
from pipeline.contract.cells import Quality

_BELOW = "; the table below has the numbers."


@frame.page
def show(reading: Reading) -> None:
    """Draw the page."""
    found = summaries.quality(*reading.at, queries.state(reading.folder))
    head = st.container()
    certificate = reading.certificate()
    _gates(found, certificate)
    _held(found, certificate)
    _drift(found, certificate)
    _signs(found, certificate)
    with head:  # last, for what the link asks of the controls is told here
        frame.head(reading, words.TITLE, words.answer(found))


def _gates(found: Quality, certificate: Certificate) -> None:
    frame.section("The checks over time")
    if not found.runs:
        empty("no_data", "No check of this home is on record.")
        return
    figure = partial(gates, found.runs)
    chart(
        figure,
        Figure.GATES,
        f"Rules that failed at each run{_BELOW}",
        partial(words.gates_records, found.runs),
        certificate,
    )
    prose.table(words.gates_table(found.runs))
    prose.note(words.GATES_NOTE)


def _held(found: Quality, certificate: Certificate) -> None:
    frame.section("What was not taken in")
    if not found.held:
        empty("no_data", words.NOTHING_HELD)
        return
    chart(
        partial(held, words.reasons(found.held)), Figure.HELD, f"Records in quarantine by reason{_BELOW}",
        partial(words.held_records, found.held), certificate,
    )  # fmt: skip
    folded("By source and reason", Folded.HELD, ":material/table:", lambda: prose.table(words.held_table(found.held)))
    prose.note(words.HELD_NOTE)


def _drift(found: Quality, certificate: Certificate) -> None:
    frame.section("What moved since the version before")
    if found.previous is None:
        empty("not_applicable", words.NO_VERSION_BEFORE)
    columns = {one.column: one.column for one in found.drift if one.unit == "share"}
    if not columns:
        return
    with st.container(width=320):
        column = select("Column", columns, Key.COLUMN, next(iter(columns)))
    shown = [one for one in found.drift if one.column == column]
    chart(
        partial(beside, words.drift_rows(shown), f"{column}: share", ("This version", "The one before")), Figure.DRIFT,
        f"Shares of {column} in this version and the one before{_BELOW}", partial(words.drift_records, shown),
        certificate,
    )  # fmt: skip
    others = [one for one in found.drift if one.unit != "share"]
    prose.table(words.drift_table([*shown, *others]))
    prose.note(words.DRIFT_NOTE)


def _signs(found: Quality, certificate: Certificate) -> None:
    frame.section("Does what people log look felt, counted and written down at the time?")
    signs = dict(found.signs)
    if not signs:
        empty("no_data", "Nobody has logged a session or a result yet.")
        return
    with st.container(width=520):
        sign = select("Sign", {code: words.SIGNS[code] for code in signs}, Key.SIGN, next(iter(signs)))
    shown = signs[sign]
    prose.say(f"{words.sign_answer(shown)} {words.meaning(sign)}")
    if any(rate.is_given for rate in shown):
        rows = [rate_words.row(rate, words.sign_detail(rate), 0 if rate.code == "all" else 2) for rate in shown]
        chart(
            partial(rates, rows, words.SIGNS[sign]), Figure.SIGNS, f"{words.SIGNS[sign]}, source by source{_BELOW}",
            partial(rate_words.records, shown, sign=sign), certificate,
        )  # fmt: skip
    else:
        empty("too_few", "Fewer than 10 people of each source can be looked at.")
    prose.table(
        rate_words.table(shown, "Source", "Looked at", "Show it", "Share (95% interval)"))  # fmt: skip

"""Adherence: do people keep to their plan, and who stops, as far as it was told why?"""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard.components import frame, prose
from dashboard.components.certificate import Certificate
from dashboard.components.chart import chart
from dashboard.components.choices import pills, select
from dashboard.components.empty import empty, empty_for
from dashboard.components.frame import Reading
from dashboard.figures.parts import parts
from dashboard.figures.rates import rates
from dashboard.keys import Adherence as Key
from dashboard.keys import Figure
from dashboard.queries import summaries
from dashboard.words import adherence_words as words
from dashboard.words import part_words, rate_words
from pipeline.contract.cells import Adherence, Parts, Rate

_BELOW = "; the table below has the numbers."


@frame.page
def show(reading: Reading) -> None:
    """Draw the page."""
    head = st.container()
    with st.container(border=True, horizontal=True):
        with st.container(width=250):
            week = pills("From the start to", words.WEEKS, Key.WEEK, 24)
        with st.container(width=260):
            by = select("People by", words.BY, Key.BY, "setting")
    found = summaries.adherence(*reading.at, week, by)
    certificate = reading.certificate(week=week, by=by)
    with head:
        if not found.n_due:
            frame.head(reading, words.NOBODY_TITLE, words.NOBODY)
            empty("no_data", words.NOBODY)
        else:
            frame.head(reading, words.TITLE, words.answer(found))
    if found.n_due:
        _plan(found, certificate)
        _gaps(found, certificate)
        _stops(found, certificate)


def _plan(found: Adherence, certificate: Certificate) -> None:
    frame.section("Plan against done")
    prose.say(
        f"Of {found.n_due:,} people who needle and whose visit has passed, {found.n_with_plan:,} have a plan with an "
        f"interval, {found.n_plan_and_log:,} of them a log of sessions, too."
    )
    if not found.n_plan_and_log:
        empty("not_applicable", words.NO_PLAN)
        return
    named = words.BY[found.by]
    if found.whole_done.estimate is None:
        empty_for(found.whole_done.reason)
    else:
        chart(
            partial(rates, words.done_rows(found), "Days with a session, of those planned"), Figure.DONE,
            f"Share of planned sessions done{_BELOW}", partial(rate_words.records, [found.whole_done, *found.done]),
            certificate,
        )  # fmt: skip
    prose.table(words.done_table(found, named))
    prose.note(words.DONE_NOTE)
    _parts(found.plan, Figure.PLAN, "Share of the people with plan and log", named, certificate)


def _gaps(found: Adherence, certificate: Certificate) -> None:
    frame.section("Gaps and changes")
    named = words.BY[found.by]
    _parts(found.gaps, Figure.GAPS, "Share of the people with a log, by their longest gap", named, certificate)
    prose.note(words.GAPS_NOTE)
    _rates(found.switched, Figure.SWITCHED, "Changed", certificate, "Share of the people with a log")
    prose.note(words.SWITCHED_NOTE)


def _stops(found: Adherence, certificate: Certificate) -> None:
    frame.section(f"Who had stopped by week {found.week}")
    named = words.BY[found.by]
    _rates(found.stopped, f"{Figure.STOPPED}-all", "Stopped", certificate, "Share of the people whose visit has passed")
    if found.stopped_needling:
        prose.say(f"**Stopped needling, by {named.lower()}**")
        _rates(found.stopped_needling, Figure.STOPPED, named, certificate, "Share who had stopped needling")
    prose.note(words.STOPPED_NOTE)
    frame.section("What was told of why")
    if not found.reasons:
        empty("no_data", "Nobody had stopped by this visit.")
        return
    _rates(
        found.reasons, Figure.STOP_REASONS, "Reason", certificate, "Share of those who stopped needling or reporting"
    )
    prose.note(words.REASONS_NOTE)


def _parts(found: Sequence[Parts], key: str, axis: str, named: str, certificate: Certificate) -> None:
    levels = part_words.levels(found)
    if not levels:
        empty("too_few", "Fewer than 10 people of each kind can be counted here.")
        return
    figure = partial(parts, part_words.bars(found), [level.label for level in levels], axis)
    chart(figure, key, f"{axis}{_BELOW}", partial(part_words.records, found), certificate)
    prose.table(part_words.table(found, named))


def _rates(found: Sequence[Rate], key: str, named: str, certificate: Certificate, axis: str) -> None:
    if any(rate.is_given for rate in found):
        rows = [rate_words.row(rate, f"{rate.y:,} of {rate.n:,} people") for rate in found]
        chart(partial(rates, rows, axis), key, f"{axis}{_BELOW}", partial(rate_words.records, found), certificate)
    else:
        empty("too_few", "Fewer than 10 people of each kind can be counted here.")
    prose.table(rate_words.table(found, named, "", "Of them", "Share (95% interval)"))

"""Safety: how often are there side effects, how bad, and how soon over? Per session that somebody was asked about."""

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
from dashboard.keys import Figure
from dashboard.keys import Safety as Key
from dashboard.queries import summaries
from dashboard.words import part_words, rate_words
from dashboard.words import safety_words as words
from dashboard.words.numbers import people
from pipeline.contract import reference
from pipeline.contract.cells import Rate, Safety

_SHARE = "Share (95% interval)"
_AXIS = "Share of the sessions asked about"


@frame.page
def show(reading: Reading) -> None:
    """Draw the page."""
    head = st.container()
    with st.container(border=True):
        by, place, effect = _controls()
    found = summaries.safety(*reading.at, by, place, effect)
    certificate = reading.certificate(by=by, place=place, effect=effect)
    with head:
        if not found.whole.n_all:
            frame.head(reading, words.NO_SESSIONS_TITLE, words.NO_SESSIONS)
            empty("no_data", words.NO_SESSIONS)
        else:
            frame.head(reading, words.TITLE, words.answer(found))
    if found.whole.n_all:
        _sections(found, certificate)


def _controls() -> tuple[str, str, str]:
    """Rows by what, in which setting, which effect."""
    effects = {"any": "Any side effect", "serious": "Marked as serious"} | {
        term.code: term.label for term in reference.vocabulary("effect") if term.code != "none"
    }
    with st.container(horizontal=True):
        with st.container(width=330):
            by = pills("Sessions by", words.BY, Key.BY, words.USUAL_BY)
        with st.container(width=230):
            place = select("In which setting", words.places(), Key.PLACE, "all")
        with st.container(width=280):
            effect = select("Side effect", effects, Key.EFFECT, words.USUAL_EFFECT)
    return by, place, effect


def _sections(found: Safety, certificate: Certificate) -> None:
    name = found.whole.label.lower()
    frame.section(f"How often: {name}, by {words.BY[found.by].lower()}")
    _rates(
        [found.whole, *found.rates], Figure.SIDE_EFFECTS_BY, certificate, words.BY[found.by], first="All these sessions"
    )
    prose.note(f"{words.RATE_NOTE} {words.NOT_CAUSE}")
    frame.section("Which side effects")
    prose.say(words.whole_of(found))  # the first, any of them, stands above
    _rates(found.effects[1:], Figure.SIDE_EFFECTS, certificate, "Side effect")
    prose.note(words.EFFECTS_NOTE)
    _severity(found, certificate)
    _over(found, certificate)
    frame.section("Told without being asked")
    if found.unasked:
        prose.table(words.unasked_table(found.unasked))
        prose.note(words.UNASKED_NOTE)
    else:
        empty("no_data", "Nobody told of a side effect without being asked.")


def _rates(found: Sequence[Rate], key: str, certificate: Certificate, named: str, first: str = "") -> None:
    """A figure where anything is given, then the table with why the rest is not."""
    shown = [_renamed(rate, first) if first and not place else rate for place, rate in enumerate(found)]
    is_drawn = any(rate.is_given for rate in shown)
    if is_drawn:
        rows = [rate_words.row(rate, f"{rate.n:,} asked, {people(rate.people)}") for rate in shown]
        chart(partial(rates, rows, _AXIS), key, "Shares with their intervals; the table below has the numbers.",
              partial(rate_words.records, shown), certificate)  # fmt: skip
    else:
        empty_for(shown[0].reason)
    prose.table(rate_words.table(shown, named, "Asked about", "With it", _SHARE))
    gaps = rate_words.reasons(shown)
    for sentence in gaps if is_drawn or len(gaps) > 1 else ():
        prose.note(sentence)


def _renamed(rate: Rate, label: str) -> Rate:
    return Rate(rate.code, label, rate.people, rate.n, rate.y, rate.n_all, rate.estimate, rate.ci_lower, rate.ci_upper,
                rate.reason)  # fmt: skip


def _severity(found: Safety, certificate: Certificate) -> None:
    frame.section("How bad the worst of a session was")
    if not found.severity and not found.grades:
        empty("no_data", "Of no side effect anybody told how bad it was.")
        return
    for name, graded in (("people", found.severity), ("clinicians", found.grades)):
        prose.say(words.GRADED_BY[name])
        levels = part_words.levels(graded)
        if levels:
            axis = "Share of the sessions with one"
            chart(
                partial(parts, part_words.bars(graded), [level.label for level in levels], axis),
                f"{Figure.SEVERITY}-{name}", "How bad the worst was; the table below has the numbers.",
                partial(part_words.records, graded), certificate,
            )  # fmt: skip
            prose.table(part_words.table(graded, words.BY[found.by]))
        elif graded:
            empty_for(graded[0].reason)
        else:
            prose.note("Nothing was told of it in these sessions.")
    prose.note(words.SEVERITY_NOTE)


def _over(found: Safety, certificate: Certificate) -> None:
    frame.section("How soon it is over")
    if any(one.within for one in found.over):
        axis = "Share of the sessions with a side effect after which all was over"
        chart(
            partial(rates, words.over_rows(found.over), axis),
            Figure.OVER, "Shares over within a day, three days and a week; the table below has the numbers.",
            partial(words.over_records, found.over), certificate,
        )  # fmt: skip
    prose.table(words.over_table(found.over))
    prose.note(words.OVER_NOTE)

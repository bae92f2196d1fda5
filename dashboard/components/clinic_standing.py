"""Where a clinic stands among the others: follow-up first, then the funnel, then what it does and does not say."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components import empty, frame, links, prose
from dashboard.components.certificate import Certificate
from dashboard.components.chart import chart
from dashboard.components.frame import Reading
from dashboard.figures.funnel import UNIT, funnel
from dashboard.keys import Clinic
from dashboard.words import text
from dashboard.words.numbers import signed, unit
from pipeline.clinic_figures import Figure
from pipeline.contract.clinic_standing import STANDING_REASONS, Standing

USUAL_WEEK = 24
_DIGITS = 1


def draw(reading: Reading, of: str, figures: Sequence[Figure], certificate: Certificate) -> None:
    """The part of the page between the answer and the tables."""
    frame.section(text.STANDING_TITLE)
    found = {standing.week: (standing, limits) for standing, limits in queries.standings(*reading.at, of)}
    if not found:
        empty.empty("no_data", text.NO_STANDING)
        return
    links.read(Clinic.WEEK, {week: f"Week {week}" for week in found})
    week = st.segmented_control(
        "Visit", list(found), default=USUAL_WEEK, required=True, format_func="Week {}".format,
        key=Clinic.WEEK, bind="query-params",
    )  # fmt: skip
    standing, limits = found[week]
    prose.say(followed(standing, figures))
    if standing.difference is None:
        empty.empty("too_few", STANDING_REASONS[standing.reason or ""])
        return
    prose.say(verdict(standing))
    data = partial(pd.DataFrame, [asdict(standing) | {"unit": UNIT}])
    alt = f"Funnel plot, week {week}. {verdict(standing).replace('**', '')}"
    chart(partial(funnel, standing, limits), f"standing_{week}", alt, data, certificate)
    prose.note(text.STANDING_RULES)


def followed(standing: Standing, figures: Sequence[Figure]) -> str:
    """How many of those who were due were seen, here and elsewhere; `figures` are the clinic's own."""
    own, others = standing.own_followed, standing.others_followed
    if own is None or others is None:
        return "**Follow-up first.** How many of this clinic's patients who were due were seen cannot be told."
    of = {f.cell: f for f in figures if f.table == f"follow_up_{standing.week}"}
    seen, missed = of["seen"], of["not_seen"]
    about = "about " if seen.is_rounded else ""
    return (
        f"**Follow-up first.** Of this clinic's patients who were due at week {standing.week}, about **{own:.0%}** "
        f"were seen ({about}{seen.n:,} seen, {missed.n:,} not); in the other clinics together it is {others:.0%}, of "
        f"whose people the table *{seen.title}* below tells the number."
    )


def verdict(standing: Standing) -> str:
    """What the point in the funnel says, in a sentence or two. `standing` has a place."""
    if standing.observed is None or standing.expected is None or standing.difference is None:
        return ""
    measured = unit(UNIT)
    told = (
        f"Hair density changed by {signed(standing.observed, _DIGITS)} {measured} on average. Patients of the same "
        f"kinds and stages of hair loss in {standing.n_clinics} other clinics would lead one to expect "
        f"{signed(standing.expected, _DIGITS)}: a difference of **{signed(standing.difference, _DIGITS)} {measured}**. "
    )
    return told + _SENTENCES.get(_case(standing), STANDING_REASONS.get(standing.reason or "", ""))


def _case(standing: Standing) -> str:
    if standing.side in ("above", "below"):
        return f"{standing.side}, again" if standing.is_signal else "outside, once"
    return standing.side or ""


_SENTENCES = {
    "within": "That is within what chance does between clinics of this size: no sign of a better or a worse clinic.",
    "outside, once": "That lies outside the wider limits, in one period. One period makes no signal: it is told as one "
    "only if the next quarter says the same.",
    "above, again": "That lies above the wider limits, for the second quarter in a row. It is worth asking why; "
    "patients may differ in what was not recorded.",
    "below, again": "That lies below the wider limits, for the second quarter in a row. It is worth asking why; "
    "patients may differ in what was not recorded.",
}

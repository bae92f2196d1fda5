"""Course: how do people go on from visit to visit, and who leaves?"""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.components import asking, controls, frame, links, prose, told
from dashboard.components.certificate import Certificate
from dashboard.components.chart import chart
from dashboard.components.empty import empty, empty_for
from dashboard.components.frame import Reading
from dashboard.figures import trajectory as picture
from dashboard.figures.trajectory import Line
from dashboard.keys import Compare, Curve, Figure, Filter
from dashboard.queries import curves, instruments
from dashboard.queries.curves import Measured
from dashboard.words import curve_tables, curve_text, text
from dashboard.words import curve_words as words
from dashboard.words.curve_words import Shown
from dashboard.words.numbers import people, unit
from pipeline.contract.curves import Trajectories
from pipeline.contract.methods import MIN_DOUBLY_ROBUST


@frame.page
def show(reading: Reading) -> None:
    """Draw the page."""
    if not instruments(*reading.at):
        frame.head(reading, text.NO_RESULTS_TITLE, text.NO_RESULTS)
        return
    head = st.container()
    with st.container(border=True):
        by = controls.dimension_control()
        asked = asking.measured(*reading.at)
        alike = _alike()
    found = curves.trajectories(*reading.at, by, asked)
    shown = [(arm, arm.n_alike, arm.alike) if alike else (arm, arm.n, arm.own) for arm in found.arms]
    with head:
        frame.head(reading, curve_text.curve_question("course", asked.instrument), words.course_answer(found, shown))
    certificate = reading.certificate(by=by, **asked.words(), means="alike" if alike else "own")
    if found.reason is not None:
        empty_for(found.reason)
    else:
        _means(found, shown, certificate, alike=alike)
        if alike:
            _other_method(found, asked)
        _dropout(found, certificate)
    told.counted(found, certificate)
    told.caveats(found.warnings)
    told.code(reading.folder, reading.version, [told.call("trajectories", asked, by)])


def _alike() -> bool:
    links.read(Curve.ALIKE, curve_text.MEANS)
    chosen = st.segmented_control(
        "Means of", list(curve_text.MEANS), default="alike", required=True, format_func=curve_text.MEANS.__getitem__,
        key=Curve.ALIKE, bind="query-params", help=curve_text.MEANS_HELP,
    )  # fmt: skip
    return (chosen or "alike") == "alike"


def _means(found: Trajectories, shown: Shown, certificate: Certificate, *, alike: bool) -> None:
    frame.section("Improvement at each visit")
    own, digits = unit(str(found.estimand["unit"])), words.visit_digits(found)
    lines = [Line(arm.label, place, n, visits) for place, (arm, n, visits) in enumerate(shown) if visits]
    if any(line.given for line in lines):
        figure = partial(picture.trajectory, lines, f"Mean improvement, {own} (above 0 is better)", digits)
        alt = words.course_answer(found, shown).replace("**", "")
        chart(figure, Figure.TRAJECTORY, alt, partial(_records, found, shown), certificate)
        prose.note(f"{curve_text.COURSE_NOTE} {_who(found, alike=alike)}")
    else:
        empty_for(next((arm.reason for arm, *_ in shown if arm.reason), "too_few"))
    table = curve_tables.visits_table(shown, own, digits)
    if table:
        prose.table(table)
    for reason in curve_tables.reasons([visit for *_, visits in shown for visit in visits]):
        prose.note(f"Withheld: {reason}")
    told.apart([(arm.label, arm.n, arm.reason) for arm, _, visits in shown if not visits])


def _other_method(found: Trajectories, asked: Measured) -> None:
    """Says so where Compare answers the same question by another method."""
    last = [visit for arm in found.arms for visit in arm.alike[-1:]]
    if sum(visit.n_seen >= MIN_DOUBLY_ROBUST for visit in last) < 2:
        return
    settled = "" if asked.landmark is None else curve_text.OTHER_SETTLED
    link = links.same_on("compare", (*Compare, *Filter))
    prose.note(curve_text.OTHER_METHOD.format(least=MIN_DOUBLY_ROBUST, week=asked.week, link=link, settled=settled))


def _who(found: Trajectories, *, alike: bool) -> str:
    if alike:
        return (
            f"The means are about {people(found.n_alike)}: everybody of the arms that can be made to resemble each "
            "other, of kinds that all these arms have."
        )
    return "Each mean is about the arm's own people, so arms may differ because their people do."


def _records(found: Trajectories, shown: Shown) -> pd.DataFrame:
    """One arm and visit a row, unrounded."""
    own = str(found.estimand["unit"])
    rows = [told.records(visits, own, arm=arm.arm, label=arm.label, n=n) for arm, n, visits in shown if visits]
    return pd.concat(rows, ignore_index=True)


def _dropout(found: Trajectories, certificate: Certificate) -> None:
    frame.section("Who was still seen?")
    lines = [Line(arm.label, place, arm.n, arm.own) for place, arm in enumerate(found.arms)]
    seen = [(arm, arm.n, arm.own) for arm in found.arms]
    alt = "Share of each arm's people seen at each visit; the table has the numbers."
    chart(partial(picture.retention, lines), Figure.SEEN, alt, partial(_records, found, seen), certificate)
    prose.note(curve_text.SEEN_NOTE)
    frame.section("Why people left")
    leaving = [(arm.label, arm.leaving) for arm in found.arms if arm.leaving is not None]
    if not leaving:
        empty("no_data", curve_text.NO_LEAVING)
        return
    names = curve_tables.reason_names([left for _, left in leaving])
    if names:
        figure = partial(picture.leaving, leaving, names)
        alt = "Share of each arm that stopped reporting, by reason."
        chart(figure, Figure.LEAVING, alt, partial(curve_tables.leaving_records, leaving), certificate)
    week = leaving[0][1].week
    prose.note(curve_text.LEAVING_NOTE.format(week=week))
    prose.table(curve_tables.leaving_table(leaving))

"""Time to response: how soon do people respond, and how many?"""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components import asking, controls, frame, prose, told
from dashboard.components.certificate import Certificate
from dashboard.components.chart import chart
from dashboard.components.empty import empty_for
from dashboard.components.frame import Reading
from dashboard.figures import forest
from dashboard.figures import response as picture
from dashboard.keys import Figure
from dashboard.queries import curves
from dashboard.words import curve_tables, curve_text, text
from dashboard.words import curve_words as words
from pipeline.contract import reference
from pipeline.contract.asked import Asked
from pipeline.contract.curves import TimeToResponse

_EARLIEST = min(int(row["days"]) for row in reference.rows("landmarks"))
"""The product's own choice: responses count from the landmark on, and a late one would leave few."""


@frame.page
def show(reading: Reading) -> None:
    """Draw the page."""
    if not queries.instruments(*reading.at):
        frame.head(reading, text.NO_RESULTS_TITLE, text.NO_RESULTS)
        return
    head = st.container()
    with st.container(border=True):
        by = controls.dimension_control()
        asked = asking.measured(*reading.at, usual_landmark=_EARLIEST)
        arms = queries.arms(*reading.at, Asked(by, asked.instrument, asked.week, asked.where, asked.landmark))
        with st.container(width=325):
            against = controls.against_control(arms)
    found = curves.time_to_response(*reading.at, by, asked, against)
    with head:
        frame.head(reading, curve_text.curve_question("response", asked.instrument), words.response_answer(found))
    certificate = reading.certificate(by=by, **asked.words(), reference=against, response=found.rule)
    _curves(found, certificate)
    told.counted(found, certificate)
    told.caveats(found.warnings)
    more = {"reference": against} if against else {}
    told.code(reading.folder, reading.version, [told.call("time_to_response", asked, by, **more)])


def _curves(found: TimeToResponse, certificate: Certificate) -> None:
    if rule := words.what_a_response_is(found):
        prose.say(rule)
    shown = picture.stairs(found.courses)
    gone = [(course.label, course.n, course.reason) for course in found.courses if not course.steps]
    if not shown:
        empty_for(found.reason)
        told.apart(gone)
        return
    frame.section("Responded by each visit")
    alt = words.response_answer(found).replace("**", "")
    horizon = int(found.estimand["week"])
    chart(partial(picture.response, shown, horizon), Figure.RESPONSE, alt, partial(steps, found), certificate)
    prose.note(curve_text.RESPONSE_NOTE)
    prose.table(curve_tables.steps_table(found))
    frame.section(f"Difference from the reference by week {horizon}")
    numbers = [curve_tables.difference(course) for course in found.courses]
    rows = picture.difference_rows(found.courses, numbers)
    axis = "Difference in the share that responded, percentage points (to the right is more)"
    figure = partial(forest.forest, rows, axis, "share")
    chart(figure, Figure.RESPONSE_DIFFERENCE, alt, partial(ends, found), certificate)
    prose.table(curve_tables.courses_table(found))
    told.apart(gone)


def steps(found: TimeToResponse) -> pd.DataFrame:
    """One arm and visit a row, unrounded."""
    rows = [told.records(c.steps, "share, 0 to 1", arm=c.arm, label=c.label, n=c.n) for c in found.courses if c.steps]
    return pd.concat(rows, ignore_index=True)


def ends(found: TimeToResponse) -> pd.DataFrame:
    """One arm a row: its difference from the reference at the horizon, unrounded."""
    keys = ("arm", "label", "n", "is_reference", "difference", "ci_lower", "ci_upper", "p_value", "reason")
    return pd.DataFrame(
        [{key: getattr(course, key) for key in keys} | {"unit": "share, 0 to 1"} for course in found.courses]
    )

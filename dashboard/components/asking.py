"""What the pages of curves ask: instrument, visit, whom, and by which day arms are settled. In the link, all of it."""

import streamlit as st

from dashboard import queries
from dashboard.access import Viewer
from dashboard.components import controls, filters, links
from dashboard.keys import Curve
from dashboard.queries.curves import Measured
from pipeline.contract import reference

LATEST = 0
"""Stands for the last landmark before the visit opens."""


def measured(version: str, viewer: Viewer, folder: str, *, usual_landmark: int = LATEST) -> Measured:
    """The controls, in a row that wraps where the window is narrow."""
    available = queries.choices(version, viewer, folder)
    known = {i.code: i for i in queries.instruments(version, viewer, folder)}
    with st.container(horizontal=True):
        with st.container(width=325):
            instrument = known[controls.instrument_control(known)]
        with st.container(width=140):
            week = controls.week_control()
        with st.container(width=265):
            where = filters.diagnosis_filter(available, instrument.diagnoses)
        with st.container(width=265):
            settled = _settled(usual_landmark)
    count = filters.n_active()
    with st.expander(f"More filters ({count} in use)" if count else "More filters", icon=":material/filter_alt:"):
        where += filters.people_filters(available)
    return Measured(instrument.code, week, tuple(where), settled or None)


def _settled(usual: int) -> int:
    days = {int(row["days"]): f"day {row['days']} ({row['label']})" for row in reference.rows("landmarks")}
    options = {LATEST: "the last day possible"} | days
    links.read(Curve.SETTLED, options)
    chosen = st.selectbox(
        "Arms settled by", list(options), index=list(options).index(usual), format_func=options.__getitem__,
        key=Curve.SETTLED, bind="query-params",
        help="Until this day needling decides which arm somebody belongs to; results count after it. An earlier day "
        "leaves out schedules that are slower than it can tell.",
    )  # fmt: skip
    return int(chosen or LATEST)

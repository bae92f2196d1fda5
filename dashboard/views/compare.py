"""Compare: do people who needle one way improve more than those who needle another?"""

import streamlit as st

from dashboard import queries, text
from dashboard.access import Viewer
from dashboard.components import controls, filters, frame, links, tables
from dashboard.components.answer import answer
from dashboard.components.chart import chart
from dashboard.figures import distribution as spread
from dashboard.figures import forest as plot
from dashboard.keys import Compare, Figure
from dashboard.numbers import raised, unit
from dashboard.queries import Question
from pipeline.contract import reference
from pipeline.contract.results import Comparison


def show(viewer: Viewer) -> None:
    """Draw the page."""
    with frame.page():
        version = frame.open_version()
        if version is None:
            return
        folder = queries.home_folder()
        links.begin()
        manifest = queries.manifest(version, viewer, folder)
        frame.banner(manifest)
        if not queries.instruments(version, viewer, folder):
            st.title(text.NO_RESULTS_TITLE, anchor=False)
            frame.lead(text.NO_RESULTS)
            frame.provenance(manifest)
            return
        head = st.container()
        question, result = _controls(version, viewer, folder)
        with head:
            links.report()
            st.title(text.question(question.by, question.instrument), anchor=False)
            frame.lead(answer(result))
            frame.provenance(manifest)
        _result(result)
        frame.footer(viewer)


def _controls(version: str, viewer: Viewer, folder: str) -> tuple[Question, Comparison]:
    """The controls, and the answer they ask for."""
    available = queries.choices(version, viewer, folder)
    known = {i.code: i for i in queries.instruments(version, viewer, folder)}
    with st.container(border=True):
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
        question = Question(by, instrument.code, week, tuple(where))
        result = queries.compare(version, viewer, folder, question)
        with against:
            chosen = controls.against_control(result)
    if chosen:
        question = Question(by, instrument.code, week, tuple(where), chosen)
        result = queries.compare(version, viewer, folder, question)
    return question, result


def _result(result: Comparison) -> None:
    if result.arms:
        (meaning,) = (w.removeprefix("Not adjusted. ") for w in result.warnings if w.startswith("Not adjusted. "))
        st.info(meaning, title=text.NOT_ADJUSTED, icon=":material/balance:")
        _forest(result)
        _distribution(result)
        _table(result)
        _caveats(result)
    if result.attrition:
        _attrition(result)


def _forest(result: Comparison) -> None:
    is_ordinal = _is_ordinal(result)
    head, switch = st.columns([3, 2], vertical_alignment="bottom")
    head.subheader("How far the arms improved" if not is_ordinal else "Who did better", anchor=False)
    shown = "differences" if is_ordinal else "arms"
    if not is_ordinal:
        links.read(Compare.SHOW, text.SHOW)
        with switch, st.container(horizontal_alignment="right"):
            shown = st.segmented_control(
                "Show", list(text.SHOW), default="arms", required=True, format_func=text.SHOW.__getitem__,
                key=Compare.SHOW, bind="query-params", label_visibility="collapsed",
            ) or "arms"  # fmt: skip
    if shown == "arms":
        figure = plot.forest(plot.mean_rows(result), plot.mean_axis(result), 0)
    else:
        figure = plot.forest(plot.difference_rows(result), plot.difference_axis(result), 50 if is_ordinal else 0)
    chart(figure, Figure.FOREST, answer(result).replace("**", ""))
    st.caption(
        "Point: estimate. Line: 95% interval (Welch, unequal spread allowed). Dashed: no change."
        if not is_ordinal
        else "Point: chance that somebody of the arm did better than somebody of the reference arm, ties counted half. "
        "Line: 95% interval (Brunner and Munzel). Dashed: 50%, no difference."
    )


def _is_ordinal(result: Comparison) -> bool:
    """Whether the scale has steps, so that there are chances and no means."""
    return any(e.reason == "ordinal_instrument" for e in result.estimates)


def _distribution(result: Comparison) -> None:
    st.subheader("How single people changed", anchor=False)
    error = result.diagnostics["detectable_change"]
    if _is_ordinal(result):
        figure = spread.direction_bars(spread.shares_rows(result))
        note = "Hatched: worse or better than at the start."
    else:
        figure = spread.distribution(spread.outlines(result), spread.distribution_axis(result), error)
        note = "Height: share of the arm's people. Ends hold everything beyond them."
        if error is not None:
            within = f"{error:.2g} {unit(str(result.estimand['unit']))}"
            note += f" Grey band: within {within} measurement error alone may explain it."
    chart(
        figure, Figure.DISTRIBUTION, "How many people of each arm changed by how much; the table below has the means."
    )
    st.caption(note)


def _table(result: Comparison) -> None:
    head, button = st.columns([3, 2], vertical_alignment="bottom")
    head.subheader("The numbers", anchor=False)
    with button, st.container(horizontal_alignment="right"):
        st.download_button(
            "Download CSV",
            tables.results_csv(result),
            "compare.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    st.table(tables.results_table(result), border="horizontal", hide_index=True)
    for reason in tables.reasons(result):
        st.caption(f"Withheld: {reason}")
    st.caption("p: of this one comparison with the reference arm, not corrected for how many are looked at.")


def _caveats(result: Comparison) -> None:
    st.subheader("Before you rely on this", anchor=False)
    told = [warning for warning in result.warnings if not warning.startswith("Not adjusted. ")]
    st.markdown("\n".join(f"- {raised(warning)}" for warning in told))


def _attrition(result: Comparison) -> None:
    st.subheader("Who is counted", anchor=False)
    st.table(tables.attrition_table(result), border="horizontal", hide_index=True)
    measured = result.estimand["measured_as"]
    if measured:
        named = [reference.label(column, value) for column, value in measured.items() if value]
        landmark = result.estimand["landmark_days"]
        st.caption(
            (f"Measured as: {', '.join(named).lower()}. " if named else "")
            + f"Arms are settled by day {landmark}; values up to that day are history, not results."
        )

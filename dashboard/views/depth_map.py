"""Depth x frequency: do people gain more at some needle lengths and frequencies than at others?"""

from functools import partial

import streamlit as st

from dashboard.components import asking, frame, links, prose, told
from dashboard.components.certificate import Certificate
from dashboard.components.chart import chart
from dashboard.components.empty import empty_for
from dashboard.components.folded import folded
from dashboard.components.frame import Reading
from dashboard.figures import depth_map as picture
from dashboard.figures.dose import dose
from dashboard.keys import Curve, Figure, Folded
from dashboard.queries import curves, instruments
from dashboard.queries.curves import Measured
from dashboard.words import curve_tables, curve_text, text
from dashboard.words import curve_words as words
from dashboard.words.numbers import unit
from pipeline.api import explained
from pipeline.contract import reference
from pipeline.contract.curves import DepthFrequencyMap, DoseResponse, Level
from pipeline.contract.spoken import capital

_DOSES: tuple[tuple[curves.Dose, str, str, Figure], ...] = (
    ("depth", "Needle length by itself", "Needle length, mm", Figure.DOSE_DEPTH),
    ("frequency", "Sessions per week by themselves", "Sessions per week", Figure.DOSE_FREQUENCY),
)


@frame.page
def show(reading: Reading) -> None:
    """Draw the page."""
    if not instruments(*reading.at):
        frame.head(reading, text.NO_RESULTS_TITLE, text.NO_RESULTS)
        return
    head = st.container()
    with st.container(border=True):
        asked = asking.measured(*reading.at)
    found = curves.depth_frequency_map(*reading.at, asked)
    with head:
        frame.head(reading, curve_text.curve_question("map", asked.instrument), words.map_answer(found))
    certificate = reading.certificate(**asked.words())
    _map(found, certificate)
    doses = [curves.dose_response(*reading.at, dimension, asked) for dimension, *_ in _DOSES]
    for answer, (_, title, axis, key) in zip(doses, _DOSES, strict=True):
        _dose(answer, title, axis, key, certificate)
    told.counted(found, certificate)
    told.caveats([*found.warnings, *(sentence for answer in doses for sentence in answer.warnings)])
    told.code(reading.folder, reading.version, _calls(asked))


def _calls(asked: Measured) -> list[str]:
    doses = (told.call("dose_response", asked, dimension) for dimension, *_ in _DOSES)
    return [told.call("depth_frequency_map", asked), *doses]


def _map(found: DepthFrequencyMap, certificate: Certificate) -> None:
    frame.section("Every needle length with every frequency")
    if not found.cells:
        empty_for(found.reason)
        return
    if found.reason is not None:
        empty_for(found.reason)
    digits, own = words.digits_of(found.cells), unit(str(found.estimand["unit"]))
    depths, frequencies = (_names(table) for table in ("depth_bands", "frequency_bands"))
    links.read(Curve.INTERVALS, {"True": "true", "False": "false"})
    with_intervals = st.checkbox(
        "Write each cell's own figure with its 95% interval into it", key=Curve.INTERVALS, bind="query-params"
    )
    drawn = st.container()  # above the list, which is asked first: the map marks what it says
    cell = _chosen(found.cells)
    code = cell.code if cell else ""
    with drawn:
        figure = partial(
            picture.depth_map, found.cells, depths, frequencies, own, digits, with_intervals=with_intervals, chosen=code
        )
        alt = words.map_answer(found).replace("**", "")
        data = partial(told.records, found.cells, str(found.estimand["unit"]))
        chart(figure, Figure.MAP, alt, data, certificate, picked=_pick)
        prose.note(curve_text.MAP_NOTE)
    if cell is not None:
        prose.say(words.cell_sentence(cell, own, digits))
    shown = [cell for cell in found.cells if cell.n]
    label = f"The map as a table ({len(shown)} cells with anybody in them)"

    def draw() -> None:
        prose.table(curve_tables.levels_table(shown, "Needle length and frequency", own, digits, pooled=True))
        for reason in curve_tables.reasons(shown):
            prose.note(f"Withheld: {reason}")

    folded(label, Folded.MAP, ":material/table:", draw)


def _names(table: str) -> list[str]:
    return [capital(str(row["label"])) for row in reference.rows(table)]


def _chosen(cells: tuple[Level, ...]) -> Level | None:
    """The cell to look closer at, from the list, a click on the map or the link."""
    held = {_short(cell.code): cell for cell in cells if cell.n}
    options = {"": "No cell"} | {code: cell.label for code, cell in held.items()}
    links.read(Curve.CELL, options)
    chosen = st.selectbox(
        "Look closer at a cell: here, or by a click on the map", list(options), format_func=options.__getitem__,
        key=Curve.CELL, bind="query-params",
    )  # fmt: skip
    return held.get(chosen or "")


def _short(code: str) -> str:
    return code.replace(" ", ".")


def _pick() -> None:
    """Let the list say what was clicked."""
    points = st.session_state[Figure.MAP].selection.points
    if points:
        st.session_state[Curve.CELL] = _short(str(points[0]["customdata"]))


def _no_curve(found: DoseResponse) -> str:
    few = found.curve_reason == "too_few_doses"
    return curve_text.NO_CURVE_NOTE.format(why=curve_text.NO_CURVE if few else explained(found.curve_reason))


def _dose(found: DoseResponse, title: str, axis: str, key: Figure, certificate: Certificate) -> None:
    frame.section(title)
    if found.levels:
        prose.say(words.dose_answer(found))
    given = [level for level in found.levels if level.estimate is not None]
    if len(given) < 2:
        empty_for(found.reason or "too_few_doses")
    else:
        own, digits = unit(str(found.estimand["unit"])), words.digits_of(found.levels)
        figure = partial(dose, found, axis, f"Difference, {own} (above 0 is better)", digits)
        alt = words.dose_answer(found).replace("**", "")
        chart(figure, key, alt, partial(told.records, found.levels, str(found.estimand["unit"])), certificate)
        prose.note(curve_text.DOSE_NOTE if found.curve else _no_curve(found))
    if found.levels:
        own, digits = unit(str(found.estimand["unit"])), words.digits_of(found.levels)
        prose.table(curve_tables.levels_table(found.levels, axis, own, digits))
        for reason in curve_tables.reasons(found.levels):
            prose.note(f"Withheld: {reason}")

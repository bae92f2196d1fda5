"""The parts of a comparison on a page, each with its heading, figure and note."""

from functools import partial

import plotly.graph_objects as go
import streamlit as st

from dashboard.components import downloads, frame, links, prose, records, told
from dashboard.components.certificate import of_comparison
from dashboard.components.chart import chart
from dashboard.contrasts import contrasts
from dashboard.figures import distribution as spread
from dashboard.figures import flow
from dashboard.figures import forest as plot
from dashboard.keys import Compare, Figure
from dashboard.words import tables, text
from dashboard.words.answer import answer
from dashboard.words.numbers import raised, unit
from pipeline.contract import reference
from pipeline.contract.results import Comparison


def forest(result: Comparison) -> None:
    """Adjusted and unadjusted side by side; or each arm by itself."""
    head, switch = st.columns([3, 2], vertical_alignment="bottom")
    with head:
        frame.section("Adjusted, and as people are")
    has_means = any(mean.is_given for mean in result.of("mean").values())
    shown = _switch(switch) if has_means and contrasts(result) else "arms" if has_means else "differences"
    if shown == "arms":
        rows = plot.mean_rows(result)
        _forest(partial(plot.forest, rows, plot.mean_axis(result), "mean"), Figure.FOREST, result)
        prose.note(text.MEANS_NOTE)
        return
    for key, quantity in zip((Figure.FOREST, Figure.FOREST_SECOND), plot.quantities(result), strict=False):
        rows = plot.contrast_rows(result, quantity)
        _forest(partial(plot.forest, rows, plot.contrast_axis(result, quantity), quantity), key, result)
    prose.note(text.FOREST_NOTE)


def _switch(place: "st.delta_generator.DeltaGenerator") -> str:
    links.read(Compare.SHOW, text.SHOW)
    with place, st.container(horizontal_alignment="right"):
        return st.segmented_control(
            "Show", list(text.SHOW), default="differences", required=True, format_func=text.SHOW.__getitem__,
            key=Compare.SHOW, bind="query-params", label_visibility="collapsed",
        ) or "differences"  # fmt: skip


def _forest(figure: "partial[go.Figure]", key: str, result: Comparison) -> None:
    alt = answer(result).replace("**", "")
    chart(figure, key, alt, partial(records.results, result), of_comparison(result))


def distribution(result: Comparison) -> None:
    """How single people changed."""
    if not result.distributions:
        return
    frame.section("How single people changed")
    error = result.diagnostics.get("detectable_change")
    if any(e.reason == "ordinal_instrument" for e in result.estimates):
        figure = partial(spread.direction_bars, spread.shares_rows(result))
        note = "Hatched: worse or better than at the start."
    else:
        figure = partial(spread.distribution, spread.outlines(result), spread.distribution_axis(result), error)
        note = "Height: share of the arm's people. Ends hold everything beyond them."
        if error is not None:
            within = f"{error:.2g} {unit(str(result.estimand['unit']))}"
            note += f" Grey band: within {within} measurement error alone may explain it."
    alt = "How many people of each arm changed by how much; the table has the means."
    chart(figure, Figure.DISTRIBUTION, alt, partial(records.changes, result), of_comparison(result))
    prose.note(note)


def numbers(result: Comparison, name: str) -> None:
    """The tables, and the data to take along."""
    frame.section("The numbers")
    pairs = tables.contrasts_table(result)
    if pairs:
        prose.table(pairs)
    if result.arms:
        prose.table(tables.arms_table(result))
    for reason in tables.reasons(result):
        prose.note(f"Withheld: {reason}")
    prose.note(
        "p, corrected: for how many contrasts are looked at together (Holm). Smallest detectable: the true difference "
        "that 80 of 100 such studies would find."
    )
    downloads.data_buttons(name, partial(records.results, result), of_comparison(result))
    prose.note("Each row carries the version, the fingerprint of the data and the digest of the protocol.")


def caveats(result: Comparison) -> None:
    """What a reader must know, in sentences."""
    if result.warnings:
        frame.section("Before you rely on this")
        named = {c.name: c.label for c in contrasts(result)}
        prose.say("\n".join(f"- {raised(_spoken(warning, named))}" for warning in result.warnings))


def _spoken(warning: str, named: dict[str, str]) -> str:
    """A sentence about one contrast, with the arm's name in place of its codes."""
    code, colon, sentence = warning.partition(": ")
    return f"**{named[code]}**: {sentence}" if colon and code in named else warning


def attrition(result: Comparison) -> None:
    """Who is counted, step by step."""
    if not result.attrition:
        return
    frame.section("Who is counted")
    alt = "People left after each step; the table has the numbers."
    figure = partial(flow.attrition, result.attrition)
    chart(figure, Figure.ATTRITION, alt, partial(records.steps, result), of_comparison(result))
    told.steps(result.attrition)
    measured = result.estimand.get("measured_as") or {}
    named = [reference.label(column, value) for column, value in measured.items() if value]
    landmark = result.estimand.get("landmark_days")
    said = [f"Measured as: {', '.join(named).lower()}."] if named else []
    said += [f"Arms are settled by day {landmark}; values up to that day are history, not results."] if landmark else []
    prose.note(" ".join(said))

"""One contrast looked at closely: are the arms alike, who left, what do other methods find, what if it is wrong?"""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard.access import Viewer
from dashboard.components import frame, links, prose, records
from dashboard.components.certificate import of_comparison
from dashboard.components.chart import chart
from dashboard.components.folded import folded
from dashboard.contrasts import Contrast
from dashboard.figures import flow
from dashboard.figures import love as balance
from dashboard.keys import Compare, Figure, Folded
from dashboard.words import diagnosis_words, tables, text
from dashboard.words.answer import digits_of
from dashboard.words.numbers import unit
from pipeline.api import explained
from pipeline.contract.methods import NOT_ADJUSTED
from pipeline.contract.results import Comparison

MAY_OPEN = ("researcher", "steward")


def withheld(found: Sequence[Contrast], viewer: Viewer) -> None:
    """Why a headline is empty, above everything else; the figures behind it only for whoever opens them."""
    empty = [c for c in found if c.is_withheld]
    if not empty:
        return
    reasons = [f"- **{c.label}**: {explained(c.headline.reason)}" for c in empty if c.headline]
    is_failed = any(c.opened for c in empty)
    st.warning("\n".join(reasons), title=text.WITHHELD_TITLE if is_failed else "No figure", icon=":material/block:")
    opened = [c for c in empty if c.opened]
    if opened and viewer.role in MAY_OPEN:
        folded(text.OPEN_WITHHELD, Folded.WITHHELD, ":material/lock_open:", lambda: _opened(opened))


def _opened(withheld: Sequence[Contrast]) -> None:
    prose.note(text.OPENED)
    for contrast in withheld:
        prose.say(f"**{contrast.label}**" + (f" against {contrast.against}" if contrast.against else ""))
        prose.table(tables.methods_table(contrast))


def choose(found: Sequence[Contrast]) -> Contrast:
    """The contrast to look at closely; asked only where there are several."""
    options = {c.name: c.label for c in found}
    if len(found) > 1:
        links.read(Compare.CLOSER, options)
        names = list(options)
        first = next((i for i, c in enumerate(found) if c.numbers), 0)
        chosen = st.selectbox(
            "Look closer at", names, index=first, format_func=options.__getitem__, key=Compare.CLOSER,
            bind="query-params", help="What follows is about this arm and the reference.",
        )  # fmt: skip
        return next(c for c in found if c.name == chosen)
    return found[0]


def closer(contrast: Contrast, result: Comparison) -> None:
    """The diagnostics of one contrast."""
    frame.section("Are the arms alike?")
    rows = balance.differences(contrast.numbers)
    if rows:
        alt = f"Standardised differences of {len(rows)} characteristics before and after adjusting."
        chart(partial(balance.love, rows), Figure.LOVE, alt, partial(records.balance, rows), of_comparison(result))
        prose.note(text.LOVE_NOTE)
    else:
        is_adjusted = contrast.headline is not None and contrast.headline.method not in NOT_ADJUSTED
        prose.say(text.NO_BALANCE if is_adjusted else text.NOTHING_ADJUSTED)
    for sentence in diagnosis_words.overlap(contrast):
        prose.say(sentence)
    _methods(contrast)
    _what_if(contrast, result)


def _methods(contrast: Contrast) -> None:
    frame.section("What other methods find")
    if contrast.opened:
        prose.say(f"They stand under *{text.OPEN_WITHHELD}* at the top, for the diagnostics of this contrast failed.")
    elif contrast.others:
        prose.table(tables.methods_table(contrast))
        for reason in tables.why_not(contrast):
            prose.note(f"Not given: {reason}")
    else:
        prose.say("There is no other method for so few people, or for such a question.")


def _what_if(contrast: Contrast, result: Comparison) -> None:
    sentences = list(diagnosis_words.robustness(contrast, digits_of(result)))
    if not sentences or contrast.is_withheld:
        return
    frame.section("What would have to be wrong?")
    for sentence in sentences:
        prose.say(sentence)
    table = tables.leavers_table(contrast, digits_of(result))
    if table is not None:
        own = unit(str(result.estimand.get("unit", "")))

        def draw() -> None:
            prose.square(table)
            prose.note(
                f"The difference with its 95% interval, {own}, if people who left without a result did so much worse: "
                "of the arm in the rows, of the reference in the columns."
            )

        folded("If those who left did worse than those like them who stayed", Folded.LEAVERS, ":material/table:", draw)


def retention(result: Comparison) -> None:
    """How many of each arm came back."""
    if result.arms:
        frame.section("Who came back?")
        alt = "Share of each arm's people due who have a result."
        chart(
            partial(flow.retention, result.arms),
            Figure.RETENTION,
            alt,
            partial(records.arms, result),
            of_comparison(result),
        )
        prose.note("Where one arm keeps more of its people than another, who stayed may differ between them.")

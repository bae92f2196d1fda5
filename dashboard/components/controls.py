"""Controls that pose a comparison: by what, measured with what, when, against whom. Shared by the pages."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.components import links
from dashboard.keys import Compare
from dashboard.queries import Instrument
from dashboard.words import text
from pipeline.contract import reference
from pipeline.contract.results import Arm

USUAL_INSTRUMENT = "hair_density"
USUAL_WEEK = 24


def dimension_control() -> str:
    """What people are compared by."""
    options = {term.code: term.label for term in reference.vocabulary("dimension")}
    links.read(Compare.BY, options)
    return st.pills(
        "Compare people by", list(options), default="depth", required=True, format_func=options.__getitem__,
        key=Compare.BY, bind="query-params",
    ) or "depth"  # fmt: skip


def instrument_control(known: dict[str, Instrument]) -> str:
    """What the result was measured with."""
    options = {code: i.label for code, i in known.items()}
    links.read(Compare.INSTRUMENT, options)
    codes = list(options)
    usual = codes.index(USUAL_INSTRUMENT) if USUAL_INSTRUMENT in codes else 0
    return str(
        st.selectbox(
            "Measured by",
            codes,
            index=usual,
            format_func=options.__getitem__,
            key=Compare.INSTRUMENT,
            bind="query-params",
        )
    )


def week_control() -> int:
    """The visit, in weeks."""
    options = {int(row["week"]): f"week {row['week']}" for row in reference.rows("visits")}
    links.read(Compare.WEEK, options)
    weeks = list(options)
    chosen = st.selectbox(
        "Visit", weeks, index=weeks.index(USUAL_WEEK), format_func=options.__getitem__,
        key=Compare.WEEK, bind="query-params",
        help="Weeks from the first session; for people not needling, from enrolment.",
    )  # fmt: skip
    return int(chosen or USUAL_WEEK)


def against_control(arms: Sequence[Arm]) -> str | None:
    """The arm the others are compared with; none chosen means the largest."""
    options: dict[str, str] = {"": text.LARGEST_ARM} | {arm.arm: arm.label for arm in arms}
    links.read(Compare.AGAINST, options)
    chosen = st.selectbox(
        "Compared with", list(options), format_func=options.__getitem__, key=Compare.AGAINST, bind="query-params"
    )
    return chosen or None


def study_control(titles: Mapping[str, str]) -> str | None:
    """A study of the catalogue or of the home, by its id; None for a question of one's own.

    The link holds the id, which outlives a mended title, so the widget is not bound to it.
    """
    key = Compare.STUDY
    links.read_id(key, ["", *titles])
    options = {"": text.OWN_QUESTION} | {study: f"{title} ({study})" for study, title in titles.items()}
    chosen = st.selectbox(
        "What to look at", list(options), format_func=options.__getitem__, key=key,
        help="A study was written down beforehand, with one contrast named in advance. Or pose a question of your own.",
    )  # fmt: skip
    links.write_id(key, chosen or "")
    return chosen or None

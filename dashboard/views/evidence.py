"""Evidence: what have published trials found, and what do these data say beside them?"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components import downloads, frame, links, prose, told
from dashboard.components.chart import chart
from dashboard.components.empty import empty, empty_for
from dashboard.components.frame import Reading
from dashboard.figures.published import published
from dashboard.keys import Compare, Curve, Figure
from dashboard.queries import curves
from dashboard.queries.curves import Study
from dashboard.words import curve_text
from dashboard.words import evidence_words as words
from dashboard.words.numbers import unit

USUAL_STUDY = "c3-density-week-24"
EVERY_CLAIM = ""


@frame.page
def show(reading: Reading) -> None:
    """Draw the page."""
    state = queries.state(reading.folder)
    known = curves.studies(*reading.at, state)
    head = st.container()
    with st.container(border=True):
        study = _chosen(known)
    found = curves.evidence(*reading.at, study.study, state)
    result = curves.own(*reading.at, study.study, state)
    with head:
        frame.head(reading, curve_text.EVIDENCE_TITLE.format(question=study.title), words.answer(found, result))
    certificate = reading.certificate(study=study.study)
    rows = words.rows(found, result)
    own = words.headline(result)
    if any(row.value is not None for row in rows):
        axis = f"Difference in mean improvement, {unit(str(found['unit']))} (to the right is better)"
        alt = words.answer(found, result).replace("**", "")
        chart(partial(published, rows, axis), Figure.PUBLISHED, alt, partial(data, found, study), certificate)
        prose.note(curve_text.PUBLISHED_NOTE)
    elif not found["trials"]:
        empty("no_data" if found["compares"] else "not_applicable", str(found["why"]))
    if found["trials"] and all(trial["difference"] is None for trial in found["trials"]):
        empty("no_data", curve_text.NO_PUBLISHED_FIGURE)
    if own is not None and not own.is_given:
        empty_for(own.reason)
    _tables(found)
    told.caveats([*curve_text.EVIDENCE_CAVEATS, *result.warnings] if found["trials"] else curve_text.EVIDENCE_CAVEATS)
    _everything(reading)


def _chosen(known: Sequence[Study]) -> Study:
    claims = {EVERY_CLAIM: "every claim"} | {s.claim: s.claim for s in known if s.claim}
    links.read(Curve.CLAIM, claims)
    claim = st.selectbox("Claim", list(claims), format_func=claims.__getitem__, key=Curve.CLAIM, bind="query-params")
    mine = {s.study: s for s in known if claim in (EVERY_CLAIM, s.claim)}
    links.read_id(Compare.STUDY, list(mine))
    if st.session_state.get(Compare.STUDY) not in mine:
        st.session_state[Compare.STUDY] = USUAL_STUDY if USUAL_STUDY in mine else next(iter(mine))
    study = st.selectbox(
        "Study", list(mine), format_func=lambda code: f"{mine[code].title} ({code})", key=Compare.STUDY,
        help="Trials are put beside a study where they compare the same thing, by the same kind of measurement.",
    )  # fmt: skip
    links.write_id(Compare.STUDY, study)
    return mine[study]


def _tables(found: dict[str, Any]) -> None:
    if found["trials"]:
        frame.section("The trials, and what is doubtful about each")
        prose.table(words.trials_table(found["trials"], found["unit"]))
    if found["reviews"]:
        frame.section("Reviews")
        prose.note(curve_text.REVIEW_TERMS)
        prose.table(words.reviews_table(found["reviews"]))


def _everything(reading: Reading) -> None:
    everything = curves.everything_published(*reading.at)
    frame.section("Everything that was transcribed")
    prose.note(curve_text.EVERYTHING_NOTE.format(trials=len(everything["trials"]), reviews=len(everything["reviews"])))
    for name in ("trials", "reviews"):
        downloads.data_buttons(f"published-{name}", partial(pd.DataFrame, everything[name]), reading.certificate(),
                               label=f"All {name} ({{}})")  # fmt: skip


def data(found: dict[str, Any], study: Study) -> pd.DataFrame:
    """One published contrast a row, as converted and as printed."""
    keys = ("trial", "name", "year", "design", "arm", "reference", "compares", "n_arm", "n_reference", "weeks",
            "difference", "std_error", "ci_lower", "ci_upper", "unit", "is_poolable", "source")  # fmt: skip
    return pd.DataFrame(
        [
            {"study": study.study, **{key: trial[key] for key in keys}, "printed": "; ".join(trial["printed"]),
             "doubts": " ".join(reason["sentence"] for reason in trial["reasons"])}
            for trial in found["trials"]
        ]
    )  # fmt: skip

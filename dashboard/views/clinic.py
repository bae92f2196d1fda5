"""Clinic: how do the patients of one clinic do, beside those of the others?"""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard import queries
from dashboard.access import Viewer
from dashboard.components import clinic_profile, clinic_standing, downloads, frame, links, prose
from dashboard.components.certificate import Certificate
from dashboard.components.chart import chart
from dashboard.components.frame import Reading
from dashboard.figures.beside import Row, beside
from dashboard.keys import Clinic
from dashboard.words import clinic_words, text
from pipeline.clinic_figures import Figure

USUAL_TABLE = "follow_up_24"
PRICES = "price"


@frame.clinic_page
def show(reading: Reading) -> None:
    """Draw the page."""
    known = queries.clinics(*reading.at)
    _refuse_others(reading.viewer)
    of = _which(reading.viewer, known)
    figures = queries.clinic(*reading.at, of) if of else None
    if not of or not figures:
        frame.head(reading, text.NO_CLINIC_TITLE, text.NO_CLINIC)
        return
    frame.head(reading, text.CLINIC_TITLE.format(clinic=of), clinic_words.answer(figures))
    certificate = reading.certificate(clinic=of, policy=figures[0].rule)
    clinic_standing.draw(reading, of, figures, certificate)
    clinic_profile.safety(reading, of)
    frame.section(text.TABLES_TITLE)
    _table(figures, certificate)
    downloads.data_buttons(of, partial(clinic_words.rows, figures), certificate, label="Download all figures ({})")
    rounded = text.COUNTS_ARE_ROUNDED if figures[0].is_rounded else ""
    prose.note(f"{text.CLINIC_RULES.format(rounded=rounded)} Policy: {figures[0].rule}.")
    clinic_profile.profile(figures, queries.own_basis(*reading.at, of))


def _refuse_others(viewer: Viewer) -> None:
    """A link to another clinic's page gives nothing, and says so."""
    asked = st.query_params.get(Clinic.OF)
    if viewer.scope is not None and asked is not None and not viewer.may_see(asked):
        st.warning(text.OTHER_CLINIC, icon=":material/lock:")


def _which(viewer: Viewer, known: Sequence[str]) -> str | None:
    if viewer.scope is not None:
        return viewer.scope
    if not known:
        return None
    links.read(Clinic.OF, {name: name for name in known})
    return st.selectbox("Clinic", known, key=Clinic.OF, bind="query-params")


def _table(figures: Sequence[Figure], certificate: Certificate) -> None:
    titles = {f.table: f.title for f in figures}
    links.read(Clinic.TABLE, titles)
    names = list(titles)
    chosen = st.selectbox(
        "What to look at", names, index=names.index(USUAL_TABLE), format_func=titles.__getitem__,
        key=Clinic.TABLE, bind="query-params",
    )  # fmt: skip
    mine = [f for f in figures if f.table == chosen]
    prose.say(f"**{titles[chosen]}**")
    if chosen == PRICES:
        prose.note(text.PRICES_OF_OTHERS)
    rows = [_point(f) for f in mine]
    if any(row.own is not None or row.others is not None for row in rows):
        figure = partial(beside, rows, "Share of the people whom the table divides, with 95% interval")
        chart(figure, f"clinic_{chosen}", titles[chosen], partial(clinic_words.rows, mine), certificate)
    else:
        st.info(text.NO_SHARES, icon=":material/visibility_off:")
    prose.table(clinic_words.table(mine))


def _point(f: Figure) -> Row:
    about = "about " if f.is_rounded else ""
    people = clinic_words.SUPPRESSED if f.n is None else f"{about}{f.n:,} people"
    note = clinic_words.SUPPRESSED if f.n is None else "share not shown: released at another time than the whole"
    return Row(f.label, people, f.share, f.others.share, note, f.limits)

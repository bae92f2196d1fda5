"""Cost: what do people pay for needling, in which currency, and of how many is it not known?"""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard.components import frame, prose
from dashboard.components.certificate import Certificate
from dashboard.components.chart import chart
from dashboard.components.choices import pills, select
from dashboard.components.empty import empty
from dashboard.components.frame import Reading
from dashboard.figures.amounts import amounts
from dashboard.keys import Cost as Key
from dashboard.keys import Figure
from dashboard.queries import summaries
from dashboard.words import cost_words as words
from pipeline.contract import reference
from pipeline.contract.cells import Amount, Cost


@frame.page
def show(reading: Reading) -> None:
    """Draw the page."""
    known = summaries.cost(*reading.at, "setting", None, "month").currencies
    if not known:
        frame.head(reading, words.NOBODY_TITLE, words.NOBODY)
        empty("no_data", words.NOBODY)
        return
    head = st.container()
    with st.container(border=True):
        by, currency, per = _controls(known)
    found = summaries.cost(*reading.at, by, currency, per)
    certificate = reading.certificate(by=by, currency=currency, per=per)
    with head:
        frame.head(reading, words.TITLE, words.answer(found))
    _amounts(
        found, found.kinds, Figure.COST_BY, f"Needling in all, by {words.BY[by].lower()}", words.BY[by], certificate
    )
    prose.note(f"{words.NOTE} People choose where and with what they needle; these are associations.")
    _amounts(found, found.items, Figure.COST_ITEMS, "By what was paid for", "Paid for", certificate)
    prose.note(f"{words.NEEDLING} {words.HOW[per]}")


def _controls(known: Sequence[str]) -> tuple[str, str, str]:
    names = {term.code: f"{term.code}: {term.label}" for term in reference.vocabulary("currency")}
    currencies = {code: names.get(code, code) for code in known}
    with st.container(horizontal=True):
        with st.container(width=420):
            by = pills("People by", words.BY, Key.BY, "setting")
        with st.container(width=240):
            per = pills("Amount", words.PER, Key.PER, "month")
        with st.container(width=240):
            currency = select("Currency", currencies, Key.CURRENCY, known[0])
    return by, currency, per


def _amounts(found: Cost, shown: Sequence[Amount], key: str, title: str, named: str, certificate: Certificate) -> None:
    frame.section(title)
    if any(a.median is not None for a in shown):
        chart(
            partial(amounts, words.rows(shown), f"{found.currency} {words.PER[found.per]}"), key,
            f"{title}: medians with their intervals; the table below has the numbers.",
            partial(words.records, shown, found.per), certificate,
        )  # fmt: skip
    else:
        empty("too_few", f"Fewer than 10 people of each kind told a cost in {found.currency} that can be given.")
    prose.table(words.table(shown, named, found.per))

"""Claims: what do the data say today about what is claimed of needling?"""

from collections.abc import Sequence
from functools import partial
from itertools import groupby

import pandas as pd
import streamlit as st

from dashboard import queries
from dashboard.components import downloads, frame, prose
from dashboard.components.frame import Reading
from dashboard.words import text
from dashboard.words.numbers import amount, estimate_digits, raised, unit
from pipeline.api import explained
from pipeline.contract.claimed import Claimed
from pipeline.contract.results import Estimate

ORDER = (
    "supported", "contradicted", "inconclusive", "not enough people", "failed diagnostics", "not answerable",
)  # fmt: skip
"""Verdicts, those that say most first."""

MARKS = dict(zip(ORDER, ("▲", "▼", "◆", "○", "✕", "□"), strict=True))
"""A shape beside each word, for who does not see colours."""


@frame.page
def show(reading: Reading) -> None:
    """Draw the page."""
    claims = queries.claims(*reading.at, queries.state(reading.folder))
    frame.head(reading, text.CLAIMS_TITLE, answer(claims))
    with st.expander("What the verdicts mean", icon=":material/help:"):
        prose.say("\n".join(f"- {MARKS[word]} **{word}**: {text.VERDICTS[word]}" for word in ORDER))
    for question, studies in groupby(claims, key=lambda c: (c.claim, c.question)):
        _claim(*question, list(studies))
    prose.note(text.LOOKS_NOT_COUNTED.format(where="on a page"))
    downloads.data_buttons("claims", partial(rows, claims), reading.certificate(), label="Download all verdicts ({})")


def answer(claims: Sequence[Claimed]) -> str:
    """How many studies say what. Markdown."""
    judged = [c.judgement for c in claims if c.judgement]
    counted = [f"{judged.count(word)} {word}" for word in ORDER if word in judged]
    n_claims = len({c.claim for c in claims if c.claim})
    return (
        f"{len(judged)} studies speak to {n_claims} claims: **{', '.join(counted)}**. Each study was written down with "
        "its instrument before it was answered, and each verdict follows a written rule. A difference is an "
        "association."
    )


def _claim(claim: str | None, question: str, studies: Sequence[Claimed]) -> None:
    frame.section(f"{claim}: {question}" if claim else text.OWN_STUDIES)
    prose.marked_table([row(study) for study in studies])


def row(study: Claimed) -> dict[str, str]:
    """One study as words: its verdict, its figure, how many people, and why."""
    fixed = "" if study.is_fixed else " *Exploratory: not fixed beforehand.*"
    return {
        "Study": f"[{study.title}](/compare?study={study.study})",
        "Verdict": f"{MARKS[study.judgement]} {study.judgement}" if study.judgement else "",
        "Figure (95% interval)": figure(study.headline),
        "People with a result": f"{study.n_observed:,}",
        "Because": raised(f"{study.because or text.NO_SINGLE_VERDICT}{fixed}"),
    }


def figure(headline: Estimate | None) -> str:
    """The headline with its unit, or why there is none."""
    if headline is None or not headline.is_given:
        return "none given" if headline is None else explained(headline.reason)
    shown = amount(headline, estimate_digits([headline]))
    return shown if headline.unit == "probability" else f"{shown} {unit(headline.unit)}"


def rows(claims: Sequence[Claimed]) -> pd.DataFrame:
    """One study a row, numbers unrounded."""
    records = [
        {
            "study": c.study, "claim": c.claim, "title": c.title, "judgement": c.judgement, "because": c.because,
            "n_observed": c.n_observed, "n_looks": c.n_looks, "is_fixed": c.is_fixed,
            **(c.headline.to_json() if c.headline else {}),
        }
        for c in claims
    ]  # fmt: skip
    return pd.DataFrame(records)

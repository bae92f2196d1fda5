"""What a check and a run have found, drawn. The words come from dashboard.words.steward_words."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components import frame, prose
from dashboard.jobs import Answer
from dashboard.words import steward_words as words

Document = Mapping[str, Any]

_ROW_PIXELS, _FRAME_PIXELS = 35, 3
_MOST_ROWS = 11


def table(rows: pd.DataFrame, key: str, most_rows: int = _MOST_ROWS) -> None:
    """A table as high as its rows, up to a limit; it scrolls within itself, also where the window is narrow."""
    height = _ROW_PIXELS * (min(len(rows), most_rows) + 1) + _FRAME_PIXELS
    explained = {name: st.column_config.Column(help=prose.meaning(name)) for name in rows.columns}
    st.dataframe(rows, hide_index=True, height=height, key=key, column_config=explained)


def trouble(answer: Answer) -> None:
    """Why a command did not end well, and what to do."""
    found = words.trouble(answer)
    if found:
        title, sentences = found
        show = st.warning if answer.exit_code == 3 else st.error
        show(sentences, title=title, icon=":material/error:")


def check(answer: Answer) -> None:
    """Everything a check has found: what would happen first, then why, then how it was understood."""
    trouble(answer)
    document = answer.document
    if answer.error is not None:
        return
    _refused(document)
    _alerts(document, "Taken in, this would raise an alert")
    prose.say(words.outcome(document["tables"], done=False))
    if document["tables"]:
        table(words.account(document["tables"]), "check_account")
    _warnings(document)
    _guesses(document["guesses"])
    _rejects(document["rejects"])
    _understood(document)
    _questions(document["questions"])


def taken_in(answer: Answer) -> None:
    """What became of a run: published or not, the account, alerts, refusals, warnings."""
    trouble(answer)
    document = answer.document
    if answer.error is not None:
        return
    if document.get("version"):
        st.success(f"Version `{document['version']}` is what everybody reads from now on.", title="Published")
    _refused(document)
    _alerts(document, "Serious side effects: look at them today")
    prose.say(words.outcome(document["tables"], done=True))
    if document["tables"]:
        table(words.account(document["tables"]), "run_account")
    _gate(document)
    _warnings(document)


def _gate(document: Document) -> None:
    failed = (document.get("gate") or {}).get("failed", [])
    if failed:
        with st.expander(f"What the data checks found ({len(failed)})", icon=":material/rule:"):
            table(words.gate(failed), "run_gate")


def _refused(document: Document) -> None:
    found = words.refusals(document)
    if found:
        st.error(words.bullets(found), title="Refused whole", icon=":material/block:")


def _alerts(document: Document, title: str) -> None:
    found = words.alerts(document)
    if found:
        st.error(words.bullets(found), title=title, icon=":material/emergency:")


def _warnings(document: Document) -> None:
    found = words.warnings(document)
    if found:
        st.warning(words.bullets(found), title="To be read", icon=":material/warning:")


def _guesses(guesses: Sequence[Document]) -> None:
    if not guesses:
        return
    frame.section("What may be meant otherwise")
    plain = [guess for guess in guesses if guess["setting"] is None]
    if plain:
        prose.say(words.bullets(_told(guess) for guess in plain))
    for guess in guesses:
        if guess["setting"] is not None:
            prose.say(words.bullets([_told(guess)]))
            st.code(guess["setting"], language="toml", wrap_lines=True)


def _told(guess: Document) -> str:
    place = ", ".join(str(guess[key]) for key in ("file", "header") if guess[key] is not None)
    return f"{place}: {guess['sentence']}" if place else str(guess["sentence"])


def _rejects(rejects: Document) -> None:
    if not rejects["entries"]:
        return
    frame.section("Records that would not be taken")
    table(words.rejects(rejects["entries"]), "check_rejects")
    if rejects["shown"] < rejects["n"]:
        prose.note(f"The first {rejects['shown']:,} of {rejects['n']:,}.")


def _understood(document: Document) -> None:
    if document["columns"]:
        with st.expander("How the columns were understood", icon=":material/view_column:"):
            table(words.columns(document["columns"]), "check_columns")
    if any(document["rows"].values()):
        with st.expander("The first records, as they would be stored", icon=":material/table_rows:"):
            prose.note("Days count from enrolment; people are numbered in the order of the files.")
            for name, rows in document["rows"].items():
                if rows:
                    prose.say(f"**{words.plain(name)}**")
                    table(words.records(rows), f"check_rows_{name}")


def _questions(questions: Sequence[Document]) -> None:
    if not questions:
        return
    with st.expander("Which questions these people could answer", icon=":material/help:"):
        for question in questions:
            because = " ".join(words.sentence(reason) for reason in question["because"])
            prose.say(f"- {question['question']} **{question['answer'].capitalize()}.** {because}")

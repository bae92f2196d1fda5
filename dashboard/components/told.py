"""What every answer of the pages of curves ends with: who is counted, what to bear in mind, how to get it again."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components import frame, prose
from dashboard.components.certificate import Certificate
from dashboard.components.chart import chart
from dashboard.components.empty import Why, empty, kind
from dashboard.components.folded import folded
from dashboard.figures import flow
from dashboard.keys import Figure, Folded
from dashboard.queries.curves import Measured
from dashboard.words import curve_text, tables, text
from dashboard.words.numbers import people, raised
from pipeline.api import explained
from pipeline.contract.curves import Told


def records(rows: Sequence[Any], unit: str, **settings: Any) -> pd.DataFrame:
    """Rows of an answer for a file: numbers unrounded, each with its unit and what it is about."""
    return pd.DataFrame([settings | asdict(row) | {"unit": unit} for row in rows])


def counted(told: Told, certificate: Certificate) -> None:
    """Who is counted, step by step."""
    if not told.attrition:
        return
    frame.section("Who is counted")
    data = partial(pd.DataFrame, list(told.attrition), columns=["step", "n"])
    alt = "People left after each step; the table has the numbers."
    chart(partial(flow.attrition, told.attrition), Figure.ATTRITION, alt, data, certificate)
    steps(told.attrition)
    landmark = told.estimand.get("landmark_days")
    if landmark:
        prose.note(f"Arms are settled by day {landmark}; values up to that day are history, not results.")


def steps(attrition: Sequence[tuple[str, int]]) -> None:
    """The steps of who is counted, in numbers."""
    folded(
        "The steps as a table", Folded.STEPS, ":material/table:", lambda: prose.table(tables.attrition_table(attrition))
    )


def apart(gone: Sequence[tuple[str, int, str | None]]) -> None:
    """Arms (name, people, reason code) that have no part in a picture of arms made alike, by kind of gap."""
    kinds: dict[Why, list[str]] = {}
    for label, n, reason in gone:
        kinds.setdefault(kind(reason), []).append(f"- **{label}** ({people(n)}): {explained(reason)}")
    for why, lines in kinds.items():
        empty(why, "\n".join([curve_text.NOT_ALIKE, *lines]))


def caveats(sentences: Sequence[str]) -> None:
    """What a reader must know, each sentence once."""
    if sentences:
        frame.section("Before you rely on this")
        prose.say("\n".join(f"- {raised(sentence)}" for sentence in dict.fromkeys(sentences)))


def code(folder: str, version: str, calls: Sequence[str]) -> None:
    """The lines of Python that give the same again; `calls` are made on an open home."""
    lines = "\n".join(f"    {call}" for call in calls)
    whole = f"from pipeline.api import open_home\n\nwith open_home({folder!r}, version={version!r}) as home:\n{lines}\n"

    def draw() -> None:
        prose.say("In a notebook:")
        st.code(whole, language="python", wrap_lines=True)

    folded(text.SHOW_CODE, Folded.CODE, ":material/code:", draw)


def call(name: str, asked: Measured, *first: str, **more: Any) -> str:
    """One call on an open home; what is left to its usual value is not said."""
    given = {key: list(value) if isinstance(value, tuple) else value for key, value in asked.words().items()} | more
    said = [repr(word) for word in first] + [f"{key}={value!r}" for key, value in given.items() if value]
    return f"home.{name}({', '.join(said)})"

"""What a page says, without where its terms lead."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from dashboard.keys import Folded

EXPLAINED = re.compile(r'\[([^\]]*)\]\(/help\?find=\S+ "[^"]*"\)')
"""A term that leads to its word in Help."""


def words(app: AppTest) -> str:
    """Titles, text, small print and boxes."""
    boxes = [f"{box.proto.title} {box.value}" for box in (*app.warning, *app.info, *app.error)]
    said = "\n".join([*(e.value for e in (*app.title, *app.header, *app.markdown, *app.caption)), *boxes])
    return EXPLAINED.sub(r"\1", said)


def tables(app: AppTest) -> list[pd.DataFrame]:
    """Every table of rows, in order."""
    return [table.value.rename(columns=lambda name: EXPLAINED.sub(r"\1", name)) for table in app.table]


def unfolded(app: AppTest, *parts: Folded) -> AppTest:
    """The page with these parts opened."""
    for part in parts:
        app.session_state[part] = True
    return app.run()


def tables_with(app: AppTest, column: str) -> Iterator[pd.DataFrame]:
    """The tables that have this column."""
    return (table for table in tables(app) if column in table.columns)


def figures(app: AppTest) -> dict[str, Any]:
    """The charts by key."""
    return {chart.key: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}

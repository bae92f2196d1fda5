"""What a page says, without where its terms lead."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from dashboard.components import prose
from dashboard.keys import Folded

EXPLAINED = re.compile(r'\[([^\]]*)\]\(/help\?find=\S+ "[^"]*"\)')
"""A term that leads to its word in Help."""


def words(app: AppTest) -> str:
    """Titles, text, small print and boxes."""
    boxes = [f"{box.proto.title} {box.value}" for box in (*app.warning, *app.info, *app.error)]
    said = "\n".join([*(e.value for e in (*app.title, *app.header, *app.markdown, *app.caption)), *boxes])
    return EXPLAINED.sub(r"\1", said)


def tables(app: AppTest) -> list[pd.DataFrame]:
    """Every table of rows, in order: those of plain words, then those with markup in them."""
    words = [ET.fromstring(part.proto.body) for part in app.get("html") if prose.WORDS in part.proto.body[:40]]
    plain = [pd.DataFrame(_cells(table, "td"), columns=_cells(table, "th")[0]) for table in words]
    marked = [table.value.rename(columns=lambda name: EXPLAINED.sub(r"\1", name)) for table in app.table]
    return plain + marked


def _cells(table: ET.Element, kind: str) -> list[list[str]]:
    rows = [["".join(cell.itertext()) for cell in row.iter(kind)] for row in table.iter("tr")]
    return [row for row in rows if row]


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

"""Figures and tables to take along, each with its certificate: pictures as SVG or PNG, data as CSV or Parquet."""

import io
import json
from collections.abc import Callable
from functools import partial
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import streamlit as st

from dashboard.components import picture
from dashboard.components.certificate import Certificate

Rows = Callable[[], pd.DataFrame]
"""What makes the rows of a file: most are never asked for."""

_Look = Literal["secondary", "tertiary"]

_FILES: tuple[tuple[str, str, str], ...] = (
    ("CSV", "csv", "text/csv"),
    ("Parquet", "parquet", "application/vnd.apache.parquet"),
)
"""How a kind of file is called, its ending, its media type."""


def csv(data: pd.DataFrame, certificate: Certificate) -> bytes:
    """The rows as they are, numbers unrounded, each with the certificate in columns of its own at the end."""
    return _certified(data, certificate).to_csv(index=False).encode()


def parquet(data: pd.DataFrame, certificate: Certificate) -> bytes:
    """The same rows; the certificate stands as JSON in the file's own notes, too, under `certificate`."""
    table = pa.Table.from_pandas(_certified(data, certificate), preserve_index=False)
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"certificate": json.dumps(certificate.to_json())}), out)
    return out.getvalue()


def _certified(data: pd.DataFrame, certificate: Certificate) -> pd.DataFrame:
    own = {name: value for name, value in certificate.columns().items() if name not in data.columns}
    return data.assign(**own)


def data_buttons(name: str, data: Rows, certificate: Certificate, *, label: str = "Download {}") -> None:
    """A button for each kind of file. `name` is the file's, without ending; the rows are made when one is asked for."""
    with st.container(horizontal=True):
        _data(name, data, certificate, label, "secondary")


def _data(name: str, data: Rows, certificate: Certificate, label: str, look: _Look) -> None:
    makers = (csv, parquet)
    for (kind, ending, mime), made in zip(_FILES, makers, strict=True):
        st.download_button(
            label.format(kind), partial(_file, made, data, certificate), f"{name}.{ending}", mime, type=look,
            key=f"download-{name}-{ending}", icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _file(made: Callable[[pd.DataFrame, Certificate], bytes], data: Rows, certificate: Certificate) -> bytes:
    return made(data(), certificate)


def below(key: str, data: Rows, certificate: Certificate) -> None:
    """What stands below a figure: its picture and its data, each at one click."""
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"):
        picture.buttons(key, certificate)
        _data(key, data, certificate, "Data as {}", "tertiary")

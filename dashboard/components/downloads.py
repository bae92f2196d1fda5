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

from dashboard.components.certificate import Certificate

Picture = Literal["svg", "png"]
_PICTURES: tuple[Picture, ...] = ("svg", "png")

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


def data_buttons(name: str, data: pd.DataFrame, certificate: Certificate, *, label: str = "Download {}") -> None:
    """A button for each kind of file; the file is made when it is asked for. `name` is the file's, without ending."""
    makers: tuple[Callable[[pd.DataFrame, Certificate], bytes], ...] = (csv, parquet)
    with st.container(horizontal=True):
        for (kind, ending, mime), made in zip(_FILES, makers, strict=True):
            st.download_button(
                label.format(kind), partial(made, data, certificate), f"{name}.{ending}", mime,
                key=f"download-{name}-{ending}", icon=":material/download:", on_click="ignore",
            )  # fmt: skip


def picture_format(key: str) -> Picture:
    """What the camera of this figure saves, as last chosen below it."""
    return st.session_state.get(_format_key(key)) or "svg"


def below(key: str, data: pd.DataFrame, certificate: Certificate) -> None:
    """What stands below a figure: how its picture is saved, its data, and what both rest on."""
    with (
        st.container(horizontal_alignment="right"),
        st.popover("Download", icon=":material/download:", type="tertiary"),
    ):
        st.segmented_control(
            "The picture, which the camera above the figure saves", _PICTURES, default="svg", required=True,
            format_func=str.upper, key=_format_key(key), help="SVG stays sharp at any size, PNG fits everywhere.",
        )  # fmt: skip
        st.markdown("The numbers behind the figure")
        data_buttons(key, data, certificate, label="Data as {}")
        st.caption(f"Each file says what it rests on: {certificate.line()}.")


def _format_key(key: str) -> str:
    return f"picture-{key}"

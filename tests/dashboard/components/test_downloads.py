"""What is taken along: the same rows in either kind of file, each with what they rest on."""

import gc
import io
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pyarrow.parquet as pq
from streamlit.testing.v1 import AppTest

from dashboard import warm
from dashboard.components import downloads, records
from dashboard.components.certificate import Certificate, of_comparison
from dashboard.components.empty import HEADS, kind
from pipeline.contract.results import REASONS
from pipeline.studies.estimators.reasons import REASONS as OF_METHODS
from tests.dashboard.adjusted import comparison

CERTIFICATE = Certificate("v7", "f" * 64, "0.1.0", {"week": 24, "where": ("sex=male", "age_band=30-39"), "of": None})


def test_both_kinds_of_file_hold_the_same_rows() -> None:
    data = pd.DataFrame({"arm": ["a", "b"], "estimate": [0.1 + 0.2, None]})
    read = pd.read_csv(io.BytesIO(downloads.csv(data, CERTIFICATE)))
    file = pq.read_table(io.BytesIO(downloads.parquet(data, CERTIFICATE)))
    assert file.column_names == list(read.columns)
    assert read["estimate"].tolist()[0] == file["estimate"][0].as_py() == 0.1 + 0.2
    assert read["settings"].unique().tolist() == ["week=24; where=sex=male & age_band=30-39"]
    assert json.loads(file.schema.metadata[b"certificate"]) == {
        "version": "v7", "data_fingerprint": "f" * 64, "code_version": "0.1.0", "protocol_digest": None,
        "frozen_at": None, "settings": {"week": 24, "where": "sex=male & age_band=30-39"},
    }  # fmt: skip


def test_a_picture_says_what_it_rests_on() -> None:
    assert CERTIFICATE.line() == "version v7 · data ffffffffffff · code 0.1.0"
    assert replace(CERTIFICATE, protocol_digest="a" * 64).line().endswith("protocol aaaaaaaaaaaa")


def test_a_comparison_is_certified_as_the_engine_certified_it() -> None:
    rows = records.results(comparison())
    assert rows.loc[rows["role"] == "headline", "reason"].dropna().tolist() == ["failed_diagnostics"]
    read = pd.read_csv(io.BytesIO(downloads.csv(rows, of_comparison(comparison()))))
    assert len(read) == len(rows)
    assert set(read["version"]) == {"v"}


def test_every_reason_is_one_kind_of_gap() -> None:
    kinds = {code: kind(code) for code in (*REASONS, *map(str, OF_METHODS))}
    assert set(kinds.values()) == {"no_data", "too_few", "too_few_asked", "not_applicable", "failed_diagnostics"}
    assert kinds["too_few_for_spread"] == "too_few"
    assert kinds["no_overlap"] == "failed_diagnostics"
    assert kinds["instrument_absent"] == "no_data"
    assert kinds["before_landmark"] == kind(None) == "not_applicable"


DRAWN: list[int] = []


def figure(height: int) -> go.Figure:
    """A figure that notes when it is drawn."""
    DRAWN.append(height)
    return go.Figure().update_layout(height=height, margin_t=8, margin_b=52)


SCRIPT = """
from functools import partial
import plotly.graph_objects as go
import pandas as pd
from dashboard.components.chart import chart
from dashboard.components.certificate import Certificate
from dashboard.components.empty import HEADS, empty
from tests.dashboard.components.test_downloads import figure
chart(partial(figure, 100), "plot", "A figure.", pd.DataFrame({"n": [1]}), Certificate("v7", "f" * 64, "0.1.0"))
for why in HEADS:
    empty(why, "Because.")
"""


def test_a_figure_has_its_buttons_and_every_gap_has_its_name(served_locally: None) -> None:
    app = AppTest.from_string(SCRIPT).run()
    assert not app.exception
    (drawn,) = app.get("plotly_chart")
    spec = json.loads(drawn.proto.spec)
    assert spec["layout"]["annotations"][0]["text"] == "version v7 · data ffffffffffff · code 0.1.0"
    assert json.loads(drawn.proto.config)["toImageButtonOptions"] == {"format": "svg", "filename": "plot"}
    assert [b.proto.label for b in app.get("download_button")] == ["Data as CSV", "Data as Parquet"]
    assert [b.proto.title for b in (*app.info, *app.warning, *app.error)] == [title for title, _ in HEADS.values()]
    (buttons,) = app.get("bidi_component")
    told = json.loads(buttons.proto.json)
    assert told["figure"] == "plot"
    assert json.loads(told["certificate"]) == Certificate("v7", "f" * 64, "0.1.0").to_json()


def test_a_figure_is_drawn_once_for_the_same_things_and_anew_for_others(served_locally: None) -> None:
    DRAWN.clear()
    for height in (301, 301, 302, 301):
        app = AppTest.from_string(SCRIPT.replace("figure, 100", f"figure, {height}")).run()
        assert not app.exception
        assert json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]["height"] == height + 18
    assert DRAWN == [301, 302]
    AppTest.from_string(SCRIPT.replace("figure, 100", "figure, 301").replace('"v7"', '"v8"')).run()
    assert DRAWN == [301, 302, 301], "what it rests on stands at its foot"


def test_imports_are_taken_out_of_the_search_for_garbage_once() -> None:
    warm.settle()
    before = gc.get_freeze_count()
    assert before > 10_000
    warm.settle()
    assert gc.get_freeze_count() == before


def test_the_pages_of_the_row_level_are_closed_to_a_clinics_user(published: Path) -> None:
    script = """
from dashboard.access import Viewer
from dashboard.views import claims
claims.show(Viewer("clinic", "north", is_logged_in=True))
"""
    app = AppTest.from_string(script).run()
    assert not app.exception
    assert not app.title
    assert app.error[0].proto.title == "This page is not for a clinic's account"

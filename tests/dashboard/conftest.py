"""Homes to read, and the app run without a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from dashboard.components import unforeseen
from tests.studies import small_version

APP = Path(__file__).parents[2] / "dashboard" / "app.py"

Run = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def served_locally(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server's own configuration says when it is started; and no answers left from the test before."""
    monkeypatch.setattr(config, "_main_script_path", str(APP))
    config.get_config_options(force_reparse=True)
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def nothing_unforeseen(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A page that says that something failed is no page that works, whatever else is on it."""
    yield
    seen = [*caplog.get_records("setup"), *caplog.get_records("call")]
    assert [record.getMessage() for record in seen if record.name == unforeseen.__name__] == []


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with nothing in it, and the one that the app reads."""
    folder = tmp_path / "warehouse"
    monkeypatch.setenv("NEEDLING_HOME", str(folder))
    return folder


@pytest.fixture
def published(home: Path) -> Path:
    small_version.publish(home)
    return home


@pytest.fixture
def run() -> Run:
    """Open the app with a link's parameters."""

    def opened(**link: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        for key, value in link.items():
            app.query_params[key] = value
        return app.run()

    return opened

"""What nobody foresaw ends in a sentence on the page and a place in the log, and never with anybody's data."""

import logging
import re
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.words import text
from pipeline import store
from tests.dashboard.conftest import Run

_PAGE = """
import duckdb, streamlit as st
from dashboard.access import Viewer
from dashboard.components import frame, prose

with frame.column(Viewer("researcher")):
    st.title("A page")
    {failing}
    prose.say("After it")
st.text("the rest of the app")
"""


@pytest.fixture(autouse=True)
def nothing_unforeseen() -> None:
    """Here it is what is asked for."""


def page(failing: str) -> AppTest:
    return AppTest.from_string(_PAGE.replace("{failing}", failing), default_timeout=30).run()


def test_an_unforeseen_error_is_said_and_logged_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        app = page("{}['patient 4711']")
    assert not app.exception
    (box,) = app.error
    assert box.value.startswith("Something went wrong that nobody foresaw.")
    assert box.proto.title == text.CANNOT_SHOW
    (record,) = (r.getMessage() for r in caplog.records if "a page failed" in r.getMessage())
    reference = re.search(r"reference `(\w{8})`", box.value)
    assert reference is not None
    assert f"reference {reference[1]}: KeyError" in record
    assert "line 8" in record
    assert "4711" not in record.replace("{}['patient 4711']", "")  # the line of the script itself
    assert [caption.value for caption in app.caption] == [text.TO_HELP, text.SINGLE_USER]
    assert app.text[0].value == "the rest of the app"
    assert not app.markdown


def test_what_led_to_an_error_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        page("import json; from pathlib import Path; json.loads(Path('/nowhere').read_text())")
    assert any("FileNotFoundError" in r.getMessage() and "pathlib" in r.getMessage() for r in caplog.records)


def test_memory_that_does_not_suffice_says_what_to_ask_instead() -> None:
    opened = "duckdb.connect(config={'memory_limit': '1MB', 'temp_directory': ''})"
    app = page(f"{opened}.execute('SELECT list(i ORDER BY hash(i)) FROM range(3000000) t(i)').fetchall()")
    assert app.error[0].value.startswith("The server has too little memory to work this out.")


def test_what_streamlit_raises_itself_passes() -> None:
    stopped = page("st.stop()")
    again = page("st.session_state.setdefault('run', 0); st.session_state['run'] += 1; "
                 "st.rerun() if st.session_state['run'] == 1 else None")  # fmt: skip
    for app in (stopped, again):
        assert not app.error
        assert not app.exception
    assert not stopped.text
    assert again.session_state["run"] == 2
    assert again.markdown[-1].value == "After it"


def test_a_page_whose_query_fails_says_so_and_the_others_go_on(
    published: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "open_reader", partial(store.open_reader, memory_mb=1))
    app = run()
    assert not app.exception
    assert app.error[0].value.startswith("The server has too little memory")

"""The page Overview: filled, the first version and the next, nobody due, warnings, a failed gate, another role."""

import json
from pathlib import Path
from shutil import copytree

import duckdb
import pytest
import streamlit as st
from scipy.stats import binomtest
from streamlit.testing.v1 import AppTest

from dashboard.access import Viewer
from dashboard.views import pages_for
from dashboard.words import overview_words
from dashboard.words.numbers import MINUS
from pipeline.api import open_home
from tests.dashboard.conftest import Run
from tests.dashboard.said import tables, words
from tests.studies import small_version

SCRIPT = """
from dashboard.access import Viewer
from dashboard.views import overview
overview.show(Viewer({role!r}, is_logged_in=True))
"""
NEXT = "20261124T091500Z-4d5e6f"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one version; tests that change it take a copy."""
    home = tmp_path_factory.mktemp("overview") / "warehouse"
    small_version.publish(home)
    return home


@pytest.fixture
def copied(home: Path, made: Path) -> Path:
    return Path(copytree(made, home))


def page(role: str = "researcher") -> AppTest:
    app = AppTest.from_string(SCRIPT.format(role=role), default_timeout=60).run()
    assert not app.exception, app.exception
    return app


def change_manifest(home: Path, version: str = small_version.VERSION, **changes: object) -> None:
    path = home / "versions" / version / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_it_says_who_is_in_it_how_far_followed_and_how_old(copied: Path) -> None:
    app = page()
    assert app.title[0].value == overview_words.TITLE
    said = words(app)
    assert "**236 people** from 3 clinics and apps; 189 of them logged **4,210 sessions**" in said
    assert "Week 24 had passed for 232 of them; **74% (95% interval 68 to 79)** reported a result" in said
    assert "taken out 22 days before this version was published" in said
    assert "All 120 checks of the data passed." in said
    assert "No version before this one is kept" in said
    visits, contents, senders = tables(app)
    assert visits.to_dict("records") == [
        {"Visit": "week 24", "People": "236", "Due": "232", "Seen": "171",
         "Seen of those due (95% interval)": "74% (68 to 79)"}
    ]  # fmt: skip
    assert contents["What"].tolist() == ["People", "Sessions", "Results measured or reported"]
    assert senders["Clinic or app"].tolist() == ["north", "south", "app"]
    assert {chart.key for chart in app.get("plotly_chart")} == {"follow-up", "enrolment"}


def test_the_share_seen_is_of_those_due_and_its_limits_are_exact(made: Path) -> None:
    with open_home(made) as home:
        (visit,) = home.overview().follow_up
    assert (visit.n, visit.n_due, visit.n_seen) == (236, 232, 171)
    exact = binomtest(171, 232).proportion_ci(method="exact")
    assert (visit.lower, visit.share, visit.upper) == pytest.approx((exact.low, 171 / 232, exact.high))


def test_it_says_what_changed_since_the_version_before(copied: Path) -> None:
    folder = small_version.publish(copied, name=NEXT)
    with duckdb.connect(str(folder / "research.duckdb")) as con:
        con.execute(
            "UPDATE landing_account SET n_participants = 246, n_records = 246 WHERE table_name = 'participants'"
        )
        con.execute("DELETE FROM landing_account WHERE table_name = 'outcomes'")
    app = page()
    assert f"This version holds 10 people more than the version before, `{small_version.VERSION}`." in words(app)
    changes = tables(app)[1]
    assert changes["People since then"].tolist() == ["+10", "as many", f"{MINUS}225"]
    change_manifest(copied, NEXT, fingerprint=json.loads(
        (copied / "versions" / small_version.VERSION / "manifest.json").read_text())["fingerprint"])  # fmt: skip
    assert "The data are the same, to the last value" in words(app_anew())


def app_anew() -> AppTest:
    """The page with nothing kept from before."""
    st.cache_data.clear()
    return page()


def test_warnings_are_named_with_their_numbers(copied: Path) -> None:
    rule = {"rule": "r", "table": "safety", "severity": "warning", "sentence": "Asked after most sessions.",
            "n_unexpected": 7, "observed": None, "error": None}  # fmt: skip
    change_manifest(copied, gate={"passed": True, "failed": [rule], "n_rules": 120})
    app = page()
    assert "119 of 120 checks of the data passed; 1 gave a warning." in words(app)
    assert tables(app)[1].iloc[0].tolist() == ["Asked after most sessions.", "safety", "warning", "7"]


def test_a_failed_gate_is_said_above_everything(copied: Path) -> None:
    change_manifest(copied, gate={"passed": False, "failed": [], "n_rules": 120}, extracted_until=None)
    app = page()
    assert app.error[0].proto.title == "The data checks failed"
    assert "is not known" in words(app)


def test_nobody_due_is_said_to_be_so(copied: Path) -> None:
    with duckdb.connect(str(copied / "versions" / small_version.VERSION / "research.duckdb")) as con:
        con.execute("UPDATE retention SET is_due = false")
    app = page()
    assert overview_words.NOT_DUE in words(app)
    assert {chart.key for chart in app.get("plotly_chart")} == {"enrolment"}


def test_an_empty_home_says_what_to_do(home: Path) -> None:
    assert page().title[0].value == "Nothing is published here yet"
    assert not home.exists()


def test_it_is_the_first_page_of_those_who_see_the_row_level(copied: Path) -> None:
    assert [pages_for(Viewer(role))[0].title for role in ("researcher", "steward", "clinic")] == [
        "Overview", "Overview", "Clinic",
    ]  # fmt: skip
    app = page("clinic")
    assert not app.title
    assert app.error[0].proto.title == "This page is not for a clinic's account"


def test_a_link_from_when_compare_was_the_first_page_leads_there(copied: Path, run: Run) -> None:
    app = run(by="device", sex=["Male", "Female"])
    assert app.title[0].value == "Do people gain more hair with one device than with another?"
    assert app.multiselect(key="sex").value == ["male", "female"]

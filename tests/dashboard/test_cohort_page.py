"""The page Cohort: who would take part, who they are, the version before, saved as a protocol; another role."""

from pathlib import Path
from shutil import copytree

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.keys import Folded
from dashboard.words import cohort_words
from pipeline.api import open_home
from pipeline.contract.asked import Asked
from pipeline.studies.people.facets import facets
from pipeline.studies.protocols.protocol_file import parse_protocol
from tests.dashboard.said import unfolded, words
from tests.dashboard.test_compare_page import tables_with
from tests.studies import small_version

SCRIPT = """
from dashboard.access import Viewer
from dashboard.views import cohort
cohort.show(Viewer({role!r}, is_logged_in={is_logged_in}))
"""
NEXT = "20261124T091500Z-4d5e6f"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("cohort") / "warehouse"
    small_version.publish(home)
    return home


@pytest.fixture
def copied(home: Path, made: Path) -> Path:
    return Path(copytree(made, home))


def page(role: str = "researcher", **link: str | list[str]) -> AppTest:
    app = AppTest.from_string(SCRIPT.format(role=role, is_logged_in=role != "steward"), default_timeout=60)
    for key, value in link.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


def test_it_says_who_would_take_part_and_looks_at_no_result(copied: Path) -> None:
    app = page(against="none")
    assert app.title[0].value == cohort_words.TITLE
    said = words(app)
    assert "Of 236 people **206** would be counted, in 4 arms." in said
    assert cohort_words.UNSEEN in said
    assert cohort_words.NO_EARLIER in said
    steps = next(tables_with(app, "Left out here"))
    assert steps["People"].tolist()[0] == "236"
    assert steps["Step"].tolist()[-1] == "Week 24 has passed", "what comes after it is a result"
    start = next(tables_with(app, "At the start"))
    assert "Not needling (40 people)" in start.columns
    assert start["At the start"].tolist()[0] == "The result measured then, hairs/cm²"
    pairs = next(tables_with(app, "Compared"))
    assert pairs["Smallest difference"].str.endswith("hairs/cm²").any()
    assert [chart.key for chart in app.get("plotly_chart")] == ["attrition"]


def test_counts_below_the_filters_follow_the_other_filters(copied: Path) -> None:
    app = page()
    assert "Female: 82" in words(app)
    app.multiselect(key="clinic").set_value(["south"]).run()
    said = words(app)
    assert "Female: 35" in said
    assert "north: 121" in said, "a filter does not narrow down its own counts"


def test_counts_are_of_whom_the_other_filters_leave(made: Path) -> None:
    with open_home(made) as home, duckdb.connect() as con:
        small_version.build(con)
        found = home.facets(["sex=female", "clinic_id=south"], 84)
        rows = con.execute("SELECT count(*) FILTER (source = 'south'), count(*) FROM person WHERE i % 3 = 0").fetchone()
        assert rows is not None
        assert found["sex"]["female"] == rows[0]
        assert sum(found["clinic_id"].values()) == rows[1]
        assert found == facets(con, ["sex=female", "clinic_id=south"], 84)


def test_the_version_before_stands_beside_it(copied: Path) -> None:
    folder = small_version.publish(copied, name=NEXT)
    with duckdb.connect(str(folder / "research.duckdb")) as con:
        con.execute("DELETE FROM participants WHERE participant_id IN (SELECT participant_id FROM exposure "
                    "WHERE depth_band = '0_90_to_1_39')")  # fmt: skip
    app = page()
    assert f"6 people fewer would be counted than in the version before, `{small_version.VERSION}`." in words(app)
    steps = next(tables_with(app, "In the version before"))
    assert steps["In the version before"].tolist()[0] == "236"
    said = words(page(study="c3-density-week-24"))
    assert "than in the version before" in said


def test_too_few_or_nobody_is_said_to_be_so(copied: Path) -> None:
    with duckdb.connect(str(copied / "versions" / small_version.VERSION / "research.duckdb")) as con:
        con.execute("UPDATE participants SET observed_until_day = 30")
    assert cohort_words.NOBODY_DUE in words(page())
    assert "opens before exposure could be settled" in words(page(week="4"))


def test_a_question_about_side_effects_has_no_table_1(copied: Path) -> None:
    assert cohort_words.NO_TABLE_ONE in words(page(study="c5-within-a-day"))


def test_a_value_that_is_not_understood_is_told(copied: Path) -> None:
    assert "`week=99`" in words(page(week="99"))


def test_the_protocol_is_what_would_be_asked(copied: Path) -> None:
    app = page(against="none")
    assert not app.code, "it is drawn once it is opened"
    (shown,) = (code.value for code in unfolded(app, Folded.PROTOCOL).code)
    protocol = parse_protocol(shown, Path("mine.toml"))
    assert protocol.contrast is not None
    assert protocol.contrast.reference == "none"
    assert "Only a data steward may" in words(app), "a researcher takes it along, and does not write to the home"
    assert not app.text_input


def test_the_steward_saves_it_in_the_home(copied: Path) -> None:
    app = page("steward", against="none")
    assert app.button(key="cohort_save").disabled
    app.text_input(key="cohort_name").set_value("depth-mine").run()
    app.button(key="cohort_save").click().run()
    assert not app.exception
    assert "Saved." in "".join(box.value for box in app.success)
    with open_home(copied) as home:
        asked = home.protocol_of("depth", instrument="hair_density", week=24, reference="none",
                                 where=["diagnosis=androgenetic_alopecia"])  # fmt: skip
        assert home.protocol("depth-mine").arms == asked.arms
    assert page("steward", study="depth-mine").selectbox(key="study").value == "depth-mine"


def test_the_words_of_the_command_are_those_that_are_shown() -> None:
    asked = Asked("depth", "hair_density", 24, ("sex=male",), reference="none")
    assert asked.command() == " ".join(asked.words())


def test_an_empty_home_says_what_to_do(home: Path) -> None:
    assert page().title[0].value == "Nothing is published here yet"
    assert not home.exists()


def test_a_clinics_user_is_shown_nobody(copied: Path) -> None:
    app = page("clinic")
    assert not app.title
    assert app.error[0].proto.title == "This page is not for a clinic's account"

"""The map, the course, the time to response and the evidence, filled, empty, too few, unlike, and not for clinics."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.keys import Folded
from dashboard.views import course
from dashboard.words import text
from tests.dashboard.said import tables, unfolded, words
from tests.studies import small_version, world
from tests.studies.curves.test_curves import _DOSED

PAGES = ("depth_map", "course", "response", "evidence")

SCRIPT = """
from dashboard.access import Viewer
from dashboard.views import {page}
{page}.show(Viewer({role!r}, {scope!r}))
"""

Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def dosed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """People at five needle lengths and two frequencies; their gains are large, so that some respond."""

    def fill(con: duckdb.DuckDBPyConnection) -> None:
        world.build(con, 2400)
        con.execute(_DOSED)
        con.execute("UPDATE outcome_change SET improvement_milli = 3 * improvement_milli")

    home = tmp_path_factory.mktemp("curves") / "warehouse"
    small_version.publish(home, fill=fill)
    return home


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("small") / "warehouse"
    small_version.publish(home)
    return home


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Draw one page of a home for somebody, with a link's parameters."""

    def drawn(page: str, home: Path, role: str = "researcher", scope: str | None = None, **link: str) -> AppTest:
        monkeypatch.setenv("NEEDLING_HOME", str(home))
        app = AppTest.from_string(SCRIPT.format(page=page, role=role, scope=scope), default_timeout=120)
        for key, value in link.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception, app.exception
        return app

    return drawn


def figures(app: AppTest) -> dict[str, Any]:
    return {chart.key: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def test_the_map_has_a_cell_for_each_and_says_which_lie_apart(dosed: Path, open_page: Open) -> None:
    app = open_page("depth_map", dosed, intervals="true", cell="1_40_to_1_60.weekly", nowhere="x")
    assert app.title[0].value == "Do people gain more hair at some needle lengths and frequencies than at others?"
    said = words(app)
    assert "10 of 30 combinations" in said
    assert "all at once" in said
    assert "association" in said
    drawn = figures(app)
    assert {"map", "dose-depth", "attrition"} <= drawn.keys()
    texts = [note["text"] for note in drawn["map"]["layout"]["annotations"]]
    assert sum("by itself" in text for text in texts) == 9
    assert sum("nobody" in text for text in texts) >= 15
    assert "**1.40 to 1.60 mm, about once a week**" in said
    assert any("smooth curve" in str(trace.get("name")) for trace in drawn["dose-depth"]["data"])
    assert "dose-frequency" not in drawn, "two frequencies have no line through them"
    assert "Fewer than three doses have enough people" in said
    assert "home.depth_frequency_map(instrument='hair_density', week=24" in unfolded(app, Folded.CODE).code[0].value


def test_a_course_is_shown_alike_and_by_itself_with_who_left(dosed: Path, open_page: Open) -> None:
    app = open_page("course", dosed, by="depth")
    assert app.title[0].value == "Do people gain more hair from visit to visit, and who leaves?"
    assert "seen then" in words(app)
    assert {"trajectory", "seen", "leaving", "attrition"} <= figures(app).keys()
    shown = tables(app)
    assert any("Seen" in table and "Arms settled" in table for table in shown)
    (left,) = (table for table in shown if "Stopped reporting" in table)
    assert {"Lost to follow-up", "No reason told"} <= set(left.columns)
    app.segmented_control(key="alike").set_value("own").run()
    assert "Each mean is about the arm's own people" in words(app)


def test_a_course_says_where_compare_answers_by_another_method(
    dosed: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "found for them by another method"
    monkeypatch.setattr(course, "MIN_DOUBLY_ROBUST", 100_000)
    assert said not in words(open_page("course", dosed, by="depth", week="12"))
    monkeypatch.setattr(course, "MIN_DOUBLY_ROBUST", 30)
    app = open_page("course", dosed, by="depth", week="12")
    assert f"Arms with 30 results or more at week 12: the headline of Compare is {said}" in words(app)
    (link,) = re.findall(r"\(/compare\?[^)]*\)", words(app))
    assert link == "(/compare?week=week+12)", "what is usual stands in no link"


def test_time_to_response_has_steps_numbers_at_risk_and_differences(dosed: Path, open_page: Open) -> None:
    app = open_page("response", dosed, by="depth", week="12", against="none")
    said = words(app)
    assert app.title[0].value == "How soon do people respond, and how many?"
    assert "A **response** is: gain of 21 hairs/cm²" in said
    assert "had responded" in said
    drawn = figures(app)
    assert drawn["response"]["layout"]["yaxis2"]["ticktext"][0] == "Not needling"
    assert "percentage points" in drawn["response-difference"]["layout"]["xaxis"]["title"]["text"]
    assert any("Difference, percentage points (95% interval)" in table for table in tables(app))


def test_trials_stand_beside_ours_with_their_doubts(dosed: Path, open_page: Open) -> None:
    app = open_page("evidence", dosed)
    assert app.title[0].value.startswith("What have published trials found?")
    said = words(app)
    assert "published trials speak to this question" in said
    assert "These data say **" in said
    labels = figures(app)["published"]["layout"]["yaxis"]["ticktext"]
    assert labels[0].startswith("These data")
    assert any(label.startswith("Dhurat 2013") for label in labels)
    trials, reviews = tables(app)
    assert (trials["What is doubtful, and where it was read"].str.len() > 20).all()
    assert len(reviews) > 0
    app.selectbox(key="claim").set_value("C5").run()
    assert not app.exception
    assert "no trial is put beside it" in words(app)
    assert "published" not in figures(app)


def test_trials_without_a_figure_in_the_unit_are_listed_all_the_same(small: Path, open_page: Open) -> None:
    app = open_page("evidence", small, study="c3-shedding-week-24")
    assert "none printed a figure of both arms" in words(app)
    assert len(tables(app)[0]) >= 15


def test_too_few_are_told_and_hold_no_figure(small: Path, open_page: Open) -> None:
    said = words(open_page("depth_map", small))
    assert "No map is given. Fewer than three doses" in said
    app = open_page("course", small, alike="own")
    rows = next(table for table in tables(app) if "Arms settled" in table)
    assert rows.loc[rows["Arm"] == "0.90 to 1.39 mm"].iloc[:, -1].tolist() == ["withheld", "withheld"]
    assert "Fewer than 10 people of at least one group have a result" in words(app)


def test_arms_that_cannot_be_made_alike_are_named_with_the_reason(small: Path, open_page: Open) -> None:
    said = words(open_page("course", small))
    assert "Withheld: the diagnostics failed" in said
    assert "**1.40 to 1.60 mm**" in said
    assert "weighting cannot make them resemble each other" in said


@pytest.mark.parametrize(("link", "reason"), [
    ({"week": "52"}, "There is no later visit"), ({"instrument": "sinclair"}, "No shares are given."),
])  # fmt: skip
def test_what_cannot_be_asked_of_responses_says_why(
    small: Path, open_page: Open, link: dict[str, str], reason: str
) -> None:
    assert reason in words(open_page("response", small, **link))


@pytest.mark.parametrize("page", PAGES)
def test_a_clinics_user_sees_none_of_it(small: Path, open_page: Open, page: str) -> None:
    app = open_page(page, small, role="clinic", scope="north")
    assert text.NOT_FOR_CLINICS_TITLE in words(app)
    assert not app.get("plotly_chart")
    assert tables(app) == []


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_home_says_what_to_do(tmp_path: Path, open_page: Open, page: str) -> None:
    assert open_page(page, tmp_path / "warehouse").title[0].value == text.NO_VERSION_TITLE


@pytest.mark.parametrize("page", PAGES[:3])
def test_a_version_without_results_says_so(tmp_path: Path, open_page: Open, page: str) -> None:
    folder = small_version.publish(tmp_path / "warehouse")
    with duckdb.connect(str(folder / "research.duckdb")) as con:
        con.execute("DELETE FROM outcome_change")
    assert open_page(page, tmp_path / "warehouse").title[0].value == text.NO_RESULTS_TITLE


def test_a_part_of_a_link_that_is_not_understood_is_told(small: Path, open_page: Open) -> None:
    said = words(open_page("depth_map", small, settled="99", cell="deep"))
    assert "`settled=99`" in said
    said = words(open_page("evidence", small, study="c99", claim="C99"))
    assert "`study=c99`" in said
    assert "`claim=C99`" in said

"""The page Compare without a browser: filled, empty, too few, strange links, invented people, a newer version."""

import json
from pathlib import Path

import duckdb
import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from tests.dashboard.conftest import Run
from tests.studies import small_version


def words(app: AppTest) -> str:
    """Everything the page says."""
    boxes = [f"{box.proto.title} {box.value}" for box in (*app.warning, *app.info, *app.error)]
    return "\n".join([*(e.value for e in (*app.title, *app.subheader, *app.markdown, *app.caption)), *boxes])


def test_the_page_answers_in_a_sentence(published: Path, run: Run) -> None:
    app = run()
    assert not app.exception
    assert app.title[0].value == "Do people who needle deeper gain more hair?"
    assert "compared with **1.40 to 1.60 mm**: **Not needling** improved by 11.0 hairs/cm² less" in words(app)


def test_it_says_that_nothing_is_adjusted_and_where_it_comes_from(published: Path, run: Run) -> None:
    said = words(run())
    assert "These figures are not adjusted" in said
    assert "association, not an effect" in said
    assert "All 120 data checks passed" in said
    assert small_version.VERSION in said
    assert "Data until 1 November 2026" in said
    assert "Single-user mode" in said


def test_no_number_stands_without_its_people_and_interval(published: Path, run: Run) -> None:
    table = run().table[0].value
    assert list(table.columns[:4]) == ["Arm", "People", "Visit passed", "With a result"]
    assert table.iloc[1].tolist()[:5] == ["0.45 to 0.60 mm", "74", "70", "60 (86%)", "+5.0 (3.5 to 6.5)"]


def test_too_few_are_withheld_with_a_reason(published: Path, run: Run) -> None:
    app = run()
    assert app.table[0].value.iloc[2].tolist()[4:] == ["withheld", "withheld", ""]
    assert "Fewer than 10 people have a result" in words(app)


def test_the_steps_of_the_attrition_are_listed(published: Path, run: Run) -> None:
    steps = run().table[1].value
    assert steps["People"].tolist()[0] == "236"
    assert steps["Left out here"].tolist() == ["", "3", "11", "5", "7", "0", "4", "50"]


def test_the_figures_hold_the_arms(published: Path, run: Run) -> None:
    app = run()
    forest, spread = (json.loads(chart.proto.spec) for chart in app.get("plotly_chart"))
    assert [trace["name"] for trace in forest["data"]] == ["Not needling", "0.45 to 0.60 mm", "1.40 to 1.60 mm"]
    assert len({trace["marker"]["symbol"] for trace in forest["data"]}) == 3
    assert "hairs/cm²" in spread["layout"]["xaxis"]["title"]["text"]


@pytest.mark.parametrize(
    ("by", "question"),
    [
        ("frequency", "Do people who needle more often gain more hair?"),
        ("schedule", "On which schedules do people gain more hair?"),
        ("adjunct", "Do people who add another treatment gain more hair?"),
        ("device", "Do people gain more hair with one device than with another?"),
        ("setting", "Do people gain more hair in one setting than in another?"),
        ("stage", "Do people who start at an early stage gain more hair?"),
    ],
)
def test_every_dimension_has_its_question(published: Path, run: Run, by: str, question: str) -> None:
    app = run(by=by)
    assert not app.exception
    assert app.title[0].value == question


def test_a_link_restores_the_view(published: Path, run: Run) -> None:
    app = run(by="depth", instrument="Hair density", against="Not needling", sex=["female", "Male"], show="differences")
    assert not app.exception
    assert app.selectbox(key="against").value == "none"
    assert app.multiselect(key="sex").value == ["female", "male"]
    assert "compared with **Not needling**" in words(app)
    assert "Part of this link" not in words(app)


def test_what_a_link_got_wrong_is_told(published: Path, run: Run) -> None:
    said = words(run(by="frequency", week="99", clinic="`nowhere`"))
    assert "Part of this link was not understood" in said
    assert "`week=99`" in said
    assert "`clinic=nowhere`" in said
    assert "needle more often" in said


def test_filters_narrow_down(published: Path, run: Run) -> None:
    app = run()
    app.multiselect(key="clinic").set_value(["south"]).run()
    assert not app.exception
    assert [row[0] for row in app.table[0].value.to_numpy()] == ["0.90 to 1.39 mm", "1.40 to 1.60 mm"]
    assert "Match the filters on people" in app.table[1].value["Step"].tolist()


def test_an_ordered_scale_shows_chances(published: Path, run: Run) -> None:
    app = run(instrument="sinclair", against="none")
    assert "did better in 23% of pairs" in words(app)
    assert "Chance of a better result (95% interval)" in app.table[0].value.columns
    bars = json.loads(app.get("plotly_chart")[1].proto.spec)["data"]
    assert [bar["name"] for bar in bars] == ["Worse", "Same", "Better"]


def test_a_visit_before_the_landmark_says_why(published: Path, run: Run) -> None:
    app = run(week="4")
    assert not app.exception
    assert "opens before exposure could be settled" in words(app)
    assert len(app.get("plotly_chart")) == 0


def test_one_arm_has_nobody_to_compare_with(published: Path, run: Run) -> None:
    assert "nobody to compare with" in words(run(instrument="ga_participant"))


def test_an_empty_home_says_what_to_do(home: Path, run: Run) -> None:
    app = run()
    assert not app.exception
    assert app.title[0].value == "Nothing is published here yet"
    assert app.code[0].value == f"needling run DROP... --home {home}"


def test_a_version_without_results_says_so(home: Path, run: Run) -> None:
    folder = small_version.publish(home)
    with duckdb.connect(str(folder / "research.duckdb")) as con:
        con.execute("DELETE FROM outcome_change")
    app = run()
    assert not app.exception
    assert app.title[0].value == "Nobody here has a result yet"


def test_invented_people_are_called_so(home: Path, run: Run) -> None:
    small_version.publish(home, simulated=True)
    assert "The people on this page are invented" in words(run())


def test_real_people_are_not_called_invented(published: Path, run: Run) -> None:
    assert "invented" not in words(run())


def test_a_newer_version_is_read_as_soon_as_it_is_current(published: Path, run: Run) -> None:
    app = run()
    small_version.publish(published, name="20261124T091500Z-4d5e6f", simulated=True)
    said = words(app.run())
    assert "20261124T091500Z-4d5e6f" in said
    assert small_version.VERSION not in said
    assert "invented" in said


def test_a_server_that_listens_elsewhere_shows_nothing(published: Path, run: Run) -> None:
    config.set_option("server.address", "0.0.0.0")
    app = run()
    assert "this server listens elsewhere too" in words(app)
    assert not app.title

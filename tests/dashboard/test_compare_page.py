"""The page Compare without a browser: filled, empty, too few, strange links, invented people, a newer version."""

from pathlib import Path

import duckdb
import pytest
from streamlit import config

from dashboard.keys import Folded
from pipeline.studies.protocols.protocol_file import parse_protocol
from tests.dashboard.conftest import Run
from tests.dashboard.said import EXPLAINED, figures, tables_with, unfolded, words
from tests.studies import small_version


@pytest.fixture
def run(run: Run) -> Run:
    """Open the page by a link from when it was the first one: the dimension that it shows anyway is in it."""
    return lambda **link: run(**({"by": "depth"} | link))


def test_the_page_answers_in_a_sentence(published: Path, run: Run) -> None:
    app = run(against="none")
    assert not app.exception
    explained = [link for block in (*app.markdown, *app.caption) for link in EXPLAINED.findall(block.value)]
    assert {"95% interval", "association"} <= set(explained)
    assert len(explained) == len(set(map(str.casefold, explained))), "each once"
    assert app.title[0].value == "Do people who needle deeper gain more hair?"
    said = words(app)
    assert "At week 24, compared with **Not needling**: **0.45 to 0.60 mm** did better by" in said
    assert "This is an association, and exploratory" in said


def test_arms_without_anybody_alike_have_no_figure(published: Path, run: Run) -> None:
    said = words(run())  # in the small version the largest arm comes from a source that the others do not have
    assert "No figure is given. The arms hold different kinds of people" in said
    assert "This is an association" not in said


def test_it_says_what_is_adjusted_and_where_it_comes_from(published: Path, run: Run) -> None:
    said = words(run(against="none"))
    assert "Adjusted for what was recorded at the start" in said
    assert "Filled point, solid line: adjusted" in said
    assert "All 120 data checks passed" in said
    assert small_version.VERSION in said
    assert "Data until 1 November 2026" in said
    assert "Single-user mode" in said


def test_no_number_stands_without_its_people_and_interval(published: Path, run: Run) -> None:
    app = run(against="none")
    arms, pairs = next(tables_with(app, "Visit passed")), next(tables_with(app, "Smallest detectable"))
    assert list(arms.columns[:4]) == ["Arm", "People", "Visit passed", "With a result"]
    assert arms.iloc[1].tolist()[:5] == ["0.45 to 0.60 mm", "74", "70", "60 (86%)", "+5.0 (3.5 to 6.5)"]
    naive = dict(zip(pairs["Compared"], pairs["Not adjusted (95% interval)"], strict=True))
    assert naive["0.45 to 0.60 mm against Not needling"].endswith("hairs/cm²")


def test_too_few_are_withheld_with_a_reason(published: Path, run: Run) -> None:
    app = run()
    arms = next(tables_with(app, "Visit passed"))
    assert arms.iloc[2].tolist()[4:] == ["withheld"]
    assert "Fewer than 10 people of at least one group have a result" in words(app)


def test_the_steps_of_the_attrition_are_listed(published: Path, run: Run) -> None:
    steps = next(tables_with(unfolded(run(), Folded.STEPS), "Left out here"))
    assert steps["People"].tolist()[0] == "236"
    assert steps["Left out here"].tolist() == ["", "3", "11", "5", "7", "0", "4", "52"]


def test_each_arm_by_itself_can_be_shown(published: Path, run: Run) -> None:
    app = run(show="arms")
    found = figures(app)
    forest, spread = found["forest"], found["distribution"]
    points = [trace for trace in forest["data"] if trace["mode"] == "markers"]
    assert [trace["name"] for trace in points] == ["Not needling", "0.45 to 0.60 mm", "1.40 to 1.60 mm"]
    assert len({trace["marker"]["symbol"] for trace in points}) == 3
    assert "hairs/cm²" in spread["layout"]["xaxis"]["title"]["text"]
    assert "as they are" in words(app)


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
    said = words(run(by="frequency", week="99", clinic="`nowhere`", show="sideways"))
    assert "Part of this link was not understood" in said
    assert "`week=99`" in said
    assert "`clinic=nowhere`" in said
    assert "`show=sideways`" in said
    assert "needle more often" in said


def test_filters_narrow_down(published: Path, run: Run) -> None:
    app = run()
    app.multiselect(key="clinic").set_value(["south"]).run()
    assert not app.exception
    assert next(tables_with(app, "Visit passed"))["Arm"].tolist() == ["0.90 to 1.39 mm", "1.40 to 1.60 mm"]
    assert (
        "Match the filters on people"
        in next(tables_with(unfolded(app, Folded.STEPS), "Left out here"))["Step"].tolist()
    )


def test_an_ordered_scale_shows_chances(published: Path, run: Run) -> None:
    app = run(instrument="sinclair", against="none")
    naive = next(tables_with(app, "Smallest detectable"))["Not adjusted (95% interval)"]
    assert any(text.startswith("23% (") for text in naive)
    found = figures(app)
    assert [bar["name"] for bar in found["distribution"]["data"]] == ["Worse", "Same", "Better"]
    assert "Chance of a better result" in found["forest-unadjusted"]["layout"]["xaxis"]["title"]["text"]


def test_a_visit_before_the_landmark_says_why(published: Path, run: Run) -> None:
    app = run(week="4")
    assert not app.exception
    assert "opens before exposure could be settled" in words(app)
    assert "Diagnostics" not in words(app), "nothing was compared, so nothing was diagnosed"
    assert "forest" not in figures(app)


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


def test_a_question_shows_the_code_that_asks_it(published: Path, run: Run) -> None:
    app = run(by="device", sex=["Male"])
    command, lines, protocol = (code.value for code in unfolded(app, Folded.CODE).code)
    assert "--by device --instrument hair_density --week 24" in command
    assert "--where sex=male --against " in command
    assert "home.compare('device', instrument='hair_density'" in lines
    saved = parse_protocol(protocol, Path("mine.toml"))
    assert saved.contrast is not None
    assert saved.contrast.reference in command


def test_one_contrast_is_looked_at_closely(published: Path, run: Run) -> None:
    app = run(closer="0.90 to 1.39 mm")
    assert app.selectbox(key="closer").value == "0_90_to_1_39 vs 1_40_to_1_60"
    assert "too few people to adjust for anything" in words(app)


def test_what_a_version_lacks_is_told(published: Path, run: Run) -> None:
    with duckdb.connect(str(published / "versions" / small_version.VERSION / "research.duckdb")) as con:
        con.execute("DROP TABLE baseline")
    app = run()
    assert not app.exception
    assert "This cannot be shown" in words(app)
    assert "`needling publish`" in words(app)

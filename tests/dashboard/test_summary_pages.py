"""The pages Safety, Cost, Adherence and Data quality: filled, empty, too few, failed gate, wrong role."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import Viewer
from dashboard.queries import summaries
from dashboard.views import pages_for
from dashboard.words import adherence_words, cost_words, quality_words, safety_words, text
from pipeline import ledger
from tests.dashboard import summaries_home
from tests.dashboard.said import tables, words
from tests.studies import small_version

PAGES = ("safety", "cost", "adherence", "quality")
CLINIC = Viewer("clinic", "north", is_logged_in=True)

SCRIPT = """
from pathlib import Path
from dashboard import access, queries
from dashboard.views import {page}
{page}.show(access.viewer(Path(queries.home_folder())))
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return summaries_home.publish(tmp_path_factory.mktemp("filled"))


@pytest.fixture
def read(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEEDLING_HOME", str(filled))
    return filled


def page(name: str, **link: str) -> AppTest:
    app = AppTest.from_string(SCRIPT.format(page=name), default_timeout=60)
    for key, value in link.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


def table(app: AppTest, first: str) -> pd.DataFrame:
    """The first table whose first column has this name, by that column."""
    return next(t for t in tables(app) if t.columns[0] == first).set_index(first)


def figures(app: AppTest) -> set[str]:
    return {chart.key for chart in app.get("plotly_chart")}


@pytest.mark.usefixtures("read")
def test_safety_counts_per_session_asked_and_gives_none_where_few_were() -> None:
    app = page("safety")
    assert app.title[0].value == safety_words.TITLE
    rows = table(app, "Setting")
    assert rows.loc["Clinic", "Asked about"] == "480"
    assert rows.loc["Clinic", "People asked"] == "40", "all sessions are of more people than those who were asked"
    assert rows.loc["Clinic", "With it"] == "240"
    assert rows.loc["Clinic", "Share (95% interval)"].startswith("50% (")
    assert rows.loc["Home", "Share (95% interval)"] == "not given: under half asked"
    assert rows.loc["Home", "With it"] == "60", "the counts are told all the same"
    assert rows.loc["Salon", "Share (95% interval)"] == "not given: too few people"
    assert "infection" not in words(app).lower().split("without being asked")[0]
    assert table(app, "Told unasked").loc["Infection", "Reports"] == "1"
    assert "best" not in words(app).lower()
    bad = next(t for t in tables(app) if "1: mild" in t.columns).set_index("Setting")
    assert bad.loc["Clinic", "Sessions with one"] == "240"
    assert bad.loc["Clinic", "1: mild"].startswith("100% ("), "even sessions had one, and it was mild"
    assert bad.loc["Clinic", "4: very severe"] == "none seen, at most 7.2%"


@pytest.mark.usefixtures("read")
def test_safety_says_how_many_there_may_be_where_none_was_seen() -> None:
    app = page("safety", place="clinic", sessions_by="depth", effect="scarring")
    assert "**None** of those asked about, of 40 people, had scarring; it may still be up to **7.2%**" in words(app)
    rows = table(app, "Needle depth")
    assert rows.loc["0.45 to 0.60 mm", "Share (95% interval)"] == "none seen, at most 14%"
    assert "0%" not in list(rows["Share (95% interval)"])
    over = table(app, "Sessions")
    assert over.loc["All these sessions", "Half were over by"] == "8 h", "half at 6 hours, and 8 is the next mark"
    assert over.loc["All these sessions", "Over within a day (95% interval)"].startswith("50% (")
    assert figures(app) >= {"side-effects-by", "side-effects", "over-within"}


@pytest.mark.usefixtures("read")
def test_cost_keeps_currencies_apart_and_says_what_is_missing() -> None:
    app = page("cost")
    said = words(app)
    assert "Half of the 40 people whose amount is known pay up to **EUR" in said
    assert "Of 73 people who needle, 70 (96%) told any cost, 40 of them in EUR" in said
    assert table(app, "Paid for").loc["Session fee", "People who told a payment"] == "40"
    dollars = page("cost", currency="USD", cost_by="year", per="month")
    told = " ".join(str(t.to_dict()) for t in tables(dollars))
    assert "EUR" not in told
    assert "USD 9.54" in told, "114.50, over 12 months"


@pytest.mark.usefixtures("read")
def test_adherence_holds_the_plan_beside_what_was_done() -> None:
    app = page("adherence", until_week="24")
    rows = table(app, "Setting")
    assert rows.loc["Clinic", "Sessions planned"] == "480"
    assert "not given" in rows.loc["Clinic", "Done of those planned (95% interval)"], "all alike: no uncertainty"
    stopped = table(app, "Stopped")
    assert stopped.loc["Stopped needling", "People"] == "73"
    assert table(app, "Reason").loc["Stopped: no effect", "Of them"] == "8"
    assert "No clear" not in words(app)
    assert figures(app) >= {"plan-levels", "gaps", "stopped-by", "stop-reasons"}


@pytest.mark.usefixtures("read")
def test_quality_shows_the_gate_over_time_and_what_moved() -> None:
    app = page("quality", column="Sex", sign="half_millimetre")
    said = words(app)
    assert "**passed with 1 warning** of 2 rules" in said
    assert "Nothing waits in quarantine." in said
    assert f"Since version `{summaries_home.VERSIONS[0]}`, **2** of" in said
    moved = table(app, "Column")
    assert set(moved[moved["Value"] == "Male"]["Moved"]) == {"+100.0 points, far"}
    assert list(table(app, "When (UTC)")["Published"]) == ["yes", "yes"]
    assert "All sources together: 100%" in said


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize(
    ("name", "key"), [("safety", "effect"), ("cost", "currency"), ("adherence", "people_by"), ("quality", "sign")]
)
def test_what_is_not_understood_of_a_link_is_said(name: str, key: str) -> None:
    assert f"`{key}=nonsense`" in words(page(name, **{key: "nonsense"}))


def test_too_few_people_are_said_to_be_too_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEEDLING_HOME", str(summaries_home.publish(tmp_path / "few", people=6)))
    assert "not given: too few people" in str(table(page("safety"), "Setting").to_dict())
    assert "Too few people told a cost" in words(page("cost"))
    assert "Fewer than 10 people" in words(page("adherence"))
    assert "not given: too few people" in str(table(page("quality"), "Source").to_dict())


def test_without_sessions_every_page_says_why_it_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = summaries_home.publish(tmp_path / "empty", sessions=False, passed=False)
    monkeypatch.setenv("NEEDLING_HOME", str(folder))
    for name, title in (
        ("safety", safety_words.NO_SESSIONS_TITLE),
        ("cost", cost_words.NOBODY_TITLE),
        ("adherence", adherence_words.NOBODY_TITLE),
        ("quality", quality_words.TITLE),
    ):
        app = page(name)
        assert app.title[0].value == title
        assert text.FAILED_GATE in words(app), "the version did not pass its gate"
    assert "**did not pass**: 1 of 2 rules failed" in words(page("quality"))
    assert "Nobody has logged a session or a result yet." in words(page("quality"))


@pytest.mark.parametrize("name", PAGES)
def test_a_version_of_an_earlier_release_says_what_to_do(name: str, home: Path) -> None:
    small_version.publish(home)
    ledger.start_run(home, "run")
    assert "published by an earlier release" in words(page(name))


@pytest.mark.parametrize("name", PAGES)
def test_nothing_published_says_so(name: str, home: Path) -> None:
    assert not home.exists()
    assert page(name).title[0].value == text.NO_VERSION_TITLE


@pytest.mark.parametrize(
    "ask",
    [
        lambda version, folder: summaries.safety(version, CLINIC, folder, "setting", "all", "any"),
        lambda version, folder: summaries.cost(version, CLINIC, folder, "setting", None, "month"),
        lambda version, folder: summaries.adherence(version, CLINIC, folder, 24, "setting"),
        lambda version, folder: summaries.quality(version, CLINIC, folder, ()),
    ],
)
def test_a_clinics_user_gets_none_of_it(ask: Callable[[str, str], object], read: Path) -> None:
    assert [one.title for one in pages_for(CLINIC)] == ["Clinic", "Help"]
    with pytest.raises(PermissionError):
        ask(summaries_home.VERSIONS[-1], str(read))

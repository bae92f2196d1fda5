"""The page Steward without a browser: files in, check, taking in, ledger, what is not taken, and who may not."""

from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from dashboard import stewardship
from dashboard.jobs import Answer
from dashboard.keys import Steward
from dashboard.words.steward_words import alert_title
from pipeline import store
from pipeline.contract.alerts import LISTED
from tests.dashboard.delivery import DROP, TOML
from tests.dashboard.said import words
from tests.landing.conftest import PEOPLE

SCRIPT = """
from pathlib import Path
from dashboard import access, queries
from dashboard.views import steward
steward.show(access.viewer(Path(queries.home_folder())))
"""


def steward() -> AppTest:
    """The page alone: AppTest turns only to pages that are files of their own."""
    return AppTest.from_string(SCRIPT, default_timeout=120).run()


def add(app: AppTest, files: dict[str, str]) -> AppTest:
    app.file_uploader(key=Steward.FILES).set_value([(n, c.encode(), "text/plain") for n, c in files.items()])
    app = app.run()
    assert not app.exception, app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app = app.button(key=key).click().run()
    assert not app.exception, app.exception
    return app


def tables(app: AppTest) -> dict[str, list[list[object]]]:
    """The rows of every table, by its columns."""
    return {",".join(frame.value.columns): frame.value.to_numpy().tolist() for frame in app.dataframe}


def told(app: AppTest) -> str:
    return words(app) + "\n".join(f"{box.proto.title} {box.value}" for box in app.success)


def test_an_empty_home_offers_to_begin(home: Path) -> None:
    app = steward()
    assert not app.exception
    assert app.title[0].value == "What comes in, and what needs looking after?"
    assert "Nothing has been put in yet" in words(app)
    assert not home.exists(), "looking changes nothing"


def test_a_delivery_is_checked_then_taken_in_and_published(home: Path) -> None:
    app = add(steward(), DROP)
    assert app.button(key=Steward.TAKE_IN).disabled, "nothing is taken in that nobody has looked at"
    app = press(app, Steward.CHECK)
    assert not home.exists(), "a check stores nothing"
    said = told(app)
    assert "**6 records read**: 4 would be taken in, 2 would be kept in quarantine." in said
    assert "north, side_effects.csv: 2 serious side effects (lines 2, 3)" in said
    shown = tables(app)
    assert shown["Table,Read,Taken in,Not taken"] == [
        ["participants", 2, 2, 0], ["sessions", 2, 1, 1], ["side effects", 2, 1, 1],
    ]  # fmt: skip
    assert [row[:4] for row in shown["File,Line,Table,Column,Why,Written"]] == [
        ["sessions.csv", 3, "sessions", "device"], ["side_effects.csv", 3, "side effects", "participant_id"],
    ]  # fmt: skip
    assert ["sessions.csv", "device", "sessions: device", "", ""] in shown["File,Header,Is,Unit,Words"]
    app = press(app, Steward.TAKE_IN)
    said = told(app)
    current = store.current_version(home)
    assert current is not None
    assert f"Version `{current.name}` is what everybody reads" in said
    assert "**6 records read**: 4 taken in, 2 kept in quarantine." in said
    assert "Serious side effects: look at them today" in said
    shown = tables(app)
    assert [row[:4] for row in shown["Source,File,Line,What became of it,Run"]] == [
        ["north", "side_effects.csv", 3, "in quarantine"], ["north", "side_effects.csv", 2, "taken in"],
    ]  # fmt: skip
    assert [row[1:3] for row in shown["Began (UTC),Command,Ended,Took,Alerts,Run"]] == [["run", "done"]]
    assert {row[1] for row in next(v for k, v in shown.items() if k.startswith("Source,File,Table,Read"))} == set(
        DROP
    ) - {"source.toml"}
    assert "2 records were not taken" in said
    assert {row[2] for row in shown["Source,Records,Why"]} == {
        "The word is not in the column's vocabulary.",
        "No participant of this id has arrived yet; the record waits for one.",
    }
    app = press(app, Steward.PREPARE)
    assert app.get("download_button")[0].proto.label == "Download"


def test_a_mapping_is_proposed_edited_and_used(home: Path) -> None:
    app = add(steward(), {"participants.csv": PEOPLE})
    assert app.button(key=Steward.PROPOSE).disabled, "a sender must be named first"
    app.text_input(key=Steward.SENDER).set_value("Clinic North").run()
    assert "small letters" in told(app)
    assert app.button(key=Steward.PROPOSE).disabled
    app.text_input(key=Steward.SENDER).set_value("clinic-north").run()
    app = press(app, Steward.PROPOSE)
    assert 'id = "clinic-north"' in app.text_area[0].value
    app.text_area[0].set_value(app.text_area[0].value.replace("clinic-north", "clinic-south")).run()
    app = press(app, Steward.CHECK)
    assert "**2 records read**: 2 would be taken in." in told(app)
    app.text_area[0].set_value(app.text_area[0].value + "\n[tables.nothing]\n").run()
    assert "would be taken in" not in told(app), "another mapping has not been checked"
    assert app.button(key=Steward.TAKE_IN).disabled
    app = press(app, Steward.CHECK)
    assert "This cannot be used as it is" in told(app)
    assert "nothing" in told(app)
    assert app.button(key=Steward.TAKE_IN).disabled


def test_names_that_lead_elsewhere_are_refused(home: Path) -> None:
    app = add(steward(), {"..": "x", "source.toml": TOML})
    assert "A file's name cannot be used" in told(app)
    assert not [b for b in app.button if b.key == Steward.CHECK]


def test_a_home_that_another_run_holds_is_told_and_tried_again(home: Path) -> None:
    app = press(add(steward(), DROP), Steward.CHECK)
    with store.lock(home):
        app = press(app, Steward.TAKE_IN)
    assert "Another run is at work" in told(app)
    again = next(button for button in app.button if button.label == "Try again")
    app = again.click().run()
    assert not app.button(key=Steward.TAKE_IN).disabled


def test_where_nobody_may_write_nothing_is_offered(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.set_option("server.enableXsrfProtection", False)
    app = steward()
    assert "This page is closed here" in told(app)
    assert not app.button
    assert not app.file_uploader


def test_a_home_that_cannot_be_read_is_told(home: Path) -> None:
    home.mkdir()
    (home / "ledger.duckdb").write_bytes(b"this is no ledger")
    app = steward()
    assert not app.exception
    assert "cannot be read or written" in told(app)


def test_what_was_told_is_kept_until_the_home_changes_and_no_failure_is(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir()
    ledger, pointer = home / "ledger.duckdb", home / "current.json"
    ledger.write_bytes(b"a")
    told = iter([Answer(1, {"error": {"message": "held"}}), *(Answer(0, {"turn": turn}) for turn in range(3))])
    monkeypatch.setattr(stewardship.Job, "start", lambda job: job)
    monkeypatch.setattr(stewardship.Job, "end", lambda _: next(told))

    def asked() -> object:
        answer = stewardship.status()
        return answer and (answer.error or answer.document["turn"])

    assert [asked(), asked(), asked()] == ["held", 0, 0]
    pointer.write_text("another version")
    assert [asked(), asked()] == [1, 1]
    home.joinpath("ledger.duckdb.wal").write_bytes(b"not in the ledger's own file yet")
    assert [asked(), asked()] == [2, 2]


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "1 serious side effect"), (99, "99 serious side effects"), (LISTED, f"{LISTED} serious side effects or more")],
)
def test_a_full_list_of_alerts_does_not_pass_for_their_number(n: int, said: str) -> None:
    assert alert_title(n).split(";")[0] == said

"""The catalogue of studies through its commands, on a home with a published version."""

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from pipeline import ledger, study_ledger
from pipeline.api import Home, open_home
from pipeline.cli import main
from pipeline.studies.protocols.catalogue import paths
from pipeline.studies.protocols.protocol_file import parse_protocol
from tests.studies import small_version


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose only version is the small one, as a reader finds it."""
    small_version.publish(tmp_path)
    ledger.start_run(tmp_path, "run")
    return tmp_path


def ask(home: Path, *words: str, code: int = 0) -> dict[str, Any]:
    result = CliRunner().invoke(main, [*words, "--home", str(home), "--json"])
    assert result.exit_code == code, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_the_list_needs_no_home(tmp_path: Path) -> None:
    listed = ask(tmp_path / "nowhere", "studies", "list")["studies"]
    assert [row["study"] for row in listed] == list(paths(None))
    assert {row["frozen_at"] for row in listed} == {None}


def test_show_tells_people_and_power_and_no_result(home: Path) -> None:
    shown = ask(home, "studies", "show", "c3-density-week-24")
    assert shown["arms"] == [
        {"arm": "needling", "label": "Needling", "n": 170, "n_due": 166},
        {"arm": "none", "label": "Not needling", "n": 40, "n_due": 40},
    ]
    assert shown["detectable_difference"] > 0
    assert shown["attrition"][-1]["step"] == "week 24 has passed"
    assert {row["covariate"] for row in shown["table_1"]} >= {"age_band", "sex", "baseline"}
    assert shown["overlap"][0]["contrast"] == "needling vs none"
    assert shown["outcome"] is None
    assert not {"estimates", "n_observed", "means"} & set(json.dumps(shown).replace('"', " ").split())
    told = CliRunner().invoke(main, ["studies", "show", "c3-density-week-24", "--home", str(home)]).stdout
    assert told.endswith("What the arms showed is told once the study is frozen.\n")


def test_show_tells_what_each_arm_showed_once_the_protocol_is_fixed_and_that_is_a_look(home: Path) -> None:
    ask(home, "studies", "freeze", "c4-spread-beyond-error")
    shown = ask(home, "studies", "show", "c4-spread-beyond-error")
    ask(home, "studies", "freeze", "c3-density-week-24")
    seen = ask(home, "studies", "show", "c3-density-week-24")
    ran = ask(home, "compare", "--study", "c3-density-week-24")
    assert {row["arm"]: row["n_observed"] for row in seen["outcome"]} == {
        arm["arm"]: arm["n_observed"] for arm in ran["arms"]
    }
    alone = {e["contrast"]: e["estimate"] for e in ran["estimates"] if " vs " not in e["contrast"]}
    assert {row["arm"]: row["estimate"] for row in seen["outcome"]} == alone
    assert all(row["reason"] for row in shown["outcome"] if row["estimate"] is None)
    with ledger.opened(home, read_only=True) as book:
        assert ("c3-density-week-24", seen["digest"]) in study_ledger.looked_at(book, seen["version"])


def test_a_study_without_its_people_says_why(home: Path) -> None:
    shown = ask(home, "studies", "show", "c7-areata")
    assert (shown["arms"], shown["detectable_difference"], shown["reason"]) == ([], None, "instrument_absent")
    assert shown["attrition"][-1] == {"step": "measured with SALT", "n": 0}
    told = CliRunner().invoke(main, ["studies", "show", "c7-areata", "--home", str(home)]).stdout
    assert "instrument_absent: Nobody among these people was measured with this instrument." in told


def test_a_result_is_exploratory_until_its_protocol_is_fixed(home: Path) -> None:
    before = ask(home, "compare", "--study", "c3-density-week-24")
    assert before["study"] == "c3-density-week-24"
    assert before["warnings"][0].startswith("Exploratory")
    frozen = ask(home, "studies", "freeze", "c3-density-week-24")
    again = ask(home, "studies", "freeze", "c3-density-week-24")
    assert again == frozen
    assert ask(home, "studies", "show", "c3-density-week-24")["frozen_at"] == frozen["frozen_at"]
    ask(home, "studies", "freeze", "c4-minimal")
    fixed = ask(home, "compare", "--study", "c4-minimal")
    assert not any("Exploratory" in warning for warning in fixed["warnings"])
    assert not fixed["diagnostics"]["certificate"]["is_exploratory"]


def test_what_was_seen_before_it_was_fixed_stays_exploratory_and_later_data_are_not(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Home, "studies", lambda self: (self.protocol("c3-density-week-24"),))  # the others take long
    study = ("compare", "--study", "c3-density-week-24")
    before = ask(home, *study)
    frozen = ask(home, "studies", "freeze", "c3-density-week-24")
    assert frozen["results_seen_before"] == small_version.VERSION
    after = ask(home, *study)
    assert after["estimates"] == before["estimates"]
    assert after["warnings"][0].startswith("Exploratory: this protocol was fixed only after")
    assert after["diagnostics"]["certificate"] | {"frozen_at": None} == before["diagnostics"]["certificate"]
    with open_home(home) as opened:
        assert opened.study("c3-density-week-24").warnings[0] == after["warnings"][0]
        assert not any(claimed.is_fixed for claimed in opened.claims())
    small_version.publish(home, name="20261224T091500Z-4d5e6f")
    later = ask(home, *study)
    assert not later["diagnostics"]["certificate"]["is_exploratory"]
    assert not any("Exploratory" in warning for warning in later["warnings"])
    with open_home(home) as opened:
        assert [claimed.study for claimed in opened.claims() if claimed.is_fixed] == ["c3-density-week-24"]


def test_a_changed_protocol_is_not_the_fixed_one(home: Path) -> None:
    folder = home / "studies"
    folder.mkdir()
    text = paths(None)["c3-density-week-24"].read_text(encoding="utf-8")
    (folder / "own.toml").write_text(text, encoding="utf-8")
    ask(home, "studies", "freeze", "own")
    (folder / "own.toml").write_text(text.replace("week = 24", "week = 52"), encoding="utf-8")
    assert ask(home, "compare", "--study", "own")["warnings"][0].startswith("Exploratory")


def test_run_answers_every_study_and_keeps_to_those_named(home: Path) -> None:
    everything = ask(home, "studies", "run")["studies"]
    assert [row["study"] for row in everything] == list(paths(home))
    assert [row["study"] for row in everything if row["gate"] == "pass"] == ["c4-minimal"]  # it compares nobody
    answered = ask(home, "studies", "run", "c9-half-mm", "c1-schedules")
    for part in ("studies", "verdicts"):
        assert [row["study"] for row in answered[part]] == ["c9-half-mm", "c1-schedules"]
    assert {row["judgement"] for row in answered["verdicts"]} == {"not answerable"}
    shown = CliRunner().invoke(main, ["studies", "run", "c9-half-mm", "--home", str(home)]).stdout
    assert "not answerable" in shown.splitlines()[-1]


def test_a_wrong_protocol_is_refused_and_the_others_go_on(home: Path) -> None:
    (home / "studies").mkdir()
    text = paths(None)["c9-half-mm"].read_text(encoding="utf-8")
    (home / "studies" / "spelt.toml").write_text(text.replace("equivalence", "sameness"), encoding="utf-8")
    (home / "studies" / "unknown.toml").write_text(
        text.replace("[arms.dermaroller]", 'where = ["sex=neither"]\n[arms.dermaroller]'), encoding="utf-8"
    )
    listed, ran = ask(home, "studies", "list", code=3), ask(home, "studies", "run", code=3)
    assert [(one["study"], "aim" in one["reason"]) for one in listed["refused"]] == [("spelt", True)]
    assert [row["study"] for row in listed["studies"]] == [*paths(None), "unknown"]
    assert [one["study"] for one in ran["refused"]] == ["spelt", "unknown"]
    assert [row["study"] for row in ran["studies"]] == list(paths(None))
    told = CliRunner().invoke(main, ["studies", "list", "--home", str(home)])
    assert (told.exit_code, "Refused: spelt: " in told.stdout) == (3, True)
    assert ask(home, "studies", "run", "spelt", code=3)["error"]["kind"] == "refused"
    assert ask(home, "studies", "run", "unknown", code=2)["error"]["kind"] == "usage"


def test_a_study_and_a_question_are_not_mixed(home: Path) -> None:
    assert "give it alone" in ask(home, "compare", "--study", "c9-half-mm", "--by", "depth", code=2)["error"]["message"]
    assert "are needed" in ask(home, "compare", "--by", "depth", code=2)["error"]["message"]
    assert "there is no study" in ask(home, "compare", "--study", "c9", code=2)["error"]["message"]


def test_a_home_of_an_earlier_ledger_has_nothing_fixed(home: Path) -> None:
    with duckdb.connect(str(home / ledger.LEDGER)) as con:
        con.execute("DROP TABLE freezes")
    assert {row["frozen_at"] for row in ask(home, "studies", "list")["studies"]} == {None}
    ask(home, "studies", "freeze", "c9-half-mm")
    assert any(row["frozen_at"] for row in ask(home, "studies", "list")["studies"])


def test_a_figure_says_what_it_rests_on_and_can_be_made_again(home: Path) -> None:
    words = ("studies", "run", "c3-density-week-24", "--version", small_version.VERSION)
    first, second = (CliRunner().invoke(main, [*words, "--home", str(home), "--json"]).stdout for _ in range(2))
    assert first == second
    (found,) = json.loads(first)["studies"]
    certificate = found["diagnostics"]["certificate"]
    manifest = json.loads((home / "versions" / small_version.VERSION / "manifest.json").read_text())
    assert certificate["version"] == small_version.VERSION
    assert certificate["data_fingerprint"] == manifest["fingerprint"]
    assert certificate["protocol_digest"] == ask(home, "studies", "show", "c3-density-week-24")["digest"]
    asked = json.dumps(certificate["settings"], sort_keys=True).encode()
    assert hashlib.sha256(asked).hexdigest() == certificate["protocol_digest"]


def test_a_version_that_is_gone_is_told(home: Path) -> None:
    words = ("studies", "run", "c9-half-mm", "--version", "20200101T000000Z-000000")
    message = ask(home, *words, code=2)["error"]["message"]
    assert message.startswith("version_pruned")
    assert small_version.VERSION in message


VIEW = ("compare", "--by", "depth", "--instrument", "hair_density", "--week", "24")


def test_a_view_is_saved_and_asked_again(home: Path) -> None:
    viewed = ask(home, *VIEW, "--where", "sex=male", "--where", "sex=female", "--save", "my-depths")
    saved = viewed.pop("saved")
    assert saved["path"] == str(home / "studies" / "my-depths.toml")
    again = ask(home, "compare", "--study", "my-depths")
    assert again["estimates"] == viewed["estimates"]
    assert again["diagnostics"]["certificate"]["protocol_digest"] == saved["digest"]
    ran = ask(home, "studies", "run", "my-depths")
    assert ran["verdicts"] == []  # three contrasts say nothing single
    frozen = ask(home, "studies", "freeze", "my-depths")
    assert (frozen["digest"], frozen["results_seen_before"]) == (saved["digest"], small_version.VERSION)


def test_a_name_that_is_taken_is_kept(home: Path) -> None:
    assert ask(home, *VIEW, "--save", "mine")["saved"]["is_new"]
    assert not ask(home, *VIEW, "--save", "mine")["saved"]["is_new"]
    other = (*VIEW, "--against", "none")
    assert "asks something else" in ask(home, *other, "--save", "mine", code=2)["error"]["message"]
    assert "asks something else" in ask(home, *VIEW, "--save", "c9-half-mm", code=2)["error"]["message"]
    assert "small letters" in ask(home, *VIEW, "--save", "../mine", code=2)["error"]["message"]
    early = ("compare", "--by", "depth", "--instrument", "hair_density", "--week", "4", "--against", "none")
    assert "no arm has anybody" in ask(home, *early[:-2], "--save", "early", code=2)["error"]["message"]
    assert "choose an earlier landmark" in ask(home, *early, "--save", "early", code=3)["error"]["message"]
    assert [path.name for path in (home / "studies").iterdir()] == ["mine.toml"]


def test_an_older_version_is_asked(home: Path) -> None:
    small_version.publish(home, name="20261124T091500Z-4d5e6f")
    assert ask(home, *VIEW)["version"] == "20261124T091500Z-4d5e6f"
    assert ask(home, *VIEW, "--version", small_version.VERSION)["version"] == small_version.VERSION
    assert (
        ask(home, "compare", "--study", "c9-half-mm", "--version", small_version.VERSION)["version"]
        == small_version.VERSION
    )


def test_a_view_is_exploratory_and_says_what_it_rests_on(home: Path) -> None:
    viewed = ask(home, *VIEW)
    assert viewed["warnings"][0].startswith("Exploratory")
    assert viewed["diagnostics"]["certificate"]["version"] == small_version.VERSION
    assert viewed["diagnostics"]["certificate"]["frozen_at"] is None


def test_a_bundle_holds_what_a_judge_needs_and_nobodys_row(home: Path, tmp_path: Path) -> None:
    words = ("studies", "bundle", "c3-density-week-24")
    first, second = (ask(home, *words, "--out", str(tmp_path / name)) for name in ("one.zip", "two.zip"))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(first["path"]) as packed:
        assert packed.namelist() == first["files"] == second["files"]
        held = {name: packed.read(name).decode() for name in packed.namelist()}
    assert json.loads(held["result.json"]) == ask(home, "studies", "run", "c3-density-week-24")["studies"][0]
    assert parse_protocol(held["c3-density-week-24.toml"], Path("c3-density-week-24.toml")).digest == first["digest"]
    assert first["again"] in held["README.md"]
    assert "exploratory" in held["README.md"]
    assert held["attrition.csv"].startswith("step,n\nall participants,236\n")
    arms = {row["arm"] for row in csv.DictReader(io.StringIO(held["table_1.csv"]))}
    assert arms == {"needling", "none"}
    assert not any("participant_id" in text or "pseudonym" in text for text in held.values())
    drawn = held["figures.html"]
    assert all(f'id="{name}"' in drawn for name in ("forest-0", "attrition", "retention"))
    assert first["digest"] in drawn
    assert "<script src=" not in drawn, "nothing is fetched from elsewhere"


def test_a_bundle_overwrites_nothing_else(home: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.zip"
    there.write_bytes(b"mine")
    words = ("studies", "bundle", "c9-half-mm", "--out")
    assert "holds something else" in ask(home, *words, str(there), code=2)["error"]["message"]
    assert "a folder that is there" in ask(home, *words, str(tmp_path / "no" / "x.zip"), code=2)["error"]["message"]
    assert there.read_bytes() == b"mine"


@pytest.mark.parametrize("study", ["c1-schedules", "c4-minimal", "c5-within-a-day", "c6-early-stages", "c7-areata"])
def test_every_kind_of_study_can_be_packed(home: Path, tmp_path: Path, study: str) -> None:
    assert ask(home, "studies", "bundle", study, "--out", str(tmp_path / "x.zip"))["study"] == study

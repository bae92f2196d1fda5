"""A check says what ingest would, and leaves no trace: home, key, scratch."""

import csv
import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import config, flow
from pipeline.cli import main
from pipeline.contract.tables import TABLES
from tests.landing.conftest import PEOPLE, SESSIONS, Home

SAMPLES = sorted(path.parent for path in (Path(__file__).parents[2] / "data" / "samples").glob("*/source.toml"))
ACCOUNT = ("files", "tables", "quarantine", "refused", "warnings")
KEYS = [
    "source", "home", *ACCOUNT, "columns", "rows", "guesses", "rejects", "questions",
]  # fmt: skip


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder: when it was written, and its bytes."""
    return {str(p): (p.stat().st_mtime_ns, p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file()}


def scratch() -> list[Path]:
    return list(Path(os.environ["NEEDLING_SCRATCH"]).iterdir())


def account(document: dict[str, Any]) -> dict[str, Any]:
    return {key: document[key] for key in ACCOUNT}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def filled(home: Home) -> Home:
    home.send({"participants.csv": PEOPLE, "sessions.csv": SESSIONS}, on="2026-01-31")
    return home


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_the_account_of_a_sample_is_that_of_the_ingest_that_follows(sample: Path, tmp_path: Path) -> None:
    settings = config.load(tmp_path / "home")
    before = tree(sample)
    document, code = flow.check(settings, sample)
    assert list(document) == KEYS
    assert not settings.home.exists()
    assert scratch() == []
    assert tree(sample) == before
    ingested, ingest_code = flow.ingest(settings, [sample])
    assert account(document) == account(ingested)
    assert code == ingest_code
    assert document["rejects"]["n"] == sum(t["quarantined"] for t in document["tables"].values())


def test_a_home_is_read_and_never_written(filled: Home) -> None:
    before = tree(filled.settings.home)
    people = PEOPLE.replace("2025-02-10,51,female,alopecia_areata,yes", "2025-02-10,51,female,alopecia_areata,no")
    sessions = SESSIONS + "S3,P2,2025-03-01,dermaroller,0.5,home\nS2,P1,2025-01-19,pen_motorised,0.5,home\n"
    drop = filled.drop({"participants.csv": people, "sessions.csv": sessions}, on="2026-06-30")
    document, _ = flow.check(filled.settings, drop)
    assert tree(filled.settings.home) == before
    assert scratch() == []
    assert document["home"] == str(filled.settings.home)
    assert account(document) == account(flow.ingest(filled.settings, [drop])[0])
    assert document["tables"]["participants"] | {"withdrawn": 1} == document["tables"]["participants"]


def test_people_of_the_home_are_known(filled: Home) -> None:
    more = filled.drop({"sessions.csv": SESSIONS.replace("S1", "S8").replace("S2", "S9")})
    with_home, _ = flow.check(filled.settings, more)
    without, _ = flow.check(config.load(filled.folder / "nowhere"), more)
    assert (with_home["tables"]["sessions"]["admitted"], with_home["quarantine"]) == (2, {})
    assert without["quarantine"] == {"unknown_participant": 2}
    assert "no_participants" in {guess["kind"] for guess in without["guesses"]}
    assert "no_participants" not in {guess["kind"] for guess in with_home["guesses"]}


def test_no_key_is_made_even_where_one_is_expected(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key = tmp_path / "keys" / "pseudonym.key"
    monkeypatch.setenv("NEEDLING_KEY_FILE", str(key))
    settings = config.load(tmp_path / "home")
    drop = home.drop({"participants.csv": PEOPLE})
    assert flow.check(settings, drop)[0]["tables"]["participants"]["admitted"] == 2
    assert not key.parent.exists()
    assert not settings.home.exists()


def test_the_sames_rejects_again_are_listed_again(filled: Home) -> None:
    """What is open in quarantine already is a reject of this drop all the same."""
    bad = {"sessions.csv": SESSIONS + "S3,P1,2025-02-01,dermaroller,99,home\n"}
    filled.send(bad)
    document, _ = flow.check(filled.settings, filled.drop(bad))
    (entry,) = document["rejects"]["entries"]
    assert (entry["file"], entry["line"], entry["columns"]) == ("sessions.csv", 4, ["needle_length_mm"])
    assert entry["reasons"] == ["out_of_range"]
    assert entry["tokens"] == ["99"]
    assert entry["sentence"].startswith("The value lies outside")


def test_rejects_are_limited_and_those_who_only_wait_come_last(home: Home) -> None:
    rows = (
        "S1,P7,2025-03-01,dermaroller,0.5,home\nS2,P1,2025-03-01,rake,0.5,home\nS3,P1,1800-01-01,dermaroller,x,home\n"
    )
    drop = home.drop({"participants.csv": PEOPLE, "sessions.csv": SESSIONS.splitlines()[0] + "\n" + rows})
    document, _ = flow.check(home.settings, drop)
    assert [entry["line"] for entry in document["rejects"]["entries"]] == [3, 4, 2]
    few, _ = flow.check(home.settings, drop, limit=1)
    assert (few["rejects"]["n"], few["rejects"]["shown"], len(few["rejects"]["entries"])) == (3, 1, 1)


def test_the_first_rows_are_converted_and_name_nobody(home: Home) -> None:
    people = PEOPLE.replace("P1", "Anna Muster").replace("P2", "anna@example.org")
    sessions = SESSIONS.replace("P1", "Anna Muster").replace("0.5", "500")
    extra = "[tables.participants]\n[tables.sessions]\nunits = { needle_length_mm = 'um' }\n"
    drop = home.drop({"participants.csv": people, "sessions.csv": sessions}, extra=extra)
    document, _ = flow.check(home.settings, drop)
    assert [row["participant"] for row in document["rows"]["participants"]] == ["person 1", "person 2"]
    assert document["rows"]["sessions"] == [
        {"file": "sessions.csv", "line": line, "participant": "person 1", "performed_day": day, "device": "dermaroller",
         "needle_length_mm": 0.5, "setting": "home"}
        for line, day in ((2, 2), (3, 9))
    ]  # fmt: skip
    told = json.dumps(document)
    assert not [secret for secret in ("Anna", "Muster", "example.org", "2025-01-12", "2025-02-10") if secret in told]


def test_a_person_without_consent_or_forgotten_is_not_shown(filled: Home) -> None:
    flow.forget(filled.settings, "north", "P2")
    people = PEOPLE.replace("androgenetic_alopecia,yes", "androgenetic_alopecia,no")
    drop = filled.drop({"participants.csv": people, "sessions.csv": SESSIONS.replace("P1", "P2")})
    document, _ = flow.check(filled.settings, drop)
    assert document["rows"] == {"participants": [], "sessions": []}
    assert document["rejects"]["n"] == 0


def test_columns_are_told_with_unit_values_and_what_is_not_stored(home: Home) -> None:
    text = "Pat,Nadel,Was,Wo,am,Bemerkung\nP1,500,Roller,home,2025-01-12,hat geweint\n"
    extra = """[tables.sessions]
columns = { Pat = "participant_id", Nadel = "needle_length_mm", Was = "device", Wo = "setting", am = "performed_on" }
units = { needle_length_mm = "um" }
values = { device = { Roller = "dermaroller" } }
constants = { operator = "trained" }
"""
    document, _ = flow.check(home.settings, home.drop({"sessions.csv": text}, extra=extra))
    columns = {row["header"]: row for row in document["columns"]}
    assert columns["Nadel"]["column"] == "needle_length_mm"
    assert (columns["Nadel"]["unit"], columns["Nadel"]["stored_unit"]) == ("um", "mm")
    assert columns["Was"]["values"] == {"Roller": "dermaroller"}
    assert (columns["Bemerkung"]["table"], columns["Bemerkung"]["column"]) == (None, None)
    assert (columns[None]["column"], columns[None]["constant"]) == ("operator", "trained")
    assert "geweint" not in json.dumps(document)


def test_a_bad_mapping_and_an_unreadable_file_end_as_ingest_does(home: Home, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "source.toml").write_text("[source\n", encoding="utf-8")
    document, code = flow.check(home.settings, bad)
    assert (code, document["source"], document["columns"]) == (2, None, [])
    assert "not valid TOML" in document["refused"][0]["reason"]
    half = home.drop({"participants.csv": PEOPLE, "sessions.csv": b""})
    document, code = flow.check(home.settings, half)
    assert (code, document["tables"]["participants"]["admitted"]) == (3, 2)
    assert document["refused"][0]["path"].endswith("sessions.csv")


def test_invented_people_are_refused_where_real_ones_are(filled: Home) -> None:
    real = filled.folder / "real"
    real.mkdir()
    (real / "source.toml").write_text('[source]\nid = "south"\nformat = "csv"\n', encoding="utf-8")
    (real / "participants.csv").write_text(PEOPLE, encoding="utf-8")
    document, code = flow.check(filled.settings, real)
    assert code == flow.ingest(filled.settings, [real])[1]
    assert "never mixed" in document["refused"][0]["reason"]


TOKENS = {
    "session_id": st.sampled_from(["", "S1", "S2", "S3"]),
    "participant_id": st.sampled_from(["P1", "P2", "P9", "", "p1"]),
    "performed_on": st.sampled_from(["2025-03-01", "2020-01-01", "2030-01-01", "01/02/2025", "", "biweekly", "45000"]),
    "device": st.sampled_from(["dermaroller", "Derma Roler", "rake", "", "pen_motorised"]),
    "needle_length_mm": st.sampled_from(["0.5", "0,5", "500", "0.5mm", "nan", "-1", ""]),
    "setting": st.sampled_from(["home", "clinic", "", "Praxis", "moon"]),
    "withdrawn": st.sampled_from(["", "", "false", "true", "perhaps"]),
}
rows = st.lists(st.fixed_dictionaries(TOKENS), max_size=10)
some_headers = st.sets(st.sampled_from(sorted(TOKENS)))


def written(records: list[dict[str, str]], without: set[str]) -> str:
    names = [name for name in TOKENS if name not in without] or ["participant_id"]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


@settings(max_examples=settings.default.max_examples // 25, suppress_health_check=[HealthCheck.too_slow])
@given(records=rows, without=some_headers, is_filled=st.booleans())
def test_the_account_of_any_file_is_that_of_the_ingest_that_follows(
    records: list[dict[str, str]], without: set[str], is_filled: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        if is_filled:
            home.send({"participants.csv": PEOPLE, "sessions.csv": SESSIONS}, on="2026-01-31")
        before = tree(home.settings.home)
        drop = home.drop({"participants.csv": PEOPLE, "sessions.csv": written(records, without)})
        document, code = flow.check(home.settings, drop)
        assert tree(home.settings.home) == before
        ingested, ingest_code = flow.ingest(home.settings, [drop])
        assert account(document) == account(ingested)
        assert code == ingest_code
        assert document["rejects"]["n"] == sum(t["quarantined"] for t in document["tables"].values())


@pytest.mark.parametrize("name", TABLES)
def test_a_file_of_which_nothing_but_one_column_is_there_is_accounted_for(name: str, home: Home) -> None:
    """Every required column may be missing: that is a reason, never a failure."""
    headers = TABLES[name].native_names
    files = {f"{name}-{header}.csv": f"{header},other\nx,y\n" for header in headers}
    extra = f'[tables.{name}]\nfiles = ["{name}-*.csv"]\n'
    document, code = flow.check(home.settings, home.drop(files, extra=extra))
    assert (code, len(document["files"])) == (0, len(headers))
    assert all(file["read"] == file["quarantined"] == 1 for file in document["files"])


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_the_command_answers_in_words_and_in_json(tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    sample = str(SAMPLES[0])
    words, machine = call("check", sample, "--home", home), call("check", sample, "--home", home, "--json")
    assert words.exit_code == machine.exit_code == 0
    assert words.stdout.startswith("A check: nothing was stored.")
    for heading in ("Columns as understood", "First records after conversion", "Guesses", "Questions these people"):
        assert heading in words.stdout
    assert list(json.loads(machine.stdout)) == KEYS
    assert not (tmp_path / "home").exists()


def test_the_command_limits_rejects(tmp_path: Path) -> None:
    result = call("check", str(SAMPLES[0]), "--limit", "2", "--json", "--home", str(tmp_path / "home"))
    assert json.loads(result.stdout)["rejects"]["shown"] == 2
    assert call("check", str(SAMPLES[0]), "--limit", "0").exit_code == 2
    assert call("check").exit_code == 2

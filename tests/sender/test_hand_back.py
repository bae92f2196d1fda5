"""`needling quarantine export`: what it takes, what it writes, what it refuses."""

import csv
import json
import stat
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from pipeline import flow
from pipeline.cli import main
from tests.landing.conftest import PEOPLE, Home
from tests.sender.conftest import Desk, marked_lines, mend, rows_of

HEAD = "session_id,participant_id,performed_on,device,needle_length_mm,setting\n"
GOOD = "S1,P1,2025-01-12,dermaroller,0.5,home\nS2,P1,2025-01-19,dermaroller,0.5,home\n"
DEEP = "S3,P1,2025-01-26,dermaroller,9,home\n"
RAKE = "S4,P1,2025-02-02,rake,0.5,home\n"


@pytest.fixture
def drop(home: Home) -> Path:
    """Two good sessions, one too deep on line 4, one with an unknown device on line 5."""
    path = home.drop({"participants.csv": PEOPLE, "sessions.csv": HEAD + GOOD + DEEP + RAKE})
    flow.ingest(home.settings, [path])
    return path


def listed(out: Path) -> list[dict[str, str]]:
    with (out / "not-taken.csv").open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_document_says_what_was_written(desk: Desk, drop: Path) -> None:
    out, document = desk.hand_back(drop)
    assert document == {
        "source": "north",
        "out": str(out),
        "open": 2,
        "marked": 2,
        "files": [
            {"file": "participants.csv", "records": 0, "lines": 0, "written": ["marked/participants.csv"]},
            {"file": "sessions.csv", "records": 2, "lines": 2,
             "written": ["marked/sessions.csv", "rejected/sessions.csv"]},
        ],
        "listing": {"file": "not-taken.csv", "faults": 2},
        "letter": ["letter.md", "letter.html", "overdue.csv"],
        "refused": [],
        "warnings": [],
    }  # fmt: skip
    written = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert written == {
        "letter.md", "letter.html", "overdue.csv", "not-taken.csv", "marked/source.toml", "marked/participants.csv",
        "marked/sessions.csv", "rejected/source.toml", "rejected/sessions.csv",
    }  # fmt: skip
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert (out / "marked" / "participants.csv").read_text(encoding="utf-8") == PEOPLE


def test_a_terminal_is_told_the_same_in_words(home: Home, drop: Path, tmp_path: Path) -> None:
    words = ["quarantine", "export", "--source", "north", "--out", str(tmp_path / "out"), "--drop", str(drop)]
    result = CliRunner().invoke(main, [*words, "--home", str(home.settings.home)])
    assert result.exit_code == 0
    assert "2 records of north wait for a correction" in result.stdout
    assert "marked/sessions.csv" in result.stdout
    assert "P1" not in result.output


def test_nothing_is_stored_and_no_raw_id_reaches_the_home(desk: Desk, home: Home, drop: Path) -> None:
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in home.settings.home.rglob("*") if p.is_file()}
    desk.hand_back(drop)
    assert {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in home.settings.home.rglob("*") if p.is_file()} == before


def test_without_the_drop_the_quarantine_alone_is_listed(desk: Desk, drop: Path) -> None:
    out, document = desk.hand_back(None)
    assert (document["open"], document["marked"], document["files"]) == (2, 0, [])
    assert not (out / "marked").exists()
    rows = listed(out)
    assert [(r["file"], r["line"], r["table"], r["column"], r["reason"], r["token"]) for r in rows] == [
        ("sessions.csv", "4", "sessions", "needle_length_mm", "out_of_range", "9"),
        ("sessions.csv", "5", "sessions", "device", "unknown_value", ""),
    ]
    assert rows[0]["sentence"] == "needle_length_mm: 9 lies outside 0.10 to 5.00 mm"
    assert rows[1]["sentence"].startswith("device: the value is not known; known are: dermaroller, ")
    assert {r["reference"] for r in rows} == {e["reference"] for e in desk.entries()}


def test_several_faults_of_a_record_are_listed_as_far_as_the_quarantine_knows_them(desk: Desk, home: Home) -> None:
    rows = "S5,P1,2025-01-26,,9,home\nS6,P1,2025-01-27,,9,\nS7,P1,2025-01-28,,0.5,\nS8,P9,2030-01-01,pen,1,home\n"
    home.send({"participants.csv": PEOPLE, "sessions.csv": HEAD + rows})
    found = {}
    for row in listed(desk.hand_back(None)[0]):
        found.setdefault(row["line"], []).append((row["reason"], row["column"]))
    assert [len(found[line]) for line in ("2", "3", "4")] == [1, 1, 2]
    assert sorted(found["4"]) == [("missing_required", "device"), ("missing_required", "setting")]


def test_every_open_record_is_listed_also_of_other_files(desk: Desk, home: Home, drop: Path) -> None:
    other = home.drop({"sessions.csv": HEAD + RAKE.replace("S4", "S9")}, on="2026-07-31")
    flow.ingest(home.settings, [other])
    out, document = desk.hand_back(drop)
    assert (document["open"], document["marked"]) == (3, 2)
    assert "1 open records of north are in no file of this drop" in document["warnings"][0]
    assert [(r["line"], r["column"]) for r in listed(out)] == [
        ("2", "device"),
        ("4", "needle_length_mm"),
        ("5", "device"),
    ]


def test_a_record_that_is_mended_meanwhile_is_not_marked(desk: Desk, home: Home, drop: Path) -> None:
    home.send({"sessions.csv": HEAD + DEEP.replace(",9,", ",0.9,")}, on="2026-07-31")
    out, document = desk.hand_back(drop)
    assert document["marked"] == 1
    assert marked_lines(out / "marked" / "sessions.csv") == {5}


def test_other_bytes_of_the_same_name_are_marked_with_a_warning(desk: Desk, drop: Path) -> None:
    text = HEAD + "S0,P1,2025-01-05,dermaroller,0.5,home\n" + GOOD + DEEP + "S5,P1,2025-02-09,dermaroller,0.5,\n"
    (drop / "sessions.csv").write_text(text, encoding="utf-8")
    out, document = desk.hand_back(drop)
    assert "not byte for byte what was ingested" in document["warnings"][0]
    assert marked_lines(out / "marked" / "sessions.csv") == {5, 6}
    assert document["marked"] == 1


def test_broken_lines_of_other_bytes_are_found_by_their_place(desk: Desk, home: Home) -> None:
    drop = home.drop({"participants.csv": PEOPLE, "sessions.csv": HEAD + GOOD + "S3,P1\n"})
    flow.ingest(home.settings, [drop])
    (drop / "sessions.csv").write_text(HEAD + GOOD.replace("0.5", "0.6") + "S3,P1\n", encoding="utf-8")
    out, document = desk.hand_back(drop)
    assert document["marked"] == 1
    assert "[ref " in rows_of(out / "marked" / "sessions.csv")[3][-2]


def test_another_file_of_the_same_name_is_refused_and_the_rest_goes_back(desk: Desk, drop: Path) -> None:
    (drop / "sessions.csv").write_text(HEAD + "S8,P2,2025-03-02,dermaroller,0.5,home\n", encoding="utf-8")
    out, document = desk.hand_back(drop, code=3)
    assert "holds none of the 2 records that were not taken" in document["refused"][0]["reason"]
    assert [file["file"] for file in document["files"]] == ["participants.csv"]
    assert not (out / "marked" / "sessions.csv").exists()
    assert len(listed(out)) == 2


def test_a_file_that_was_never_sent_goes_back_as_it_is(desk: Desk, home: Home, drop: Path) -> None:
    (drop / "events.csv").write_text("participant_id,occurred_on,event\nP1,2025-03-01,vanished\n", encoding="utf-8")
    out, document = desk.hand_back(drop)
    assert document["warnings"] == ["events.csv was never ingested; nothing can be said about it"]
    assert (out / "marked" / "events.csv").read_bytes() == (drop / "events.csv").read_bytes()


def test_a_snapshot_goes_back_whole_and_not_in_part(desk: Desk, home: Home) -> None:
    extra = '[tables.participants]\nfiles = ["participants.csv"]\n'
    extra += '[tables.sessions]\nfiles = ["sessions.csv"]\nmode = "snapshot"\n'
    drop = home.drop({"participants.csv": PEOPLE, "sessions.csv": HEAD + GOOD + DEEP}, extra=extra)
    flow.ingest(home.settings, [drop])
    out, document = desk.hand_back(drop)
    assert not (out / "rejected").exists()
    assert "a snapshot is the whole table" in document["warnings"][0]
    mend(out / "marked" / "sessions.csv", lambda row: {**row, "needle_length_mm": "0.9"})
    counts = desk.ask("ingest", str(out / "marked"))["tables"]["sessions"]
    assert (counts["admitted"], counts["withdrawn"], counts["quarantined"]) == (1, 0, 0)


@pytest.mark.parametrize("kind", ["ndjson", "parquet"])
def test_other_formats_come_back_with_a_list_beside(desk: Desk, home: Home, kind: str) -> None:
    people = pl.read_csv(PEOPLE.encode())
    sessions = pl.read_csv((HEAD + GOOD + DEEP).encode(), schema_overrides={"needle_length_mm": pl.String})
    drop = home.drop({}, extra=f'format = "{kind}"\n')
    for name, frame in (("participants", people), ("sessions", sessions)):
        path = drop / f"{name}.{kind}"
        frame.write_ndjson(path) if kind == "ndjson" else frame.write_parquet(path)
    flow.ingest(home.settings, [drop])
    out, document = desk.hand_back(drop)
    assert document["files"][1]["written"] == [
        f"marked/sessions.{kind}",
        f"marked/sessions.{kind}.why-not-taken.csv",
    ]
    assert (out / "marked" / f"sessions.{kind}").read_bytes() == (drop / f"sessions.{kind}").read_bytes()
    assert rows_of(out / "marked" / f"sessions.{kind}.why-not-taken.csv", "utf-8-sig") == [
        ["line", "field", "reason"],
        ["3", "needle_length_mm", "needle_length_mm: 9 lies outside 0.10 to 5.00 mm"],
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--source", "nobody"], "source nobody has sent nothing to this home; sources are: north"),
        (["--source", "north", "--drop", "{other}"], "is a drop of source south, not of north"),
        (["--source", "north", "--drop", "{strange}"], "was ever ingested from north"),
        (["--source", "north", "--drop", "{home}"], "source.toml is not there"),
        (["--source", "north", "--out", "{drop}"], "is not empty"),
        (["--source", "north", "--drop", "{drop}", "--out", "{drop}/out"], "lies inside the drop"),
        (["--source", "north", "--out", "{home}/out"], "lies inside the home"),
    ],
)
def test_what_cannot_go_back_says_why(
    desk: Desk, home: Home, drop: Path, tmp_path: Path, words: list[str], told: str
) -> None:
    places = {
        "home": home.settings.home,
        "drop": drop,
        "other": home.drop({"sessions.csv": HEAD + GOOD}, source="south"),
        "strange": home.drop({"costs.csv": "participant_id,incurred_on,item,amount,currency\n"}),
    }
    said = [word.format(**places) for word in words]
    if "--out" not in said:
        said += ["--out", str(tmp_path / "out")]
    error = desk.ask("quarantine", "export", *said, code=2)["error"]
    assert error["kind"] == "usage"
    assert told in error["message"]
    assert not (tmp_path / "out").exists()
    assert not (home.settings.home / "out").exists()


def test_an_empty_home_has_nothing_to_hand_back(desk: Desk, home: Home, tmp_path: Path) -> None:
    document = desk.ask("quarantine", "export", "--source", "north", "--out", str(tmp_path / "out"), code=2)
    assert "there is no warehouse" in document["error"]["message"]
    assert not home.settings.home.exists()


def test_a_list_guards_our_words_and_leaves_numbers(desk: Desk, home: Home) -> None:
    rows = "S1,P1,2025-01-12,dermaroller,-5,home\nS2,=P1,2025-01-12,dermaroller,0.5,home\n"
    extra = '[tables.participants]\nfiles = ["participants.csv"]\n[tables.sessions]\nfiles = ["=sessions.csv"]\n'
    home.send({"participants.csv": PEOPLE, "=sessions.csv": HEAD + rows}, extra=extra)
    found = listed(desk.hand_back(None)[0])
    assert {row["file"] for row in found} == {"'=sessions.csv"}
    assert found[0]["token"] == "-5"
    assert json.dumps(found).count("=P1") == 0

"""A drop of many small files: each is accounted for, and what can be asked once is not asked for every file."""

from pathlib import Path

import duckdb
import pytest

from pipeline import sources
from pipeline.contract.staged import StagedFile
from pipeline.landing import people, projection
from tests.landing.conftest import PEOPLE, Home

HEADS = (
    "session_id,participant_id,performed_on,device,needle_length_mm,setting",
    "participant_id,session_id,performed_on,device,needle_length_mm,setting,passes",
)
ROWS = ("S{n},P1,2025-01-12,dermaroller,0.5,home", "P2,T{n},2025-03-12,dermaroller,0.5,home,3")
MAPPING = '[tables.sessions]\nfiles = ["sessions-*.csv"]\n'
MANY = 24


def files() -> dict[str, str]:
    return {f"sessions-{n}.csv": f"{HEADS[n % 2]}\n{ROWS[n % 2].format(n=n)}\n" for n in range(MANY)}


def test_every_one_of_many_files_is_accounted_for(home: Home) -> None:
    home.send({"participants.csv": PEOPLE}, on="2026-01-31")
    document = home.send(files(), extra=MAPPING)
    assert document["tables"]["sessions"]["admitted"] == MANY
    assert [file["read"] for file in document["files"]] == [1] * MANY


def test_the_ids_of_files_that_are_alike_are_asked_for_at_once(home: Home, tmp_path: Path) -> None:
    """One SELECT a file took a quarter of a minute for 2,000 files, and its square for more."""
    drop = sources.open_drop(home.drop(files(), extra=MAPPING))
    with duckdb.connect() as con:
        staged = []
        for number, file in enumerate(drop.files):
            read = sources.stage(con, file, drop.manifest, tmp_path)
            data = (read.data, read.malformed, read.headers, read.records)
            staged.append((number, StagedFile(file.name, file.digest, file.tables, *data)))
        selects = people._ids(staged)
        assert len(selects) == len(HEADS)
        assert [con.execute(f"SELECT DISTINCT token FROM ({s})").fetchall() for s in selects] == [[("P1",)], [("P2",)]]


def test_files_that_are_alike_are_judged_by_one_query(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query for each, and a view over all their results, took twenty seconds for 400 files and minutes for 1,000."""
    real, asked = projection.select, []
    monkeypatch.setattr(projection, "select", lambda *given: asked.append(given) or real(*given))
    home.send({"participants.csv": PEOPLE}, on="2026-01-31")
    asked.clear()
    sent = files() | {"sessions-bad.csv": f"{HEADS[0]}\nS1,P1,2025-01-12,rake,0.5,home\nS99,P9,,pen,0.5,home\n"}
    document = home.send(sent, extra=MAPPING)
    assert len(asked) == len(HEADS)
    assert {
        file["path"].rpartition("-")[2]: file["quarantined"] for file in document["files"] if file["quarantined"]
    } == {"bad.csv": 2}
    assert home.rows("sessions", "line") == MANY * [(2,)]

"""The benchmark scripts run, small, and the page is made of what they keep. Nothing here looks at a clock."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks import dashboard_page, delivery, page

ROOT = Path(__file__).resolve().parents[2]
SESSIONS = 1000


def run(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_an_ingest_is_measured_against_its_floor(tmp_path: Path) -> None:
    run("benchmarks.ingest", "--sessions", str(SESSIONS), "--repeats", "1", "--into", str(tmp_path))
    result = json.loads((tmp_path / "ingest-csv.json").read_text(encoding="utf-8"))
    account, figure = result["account"], result["figures"]["first delivery"]
    assert account["read"] == SESSIONS
    assert account["read"] == account["admitted"] + account["unchanged"] + account["quarantined"]
    assert 0 < account["quarantined"] < SESSIONS / 10
    assert result["command"].startswith("python -m benchmarks.ingest --sessions 1000")
    assert figure["ratio"] == pytest.approx(figure["subject"]["seconds"] / figure["floor"]["seconds"], abs=0.01)
    assert {"cpu", "cores", "memory_gib", "duckdb"} <= set(result["machine"])


@pytest.mark.parametrize("fmt", ["csv", "ndjson", "parquet"])
def test_a_delivery_has_as_many_rows_as_asked_for(tmp_path: Path, fmt: str) -> None:
    path = delivery.write_sessions(tmp_path / "drop", SESSIONS, fmt)
    if fmt == "parquet":
        assert duckdb.sql(f"SELECT count(*) FROM read_parquet('{path}')").fetchall() == [(SESSIONS,)]
    else:
        assert path.read_bytes().count(b"\n") == SESSIONS + (fmt == "csv")


def test_the_second_night_changes_one_row_in_a_hundred(tmp_path: Path) -> None:
    first = delivery.write_sessions(tmp_path / "first", 20_000, "csv").read_bytes().split(b"\n")
    again = delivery.write_sessions(tmp_path / "again", 20_000, "csv", changed=True).read_bytes().split(b"\n")
    changed = sum(a != b for a, b in zip(first, again, strict=True))
    assert 150 <= changed <= 250


def test_the_page_says_what_was_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    side = {"what": "x", "seconds": 1.0, "cpu_seconds": 1.0, "peak_gib": 0.5, "each_seconds": [1.0]}
    figure = {"floor": side, "subject": {**side, "seconds": 4.0}, "ratio": 4.0, "cpu_ratio": 1.0, "target": 3.0}
    machine = dict.fromkeys(("cpu", "cores", "memory_gib", "system", "python", *page._LIBRARIES), "m")
    document = {
        "command": "python -m benchmarks.ingest", "sessions": 10, "machine": machine, "revision": "abc",
        "load_average": {"before": 0.1, "after": 0.2}, "figures": {"first delivery": {**figure, "is_met": False}},
    }  # fmt: skip
    (tmp_path / "ingest-csv.json").write_text(json.dumps(document), encoding="utf-8")
    monkeypatch.setattr(page, "RESULTS", tmp_path)
    row = next(line for line in page.render().splitlines() if line.startswith("| Ingest, CSV"))
    assert "| **4.00** | 1.00 | 3 | no |" in row


def test_a_page_that_is_opened_too_slowly_is_told(tmp_path: Path) -> None:
    times = {"least_seconds": 1.2, "whole_seconds": 2.5}
    document = {
        "participants": 1000, "sessions": 20_000, "command": "python -m benchmarks.openings", "times": 5,
        "load_average": {"before": 0.1, "after": 0.2}, "target_seconds": 1.5,
        "pages": {"Help": {**times, "drawn_seconds": 1.5}, "Cost": {**times, "drawn_seconds": 1.51}},
    }  # fmt: skip
    assert dashboard_page.openings(tmp_path) == ""
    (tmp_path / "openings.json").write_text(json.dumps(document), encoding="utf-8")
    rows = dashboard_page.openings(tmp_path).splitlines()[-2:]
    assert rows == ["| Help | 1.50 s | 1.20 s | 2.50 s | yes |", "| Cost | 1.51 s | 1.20 s | 2.50 s | no |"]


def test_people_seldom_needle_twice_a_day(tmp_path: Path) -> None:
    file = delivery.write_sessions(tmp_path / "drop", 50_000, "parquet")
    days = f"SELECT participant_id, performed_on, count(*) AS n FROM read_parquet('{file}') GROUP BY ALL"
    assert duckdb.sql(f"SELECT count(*) / sum(n) FROM ({days})").fetchall()[0][0] > 0.9

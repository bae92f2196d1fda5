"""What an ingest need not import, which is a part of every run."""

import csv
import json
import subprocess
import sys
from pathlib import Path

from pipeline.contract.staged import LEAST_RECORDS
from pipeline.sources.text.line_sieve import LEAST_BYTES
from tests.landing.conftest import PEOPLE, SESSIONS, Home


def imported(home: Home, drop: Path) -> str:
    """The exit code of an ingest in a process of its own, and which of the two it imported."""
    ingest = f"flow.ingest(config.load(Path({str(home.settings.home)!r})), [Path({str(drop)!r})])[1]"
    told = "sorted({'pandas', 'polars'} & set(sys.modules))"
    code = f"import sys; from pathlib import Path; from pipeline import config, flow; print({ingest}, {told})"
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_an_ingest_imports_neither_pandas_nor_polars(home: Home) -> None:
    line = "S%d,P1,2025-01-12,dermaroller,0.5,home\n"
    odd = '"S 1",P1,2025-01-12,dermaroller,0.5,home\n'
    many = "".join(line % n for n in range(10, LEAST_RECORDS + 10))
    drop = home.drop({"participants.csv": PEOPLE, "sessions.csv": SESSIONS + odd + many})
    assert imported(home, drop) == "0 []\n"


def test_nor_does_one_of_long_ndjson(home: Home) -> None:
    told = {"participant_id": "P1", "performed_on": "2025-01-12", "device": "dermaroller", "setting": "home"}
    ids = [*(f"S{n}" for n in range(10, LEAST_RECORDS + 10)), "S, 1"]
    people = "".join(f"{json.dumps(each)}\n" for each in csv.DictReader(PEOPLE.splitlines()))
    sessions = "".join(f"{json.dumps({'session_id': one, **told, 'needle_length_mm': 0.5})}\n" for one in ids)
    assert len(sessions) >= LEAST_BYTES
    sent = {"participants.ndjson": people, "sessions.ndjson": sessions}
    assert imported(home, home.drop(sent, extra='format = "ndjson"\n')) == "0 []\n"

"""What an ingest need not import, which is a part of every run."""

import subprocess
import sys

from pipeline.contract.staged import LEAST_RECORDS
from tests.landing.conftest import PEOPLE, SESSIONS, Home


def test_an_ingest_imports_neither_pandas_nor_polars(home: Home) -> None:
    line = "S%d,P1,2025-01-12,dermaroller,0.5,home\n"
    odd = '"S 1",P1,2025-01-12,dermaroller,0.5,home\n'
    many = "".join(line % n for n in range(10, LEAST_RECORDS + 10))
    drop = home.drop({"participants.csv": PEOPLE, "sessions.csv": SESSIONS + odd + many})
    ingest = f"flow.ingest(config.load(Path({str(home.settings.home)!r})), [Path({str(drop)!r})])[1]"
    told = "sorted({'pandas', 'polars'} & set(sys.modules))"
    code = f"import sys; from pathlib import Path; from pipeline import config, flow; print({ingest}, {told})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "0 []\n"

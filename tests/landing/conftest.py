"""A home that takes drops written as text in the test itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import config, flow
from pipeline.contract.tables import TABLES
from pipeline.engine.duckdb import open_scratch
from pipeline.landing import bench, current

PEOPLE = """participant_id,enrolled_on,age_years,sex,diagnosis,consent
P1,2025-01-10,34,male,androgenetic_alopecia,yes
P2,2025-02-10,51,female,alopecia_areata,yes
"""
SESSIONS = """session_id,participant_id,performed_on,device,needle_length_mm,setting
S1,P1,2025-01-12,dermaroller,0.5,home
S2,P1,2025-01-19,dermaroller,0.5,home
"""


class Home:
    """A home and the drops sent to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = config.load(folder / "warehouse")
        self._sent = 0

    def drop(
        self, files: Mapping[str, str | bytes], *, on: str | None = "2026-06-30", source: str = "north", extra: str = ""
    ) -> Path:
        """Write a drop; `extra` is the rest of source.toml."""
        self._sent += 1
        path = self.folder / f"drop-{self._sent}"
        path.mkdir()
        extracted = f'extracted_on = "{on}"\n' if on else ""
        kind = "" if "format =" in extra else 'format = "csv"\n'
        head = f'[source]\nid = "{source}"\nsimulated = true\n{kind}{extracted}'
        (path / "source.toml").write_text(head + extra, encoding="utf-8")
        for name, content in files.items():
            (path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def send(self, files: Mapping[str, str | bytes], **options: Any) -> dict[str, Any]:
        """Write a drop and ingest it; the answer is the document."""
        return flow.ingest(self.settings, [self.drop(files, **options)])[0]

    def rows(self, table: str, columns: str = "*", order: str = "ALL") -> list[tuple[Any, ...]]:
        """Current records, days counted from enrolment in `day`."""
        time = TABLES[table].time
        stem = f"{time.removesuffix('_on')}_day" if time else "NULL"
        shifted = (
            "NULL"
            if table == "participants" or not time
            else f"CASE WHEN r.relative_days THEN {stem} ELSE {stem} - p.enrolled_day END"
        )
        with bench.opened(self.settings) as work:
            con = open_scratch(self.settings, work.folder)
            current.attach(con, current.write_views(work))
            relation = con.execute(
                f"SELECT {columns} FROM (SELECT r.*, {shifted} AS day FROM landing_{table} r "
                f"JOIN landing_participants p ON p.participant = r.participant) ORDER BY {order}"
            )
            return relation.fetchall()

    def quarantined(self) -> dict[str, int]:
        """Open entries by reason."""
        reasons: dict[str, int] = flow.status(self.settings)["quarantine"]
        return reasons

    def bytes_of(self) -> bytes:
        """Everything the home holds, Parquet and DuckDB files read out as text beside their bytes."""
        parts = []
        for path in sorted(self.settings.home.rglob("*")):
            if path.is_file():
                parts.append(path.read_bytes())
            if path.suffix == ".parquet":
                parts.append(str(duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall()).encode())
        return b"\n".join(parts)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def filled(home: Home) -> Home:
    """Two people, two sessions."""
    home.send({"participants.csv": PEOPLE, "sessions.csv": SESSIONS}, on="2026-01-31")
    return home

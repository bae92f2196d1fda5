"""Which clinics may look at their own patients by the profile for a clinic's own eyes, since when and on what basis.

Nothing is ever overwritten: what was granted and taken back stays written down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from pipeline import ledger
from pipeline.contract.clinic_profiles import OWN


@dataclass(frozen=True)
class Standing:
    """One clinic's profile: `own_clinic` or `standard`, in force `since` an instant in UTC, on a recorded `basis`."""

    clinic: str
    profile: str
    basis: str
    since: str


_DDL = """
CREATE TABLE IF NOT EXISTS clinic_profiles (clinic_id VARCHAR, profile VARCHAR, basis VARCHAR, set_at TIMESTAMP)"""


def record_profile(home: Path, clinic: str, profile: str, basis: str) -> Standing:
    """Write down that a clinic has a profile from now on. Call it under the lock."""
    at = ledger.now()
    with ledger.opened(home) as book:
        book.execute(_DDL)
        book.execute("INSERT INTO clinic_profiles VALUES (?, ?, ?, ?)", [clinic, profile, basis, at])
    return Standing(clinic, profile, basis, _iso(at))


def standings(home: Path) -> list[Standing]:
    """Everything that was ever granted or taken back, oldest first; nothing where there is no ledger."""
    if not (home / ledger.LEDGER).exists():
        return []
    with ledger.opened(home, read_only=True) as book:
        return _read(book)


def granted(home: Path) -> Mapping[str, Standing]:
    """The clinics that have figures for their own eyes now, by name."""
    latest = {standing.clinic: standing for standing in standings(home)}
    return {clinic: standing for clinic, standing in latest.items() if standing.profile == OWN}


def _read(book: duckdb.DuckDBPyConnection) -> list[Standing]:
    if not book.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'clinic_profiles'").fetchall():
        return []
    rows = book.execute("SELECT * FROM clinic_profiles ORDER BY set_at, rowid").fetchall()
    return [Standing(clinic, profile, basis, _iso(at)) for clinic, profile, basis, at in rows]


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"

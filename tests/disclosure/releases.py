"""Versions of a home for their clinic figures: released, read, and people who join."""

from pathlib import Path

import duckdb
import polars as pl

from pipeline import ledger
from pipeline.config import Settings
from pipeline.disclosure import clinic, memory
from pipeline.disclosure.policy import STRICT, Policy
from tests.disclosure.months import People, write_research

SIZES = {"east": 60, "north": 80, "south": 70, "tiny": 8, "west": 90}
LATE = 11


def release(
    settings: Settings,
    everybody: People,
    month: int,
    version: str,
    *,
    is_published: bool = True,
    own: frozenset[str] = frozenset(),
    policy: Policy = STRICT,
) -> Path:
    """One version, from recalling what was shown to writing down what is; the answer is its folder."""
    folder = settings.home / version
    folder.mkdir()
    write_research(folder, everybody, month)
    released = clinic.write(settings, folder, version, memory.recall(settings.home, []), policy, own)
    memory.record(settings.home, released, [])
    if is_published:
        ledger.record_release(settings.home, version, "publish", "test")
    return folder


def read(folder: Path, table: str = "clinic_cells") -> pl.DataFrame:
    with duckdb.connect(str(folder / "clinic.duckdb"), read_only=True) as con:
        return con.sql(f"FROM {table}").pl()


def cell(folder: Path, clinic_id: str, partition: str, code: str) -> dict[str, object]:
    found = read(folder).filter(clinic_id=clinic_id, partition=partition, cell=code)
    return found.row(0, named=True)


def joining(everybody: People, n: int) -> pl.DataFrame:
    """So many new people of one clinic, alike in all that is told."""
    like = everybody.frame.filter(clinic_id="north").head(n)
    return like.with_columns(
        pl.col("participant_id") + 10_000,
        pseudonym=pl.lit("00000000-0000-4000-8000-") + (pl.col("participant_id") + 100_000_000_000).cast(pl.String),
    )

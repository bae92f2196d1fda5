"""Landing's Parquet files: how they are written, and how the current records are read back from them.

A record's history is every row with its key. Its current row is the one that no `superseded` row
names. Files are written under a name of their own, made durable, and count only once the ledger has
them; nothing is ever changed in place.
"""

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.contract.columns import BOOKKEEPING, Table
from pipeline.errors import NeedlingError
from pipeline.landing import sql
from pipeline.ledger import LandingFile

_COPY_OPTIONS = "(FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2)"
"""The second version of the format is a tenth smaller and quicker to write, and read as quickly."""

CLOSED_COLUMNS = (("entry", "UUID"), ("drop", "UINTEGER"))
SEEN_COLUMNS = (("record", "UUID"), ("as_of", "DATE"))
SUPERSEDED_COLUMNS = (("record", "UUID"), ("drop", "UINTEGER"))
QUARANTINE_COLUMNS = (
    ("entry", "UUID"),
    ("reasons", "VARCHAR[]"),
    ("columns", "VARCHAR[]"),
    ("tokens", "STRUCT(name VARCHAR, token VARCHAR)[]"),
    ("participant", "UUID"),
    ("content", "UUID"),
)


def columns(table: Table, kind: str) -> tuple[tuple[str, str], ...]:
    """(name, type) of a landing file of that kind."""
    match kind:
        case "rows":
            return (*BOOKKEEPING, *table.stored)
        case "quarantine":
            return (*QUARANTINE_COLUMNS, *BOOKKEEPING, *(p for p in table.stored if p[0] != "participant"))
        case "superseded":
            return SUPERSEDED_COLUMNS
        case "seen":
            return SEEN_COLUMNS
        case _:
            return CLOSED_COLUMNS


@dataclass
class Shelf:
    """The files of one home that count in this run: those of the ledger, and those this run will add."""

    home: Path
    committed: list[LandingFile]
    pending: list[LandingFile]
    removed: list[LandingFile]

    def live(self, table: str, kind: str, source: str | None = None) -> list[LandingFile]:
        every = (*self.committed, *self.pending)
        return [f for f in every if f.table == table and f.kind == kind and source in (None, f.source)]

    def read(self, table: Table, kind: str, source: str | None = None) -> str:
        """A SELECT over all live files of that kind, with the source beside; typed and empty where there is none."""
        found = self.live(table.name, kind, source)
        names = ", ".join(sql.name(n) for n, _ in columns(table, kind))
        if not found:
            typed = ", ".join(f"CAST(NULL AS {t}) AS {sql.name(n)}" for n, t in columns(table, kind))
            return f"(SELECT {typed}, CAST(NULL AS VARCHAR) AS source WHERE false)"
        groups: dict[str, list[Path]] = {}
        for f in found:
            groups.setdefault(f.source, []).append(self.home / f.path)
        parts = [f"SELECT {names}, {sql.text(s)} AS source FROM {sql.parquet(p)}" for s, p in groups.items()]
        return f"({' UNION ALL '.join(parts)})"

    def current(self, table: Table, source: str | None = None) -> str:
        """A SELECT of the current rows, withdrawn ones included."""
        rows = self.read(table, "rows", source)
        if not self.live(table.name, "superseded"):
            return rows
        gone = self.read(table, "superseded")
        return f'(SELECT * FROM {rows} r ANTI JOIN {gone} g ON g.record = r.record AND g."drop" = r."drop")'

    def opened(self, table: Table, source: str | None = None) -> str:
        """A SELECT of the quarantined records that are still open."""
        rows = self.read(table, "quarantine", source)
        if not self.live(table.name, "closed"):
            return rows
        closed = self.read(table, "closed")
        return f'(SELECT * FROM {rows} q ANTI JOIN {closed} c ON c.entry = q.entry AND c."drop" >= q."drop")'

    def add(self, con: duckdb.DuckDBPyConnection, query: str, table: Table, kind: str, source: str, drop: int) -> int:
        """Write the rows of `query` as a new file of that kind; the answer is how many. No rows, no file."""
        folder = Path("quarantine" if kind in ("quarantine", "closed") else "landing") / table.name / source
        path = folder / _file_name(drop, kind)
        names = ", ".join(_as_stored(n, t, kind) for n, t in columns(table, kind))
        rows = write(con, f"SELECT {names} FROM ({query})", self.home / path)
        if rows:
            self.pending.append(LandingFile(table.name, source, kind, drop, path.as_posix(), rows))
        return rows

    def rewrite(self, con: duckdb.DuckDBPyConnection, file: LandingFile, condition: str) -> int:
        """Write `file` again without the rows that fulfil `condition`; the answer is how many are gone."""
        source = f"read_parquet({sql.text(str(self.home / file.path))})"
        gone = int(con.execute(f"SELECT count(*) FROM {source} WHERE {condition}").fetchall()[0][0])
        if gone == 0:
            return 0
        path = Path(file.path).with_name(_file_name(file.drop, file.kind))
        rows = write(con, f"SELECT * FROM {source} WHERE NOT coalesce({condition}, false)", self.home / path)
        (self.committed if file in self.committed else self.pending).remove(file)
        self.removed.append(file)
        if rows:
            self.pending.append(LandingFile(file.table, file.source, file.kind, file.drop, path.as_posix(), rows))
        return gone


def _as_stored(column: str, type_: str, kind: str) -> str:
    """A word of a record is text or an enumeration, which Parquet keeps as text, and which is quicker to write."""
    is_word = kind == "rows" and type_ == "VARCHAR"
    return sql.name(column) if is_word else f"CAST({sql.name(column)} AS {type_}) AS {sql.name(column)}"


def _file_name(drop: int, kind: str) -> str:
    return f"{drop:08d}-{kind}-{secrets.token_hex(6)}.parquet"


def write(con: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    """Write a query as one durable Parquet file; the answer is its number of rows. No rows, no file.

    Raises NeedlingError where the disk does not take it.
    """
    partial = target.with_name(f".{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        rows = int(con.execute(f"COPY ({query}) TO {sql.text(str(partial))} {_COPY_OPTIONS}").fetchall()[0][0])
        if rows == 0:
            partial.unlink()
            return 0
        with partial.open("rb") as handle:
            os.fsync(handle.fileno())
        partial.rename(target)
    except (OSError, duckdb.IOException) as problem:
        raise NeedlingError(
            f"a file could not be written to {target.parent}; see that it is a folder you may write and that "
            "its disk and that of the scratch folder have room, then run again"
        ) from problem
    return rows


def sweep(home: Path, known: Iterable[LandingFile]) -> int:
    """Remove files that no ledger row names: what a killed run left. The answer is how many."""
    kept = {f.path for f in known}
    left = [
        p
        for folder in ("landing", "quarantine")
        for p in (home / folder).rglob("*")
        if p.is_file() and p.relative_to(home).as_posix() not in kept
    ]
    for path in left:
        path.unlink()
    return len(left)

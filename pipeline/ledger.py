"""The ledger: what came, what became of it, what ran, what was published. One small DuckDB file.

A row in `landing_files` is what makes a Parquet file part of landing: a file that no row names is
left over from a killed run and is swept away by the next one. All that a drop changes is written in
one transaction, so a drop is either wholly there or not at all.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipeline.engine.duckdb import quote_text
from pipeline.errors import LockedError, UsageError

LEDGER = "ledger.duckdb"

ERASURE = "erasure"
"""Name of the fact in `meta` that tells whether what was measured of somebody erased is still there: open or done."""

_OPEN_ATTEMPTS = 50
_OPEN_PAUSE_S = 0.1

DDL = """
CREATE TABLE IF NOT EXISTS meta (name VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
CREATE SEQUENCE IF NOT EXISTS drop_number;
CREATE SEQUENCE IF NOT EXISTS file_number;
CREATE TABLE IF NOT EXISTS drops (
    "drop" UINTEGER, run VARCHAR, source VARCHAR, people VARCHAR, as_of DATE, arrived_at TIMESTAMP, manifest VARCHAR);
CREATE TABLE IF NOT EXISTS files (
    file UINTEGER, "drop" UINTEGER, name VARCHAR, digest VARCHAR, records UBIGINT, used UBIGINT, ignored UBIGINT,
    malformed UBIGINT);
CREATE TABLE IF NOT EXISTS accounts (
    file UINTEGER, table_name VARCHAR, read UBIGINT, admitted UBIGINT, unchanged UBIGINT,
    superseding UBIGINT, quarantined UBIGINT, not_consented UBIGINT, stale UBIGINT);
CREATE TABLE IF NOT EXISTS landing_files (
    table_name VARCHAR, source VARCHAR, kind VARCHAR, "drop" UINTEGER, path VARCHAR, n_rows UBIGINT);
CREATE TABLE IF NOT EXISTS snapshots (table_name VARCHAR, source VARCHAR, as_of DATE, "drop" UINTEGER);
CREATE TABLE IF NOT EXISTS refusals (participant UUID, reason VARCHAR, as_of DATE, "drop" UINTEGER);
CREATE TABLE IF NOT EXISTS runs (
    run VARCHAR, command VARCHAR, started_at TIMESTAMP, finished_at TIMESTAMP, exit_code INTEGER, document JSON);
CREATE TABLE IF NOT EXISTS gate_results (
    run VARCHAR, version VARCHAR, evaluated_at TIMESTAMP, rule VARCHAR, table_name VARCHAR, severity VARCHAR,
    success BOOLEAN, n_unexpected UBIGINT, n_rows UBIGINT, observed VARCHAR, error VARCHAR);
CREATE TABLE IF NOT EXISTS freezes (study VARCHAR, digest VARCHAR, version VARCHAR, frozen_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS looks (
    look UINTEGER, study VARCHAR, digest VARCHAR, version VARCHAR, looked_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS releases (version VARCHAR, released_at TIMESTAMP, action VARCHAR, reason VARCHAR);
"""
"""Every table of the ledger; what writes to one that an earlier program did not make runs it first."""


@dataclass(frozen=True)
class LandingFile:
    """One Parquet file of landing. `kind`: rows, superseded, seen, quarantine or closed.

    `path` is relative to the home.
    """

    table: str
    source: str
    kind: str
    drop: int
    path: str
    rows: int


def now() -> datetime:
    """This instant in UTC, without a zone, as DuckDB's TIMESTAMP wants it."""
    return datetime.now(UTC).replace(tzinfo=None)


@contextmanager
def opened(home: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The ledger, open for as short as possible: a writer shuts every other process out.

    Raises LockedError where another process keeps it for over five seconds, UsageError where a
    reader finds no ledger, or where it is damaged.
    """
    path = home / LEDGER
    if read_only:
        require(home)
    con = _connect(path, read_only=read_only)
    try:
        yield con
    except (duckdb.ProgrammingError, duckdb.InterruptException):
        raise
    except duckdb.Error as problem:  # a damaged file may open, and fail at any page
        raise _unusable(path) from problem
    finally:
        con.close()


def require(home: Path) -> None:
    """Raise UsageError where no run has made this home yet."""
    if not (home / LEDGER).exists():
        raise UsageError(f"there is no warehouse at {home} yet; ingest a drop first: needling run DROP --home {home}")


def _unusable(path: Path) -> UsageError:
    return UsageError(
        f"the ledger {path} cannot be read or written; is it damaged, is the folder not readable, or the disk full? "
        "Run `needling doctor`, and bring a damaged one back from a copy of the home"
    )


def copy(home: Path, to: Path) -> None:
    """Write the ledger of `home`, which is only read, as that of the folder `to`. Raises as `opened` does."""
    _copy(home / LEDGER, to / LEDGER)


def _copy(source: Path, target: Path) -> None:
    """A new file with what the tables hold now, and nothing of what its pages held before."""
    with duckdb.connect(config={"autoload_known_extensions": False}) as con:
        _patiently(source, lambda: con.execute(f"ATTACH {quote_text(str(source))} AS here (READ_ONLY)"))
        con.execute(f"ATTACH {quote_text(str(target))} AS there")
        con.execute("COPY FROM DATABASE here TO there")
        con.execute("DETACH there")


def _connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    return _patiently(path, lambda: duckdb.connect(str(path), read_only=read_only))


def _patiently(path: Path, action: Callable[[], duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """Do what needs the ledger at `path`, as soon as no other process keeps it."""
    for _ in range(_OPEN_ATTEMPTS):
        try:
            return action()
        except duckdb.Error as problem:
            if not isinstance(problem, duckdb.IOException) or "lock" not in str(problem).lower():
                raise _unusable(path) from problem
            time.sleep(_OPEN_PAUSE_S)
    raise LockedError(f"the ledger {path} is in use by another process; try again when its run has ended")


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing."""
    con.execute("BEGIN")
    try:
        yield
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")


def get_meta(con: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """A remembered fact about the home, or None."""
    row = con.execute("SELECT value FROM meta WHERE name = ?", [name]).fetchone()
    return None if row is None else str(row[0])


def set_meta(con: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    """Remember a fact about the home."""
    con.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [name, value])


def landing_files(con: duckdb.DuckDBPyConnection) -> tuple[LandingFile, ...]:
    """Every file that is part of landing or quarantine, oldest first."""
    found = con.execute(
        'SELECT table_name, source, kind, "drop", path, n_rows FROM landing_files ORDER BY "drop", path'
    ).fetchall()
    return tuple(LandingFile(*row) for row in found)


def add_landing_files(con: duckdb.DuckDBPyConnection, files: Sequence[LandingFile]) -> None:
    """Make files part of landing."""
    for f in files:
        con.execute(
            "INSERT INTO landing_files VALUES (?, ?, ?, ?, ?, ?)", [f.table, f.source, f.kind, f.drop, f.path, f.rows]
        )


def start_run(home: Path, command: str) -> str:
    """Write down that a run has begun; the answer is its id. The first run makes the tables."""
    started = now()
    if not (home / LEDGER).exists():
        _make(home)
    with opened(home) as con:
        con.execute(DDL)
        number = con.execute("SELECT count(*) FROM runs").fetchall()[0][0]
        run = f"{started:%Y%m%dT%H%M%S}-{number + 1:04d}"
        con.execute("INSERT INTO runs VALUES (?, ?, ?, NULL, NULL, NULL)", [run, command, started])
    return run


def _make(home: Path) -> None:
    """A new ledger, whole or not at all: a run killed here must not leave one that cannot be read."""
    with duckdb.connect(str(partial := _partial(home))) as con:
        con.execute(DDL)
    partial.rename(home / LEDGER)


def _partial(home: Path) -> Path:
    """Where a ledger is made before it gets its name; what a killed run left there is removed."""
    path = home / f".{LEDGER}.partial"
    for leftover in (path, path.with_name(f"{path.name}.wal")):
        leftover.unlink(missing_ok=True)
    return path


def rewrite(home: Path) -> None:
    """Put the ledger's tables into a new file: free pages of the old one may hold what was changed since."""
    partial = _partial(home)
    _copy(home / LEDGER, partial)
    with partial.open("rb") as handle:
        os.fsync(handle.fileno())
    partial.rename(home / LEDGER)


def finish_run(home: Path, run: str, exit_code: int, document: dict[str, Any]) -> None:
    """Write down how a run ended. The document holds counts and reasons, never a value of a row."""
    with opened(home) as con:
        con.execute(
            "UPDATE runs SET finished_at = ?, exit_code = ?, document = ? WHERE run = ?",
            [now(), exit_code, json.dumps(document), run],
        )


def runs(con: duckdb.DuckDBPyConnection, limit: int) -> list[dict[str, Any]]:
    """The latest runs, newest first. A run without an end was killed or is still at work.

    `alerts` counts the serious side effects that the run was the first to tell of.
    """
    rows = con.execute(
        "SELECT run, command, started_at, finished_at, exit_code, "
        "coalesce(CAST(json_extract(document, '$.alerts') AS INTEGER), 0) FROM runs "
        "ORDER BY started_at DESC, run DESC LIMIT ?",
        [limit],
    ).fetchall()
    return [
        {
            "run_id": r[0],
            "command": r[1],
            "started_at": _iso(r[2]),
            "finished_at": _iso(r[3]),
            "exit_code": r[4],
            "alerts": r[5],
        }
        for r in rows
    ]


def record_gate(home: Path, run: str, version: str, results: Sequence[Sequence[Any]]) -> None:
    """Keep what each rule found: (rule, table, severity, success, n_unexpected, n_rows, observed, error)."""
    at = now()
    with opened(home) as con, transaction(con):
        for result in results:
            con.execute(
                "INSERT INTO gate_results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [run, version, at, *result]
            )


def record_release(home: Path, version: str, action: str, reason: str) -> None:
    """Write down that a version was published, pointed to again, or withdrawn, and why."""
    with opened(home) as con:
        con.execute("INSERT INTO releases VALUES (?, ?, ?, ?)", [version, now(), action, reason])


def namespace_of(con: duckdb.DuckDBPyConnection, source: str) -> str:
    """The namespace of a source's participant ids, as it said last. Raises UsageError where it has sent nothing."""
    found = con.execute('SELECT source, any_value(people ORDER BY "drop" DESC) FROM drops GROUP BY source').fetchall()
    people = {str(name): str(said) for name, said in found}
    if source not in people:
        known = ", ".join(sorted(people)) or "none"
        raise UsageError(f"source {source} has sent nothing to this home; sources are: {known}")
    return people[source]


def latest_extraction(con: duckdb.DuckDBPyConnection) -> date | None:
    """The latest day up to which any source has delivered."""
    row = con.execute("SELECT max(as_of) FROM drops").fetchone()
    return None if row is None else row[0]


def _iso(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%S}Z"

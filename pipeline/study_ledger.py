"""What the ledger keeps of studies: which protocols were fixed, and on which versions each was looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from pipeline import ledger


@dataclass(frozen=True)
class Freeze:
    """A protocol that was fixed, under its digest, while `version` was the current one.

    `seen_on` is the newest version on which its results had been looked at by then, None where there was none.
    """

    study: str
    digest: str
    version: str
    frozen_at: str
    seen_on: str | None = None

    def is_late(self, version: str) -> bool:
        """Whether the results on this version had been seen when the protocol was fixed: on it, or on a newer one,
        which holds its people too."""
        return self.seen_on is not None and version <= self.seen_on


Asked = tuple[str, str]
"""A study and the digest of its protocol: a changed protocol is another question."""


def record_freeze(home: Path, study: str, digest: str, version: str) -> Freeze:
    """Write down that a protocol is fixed; the same one a second time keeps its first date."""
    with ledger.opened(home) as con:
        con.execute(ledger.DDL)
        if not any(f.digest == digest for f in freezes(con) if f.study == study):
            con.execute("INSERT INTO freezes VALUES (?, ?, ?, ?)", [study, digest, version, ledger.now()])
        return next(f for f in freezes(con) if (f.study, f.digest) == (study, digest))


def freezes(con: duckdb.DuckDBPyConnection) -> list[Freeze]:
    """Every fixed protocol, oldest first. A home from before there were studies has none."""
    if not _has(con, "freezes"):
        return []
    seen = (
        "(SELECT max(l.version) FROM looks l WHERE (l.study, l.digest) = (f.study, f.digest) AND looked_at < frozen_at)"
    )
    sql = f"""SELECT study, digest, version, frozen_at, {seen if _has(con, "looks") else "NULL"}
FROM freezes f ORDER BY frozen_at, study"""
    return [
        Freeze(study, digest, version, _iso(at), seen_on)
        for study, digest, version, at, seen_on in con.execute(sql).fetchall()
    ]


Frozen = Mapping[Asked, Freeze]
"""Fixed protocols by study and digest."""


def frozen(home: Path) -> Frozen:
    """Every fixed protocol of a home; one without a ledger has none."""
    if not (home / ledger.LEDGER).exists():
        return {}
    with ledger.opened(home, read_only=True) as con:
        return {(found.study, found.digest): found for found in freezes(con)}


def record_looks(home: Path, asked: Iterable[Asked], version: str) -> None:
    """Write down that these studies' results were seen on this version; a second time changes nothing."""
    with ledger.opened(home) as con:
        con.execute(ledger.DDL)
        for study, digest in asked:
            con.execute(
                "INSERT INTO looks SELECT (SELECT count(*) FROM looks), $study, $digest, $version, $at WHERE NOT EXISTS"
                " (FROM looks WHERE study = $study AND digest = $digest AND version = $version)",
                {"study": study, "digest": digest, "version": version, "at": ledger.now()},
            )


def looked_at(con: duckdb.DuckDBPyConnection, version: str) -> frozenset[Asked]:
    """The studies whose results were seen on this version."""
    if not _has(con, "looks"):
        return frozenset()
    return frozenset(con.execute("SELECT study, digest FROM looks WHERE version = ?", [version]).fetchall())


def looks_by(con: duckdb.DuckDBPyConnection, version: str) -> Mapping[Asked, int]:
    """On how many versions each study had been looked at when this one was, or is now, looked at; itself included.

    Only versions before it count, and of those only what was looked at first: so the number stays what it was,
    whatever is looked at later. A study that was never looked at before is not named.
    """
    if not _has(con, "looks"):
        return {}
    rows = con.execute(
        "SELECT l.study, l.digest, count(*) FILTER (l.version < $version AND (here.look IS NULL OR l.look < here.look))"
        " FROM looks l LEFT JOIN looks here"
        " ON here.study = l.study AND here.digest = l.digest AND here.version = $version GROUP BY ALL",
        {"version": version},
    ).fetchall()
    return {(study, digest): before + 1 for study, digest, before in rows}


def _has(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table]).fetchall())


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"

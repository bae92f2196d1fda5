"""The bench on which a run works: a private connection with key, lookups and the list of landing's files.

What is done on it counts once `commit` has written it into the ledger, in one transaction per drop.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline import ledger, scratch
from pipeline.config import Settings
from pipeline.contract.mapping import Manifest
from pipeline.contract.staged import StagedFile
from pipeline.engine.duckdb import open_scratch
from pipeline.errors import RefusedError, UsageError
from pipeline.landing import alerts, consent, copies, files, keys, lookups, release
from pipeline.landing.account import FileAccount
from pipeline.landing.admit import Arrival
from pipeline.landing.drop import Landed, Landing, Progress
from pipeline.landing.files import Shelf
from pipeline.landing.keys import Key


@dataclass
class Bench:
    """One run's access to landing. `con` is in memory and holds key material: never hand it to a reader.

    `lists_rejects`: the temporary table `rejects` names the records of the drops landed here that were not taken.
    """

    settings: Settings
    key: Key
    con: duckdb.DuckDBPyConnection
    shelf: Shelf
    folder: Path
    lists_rejects: bool = False


@contextmanager
def opened(settings: Settings, *, create: bool = False) -> Iterator[Bench]:
    """Open landing for a run that holds the home's lock; sweeps what a killed run left.

    Raises UsageError where the key is missing or is another than the home's.
    """
    home = settings.home
    with ledger.opened(home) as book:
        known = ledger.get_meta(book, "key_fingerprint")
        key = keys.load(settings.key_file, create=create and known is None)
        _check_key(book, known, key, settings)
        committed = list(ledger.landing_files(book))
        refusals, snapshots = _frames(book)
    files.sweep(home, committed)
    with scratch.private_folder(settings.scratch) as folder:
        con = open_scratch(settings, folder)
        try:
            keys.install(con, key)
            lookups.install(con)
            consent.load(con, refusals, snapshots)
            yield Bench(settings, key, con, Shelf(home, committed, [], []), folder)
        finally:
            con.close()


def _frames(con: duckdb.DuckDBPyConnection) -> tuple[pa.Table, pa.Table]:
    """Refusals and snapshots; the pseudonym as text, for Arrow knows no UUID."""
    refusals = con.sql('SELECT CAST(participant AS VARCHAR) AS participant, reason, as_of, "drop" FROM refusals')
    snapshots = con.sql('SELECT table_name, source, as_of, "drop" FROM snapshots')
    return refusals.to_arrow_table(), snapshots.to_arrow_table()


def _check_key(book: duckdb.DuckDBPyConnection, known: str | None, key: Key, settings: Settings) -> None:
    if known is None:
        ledger.set_meta(book, "key_fingerprint", key.fingerprint)
        ledger.set_meta(book, "way_of_ids", keys.WAY)
    elif known != key.fingerprint:
        raise UsageError(
            f"the key {settings.key_file} is not this home's (fingerprint {key.fingerprint}, the home's is {known}); "
            "put the right key back, or set NEEDLING_KEY_FILE to where it is"
        )
    elif ledger.get_meta(book, "way_of_ids") != keys.WAY:
        raise UsageError(
            "this home's records have the ids and days of another release, by which a record that is sent again would "
            "count as a new one; nothing was changed. Ingest every drop into a new home (--home) with this one's key "
            "(NEEDLING_KEY_FILE), and forget there again whom you were asked to forget"
        )


def land(
    bench: Bench, run: str, manifest: Manifest, digest: str, staged: Sequence[StagedFile], progress: Progress
) -> Landed:
    """Take one drop in and write it into the ledger."""
    with ledger.opened(bench.settings.home) as book:
        number = _next(book, "drop_number")
        numbered = [(_next(book, "file_number"), file) for file in staged]
        as_of = manifest.extracted_on or datetime.now(UTC).date()
        copies.find(bench.con, book, manifest, as_of, numbered)
        arrived = dict(book.execute('SELECT "drop", arrived_at FROM drops').fetchall())
    at = ledger.now()
    arrival = Arrival(number, manifest.source, as_of)
    landing = Landing(bench.con, bench.shelf, arrival, manifest, numbered, bench.folder, bench.lists_rejects)
    landed = landing.run(progress)
    landed.alerts = alerts.raised_by(bench.con, bench.shelf, number)
    purged = release.purge(bench.con, bench.shelf, arrived, at)
    if purged:
        landed.warnings.append(
            f"{purged} records removed whose person had not arrived within {release.ORPHAN_DAYS} days"
        )
    with ledger.opened(bench.settings.home) as book:  # the first drop that is landed decides
        ledger.set_meta(book, "simulated", _simulated(manifest))
    facts = (number, run, manifest.source, manifest.people, arrival.as_of, at, digest)
    commit(bench, facts, landed.files)
    return landed


def check_simulated(bench: Bench, manifest: Manifest) -> None:
    """Raise RefusedError where the drop's people are invented and the home's are not, or the other way round."""
    said = _simulated(manifest)
    with ledger.opened(bench.settings.home) as book:
        known = ledger.get_meta(book, "simulated")
    if known not in (None, said):
        kinds = {"true": "invented", "false": "real"}
        raise RefusedError(
            f"source {manifest.source} speaks of {kinds[said]} people, this home holds {kinds[known]} ones; "
            "they are never mixed: ingest it into another home (--home)"
        )


def _simulated(manifest: Manifest) -> str:
    return "true" if manifest.simulated else "false"


def _next(book: duckdb.DuckDBPyConnection, sequence: str) -> int:
    return int(book.execute(f"SELECT nextval('{sequence}')").fetchall()[0][0])


def commit(bench: Bench, facts: tuple[object, ...] | None, accounts: Sequence[FileAccount]) -> None:
    """Make everything done on the bench part of landing, then delete the files that erasure replaced."""
    shelf = bench.shelf
    refusals, snapshots = _frames(bench.con)
    with ledger.opened(bench.settings.home) as book, ledger.transaction(book):
        if facts is not None:
            book.execute("INSERT INTO drops VALUES (?, ?, ?, ?, ?, ?, ?)", list(facts))
            _write_accounts(book, facts[0], accounts)
        if any(file.kind == "rows" for file in shelf.removed):
            ledger.set_meta(book, ledger.ERASURE, "open")
        for file in shelf.removed:
            book.execute("DELETE FROM landing_files WHERE path = ?", [file.path])
        ledger.add_landing_files(book, shelf.pending)
        for name, frame in (("refusals", refusals), ("snapshots", snapshots)):
            book.register("now_known", frame)
            book.execute(f"DELETE FROM {name}")
            book.execute(f"INSERT INTO {name} SELECT * FROM now_known")
            book.unregister("now_known")
    for file in shelf.removed:
        (shelf.home / file.path).unlink(missing_ok=True)
    shelf.committed += shelf.pending
    shelf.pending, shelf.removed = [], []


def _write_accounts(book: duckdb.DuckDBPyConnection, number: object, accounts: Sequence[FileAccount]) -> None:
    for a in accounts:
        book.execute(
            "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [a.file, number, a.name, a.digest, a.records, a.used, a.ignored, a.malformed],
        )
        for table, n in a.tables.items():
            counts = list(n.counts().values())
            book.execute("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [a.file, table, *counts, n.stale])

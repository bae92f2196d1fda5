"""`needling check`: what ingest would make of a drop, told at length, on a home that is gone afterwards."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb

from pipeline import sources
from pipeline.config import Settings
from pipeline.contract.mapping import Manifest, TableMapping
from pipeline.contract.staged import StagedFile
from pipeline.contract.tables import TABLES
from pipeline.contract.words import headers_told
from pipeline.engine.duckdb import open_reader
from pipeline.errors import LockedError
from pipeline.flow import publication
from pipeline.flow.intake import Arrived, Intake, Progress, silent, take_in
from pipeline.landing import bench as landing
from pipeline.landing import preview, rejects, steward
from pipeline.landing.bench import Bench
from pipeline.landing.rehearsal import is_whole, rehearsal
from pipeline.proposal.look import Guess, native_headers
from pipeline.proposal.suspicions import suspicions

Document = dict[str, Any]

ROWS_SHOWN = 5
REJECTS_SHOWN = 20
MANY_ORPHANS = 0.05
"""From this share of records whose person nobody knows on, the ids themselves are suspected."""


def check(
    settings: Settings, drop: Path, limit: int = REJECTS_SHOWN, progress: Progress = silent
) -> tuple[Document, int]:
    """The account, the columns, the first rows, guesses, rejects and questions; the answer is they and the exit code.

    Nothing is stored: the home, if there is one, is only read. Raises LockedError where it changes meanwhile.
    """
    with rehearsal(settings) as there:
        try:
            with landing.opened(there, create=True) as bench:
                bench.lists_rejects = True
                intake = take_in(bench, "check", [drop], progress)
                document = _document(settings, bench, intake, limit, progress)
        except duckdb.IOException as problem:
            if is_whole(there):
                raise
            raise LockedError("another run changed the home while it was being read; check again") from problem
    return document, intake.exit_code


def _document(settings: Settings, bench: Bench, intake: Intake, limit: int, progress: Progress) -> Document:
    account = intake.document()
    del account["run_id"]
    arrived = intake.arrived[0] if intake.arrived else None
    base = {"home": str(settings.home) if (settings.home / "ledger.duckdb").exists() else None}
    if arrived is None:
        empty: Document = {"columns": [], "rows": {}, "guesses": [], "rejects": _rejects(bench, {}, limit)}
        return {"source": None, **base, **account, **empty, "questions": []}
    names = {file.file: file.name for file in arrived.landed.files}
    progress("look for what may be meant", 0, 1)
    return {
        "source": arrived.drop.manifest.source,
        **base,
        **account,
        "columns": [row for file in arrived.staged for row in _columns(file)],
        "rows": preview.first_rows(bench, arrived.landed, names, ROWS_SHOWN),
        "guesses": [asdict(guess) for guess in _guesses(bench, arrived, intake)],
        "rejects": _rejects(bench, names, limit),
        "questions": _questions(bench, arrived),
    }


def _rejects(bench: Bench, names: dict[int, str], limit: int) -> Document:
    entries, total = rejects.entries(bench.con, names, limit)
    return {"n": total, "shown": len(entries), "entries": entries}


def _columns(file: StagedFile) -> Iterator[Document]:
    """Each header as every table reads it, then those that are not stored."""
    told = dict(zip(file.headers, headers_told(file.headers), strict=True))
    used: set[str] = set()
    for mapping in file.tables:
        for header, column, how in _meanings(file, mapping):
            used |= {header} if header else set()
            yield {"file": file.name, "table": mapping.table, "header": header, "column": column, **_EMPTY, **how}
    for header in file.headers:
        if header not in used and header not in sources.ADDED:
            yield {"file": file.name, "table": None, "header": told[header], "column": None, **_EMPTY}


_EMPTY: Document = {"unit": None, "stored_unit": None, "values": {}, "constant": None}


def _meanings(file: StagedFile, mapping: TableMapping) -> Iterator[tuple[str | None, str, Document]]:
    """(header, what it becomes, how) of one table; the header is None for what is the same in all rows."""
    table = TABLES[mapping.table]
    units = {column.name: column.unit for column in table.columns}
    for header, native in native_headers(table, mapping, file.headers).items():
        unit = mapping.units.get(native, units.get(native))
        values = dict(mapping.values.get(native, {}))
        yield header, native, {"unit": unit, "stored_unit": units.get(native), "values": values}
    yield from ((None, native, {"constant": value}) for native, value in mapping.constants.items())
    yield from ((h, what, how) for h, what, how in _wide(mapping) if h in file.headers)


def _wide(mapping: TableMapping) -> Iterator[tuple[str, str, Document]]:
    """Headers that are records of their own, or that choose and identify rows."""
    for wide in mapping.instruments:
        yield wide.header, f"instrument {wide.instrument}", {"unit": wide.unit}
    for header in sorted({w.area_column for w in mapping.instruments if w.area_column}):
        yield header, "area_cm2", {"unit": "cm2", "stored_unit": "cm2"}
    yield from ((header, f"effect {effect}", {}) for header, effect in mapping.effects.items())
    where = [header for header in mapping.where if header not in sources.ADDED]
    for role, names in (("asked", mapping.asked), ("where", where), ("key", mapping.key)):
        yield from ((header, role, {}) for header in names if header not in mapping.columns)


def _guesses(bench: Bench, arrived: Arrived, intake: Intake) -> list[Guess]:
    manifest = arrived.drop.manifest
    found = [g for file in arrived.staged for g in suspicions(bench.con, file, manifest)]
    return [*_people(bench, manifest, arrived, intake), *found]


def _people(bench: Bench, manifest: Manifest, arrived: Arrived, intake: Intake) -> Iterator[Guess]:
    """What looks wrong with the people of a drop: none there, or ids that do not meet."""
    waiting = _waiting(bench)
    n_waiting = sum(waiting.values())
    has_people = any(m.table == "participants" for file in arrived.staged for m in file.tables)
    if not has_people and n_waiting:
        sentence = (
            "the drop has no participants: records of people the home does not know wait until they arrive; if another "
            "source sends the people, both need the same people in [source]"
        )
        yield Guess("no_participants", None, "participants", None, None, n_waiting, sentence, None)
    n_near = preview.near_ids(bench) if n_waiting else 0
    if n_near:
        sentence = (
            f"{n_near} ids nobody has differ from known ones only in letter case, signs or leading zeros: "
            "write them alike in every file"
        )
        yield Guess("ids_differ", None, None, "participant_id", None, n_near, sentence, None)
    for table, n in waiting.items():
        n_read = intake.tables[table].read
        if has_people and steward.has_people(bench) and n >= MANY_ORPHANS * n_read:
            sentence = (
                f"{n} of {n_read} records of {table} ({n / n_read:.0%}) speak of people nobody knows; do the ids match?"
            )
            yield Guess("orphans", None, table, "participant_id", None, n, sentence, None)


def _waiting(bench: Bench) -> dict[str, int]:
    """Records by table whose person nobody knows."""
    found = bench.con.execute(
        "SELECT table_name, count(*) FROM rejects WHERE list_contains(reasons, 'unknown_participant') GROUP BY ALL"
    ).fetchall()
    return {name: int(n) for name in TABLES for table, n in found if table == name}


def _questions(bench: Bench, arrived: Arrived) -> list[Document]:
    """Which questions the people of the drop could answer, with what the home knows of them already."""
    from pipeline.studies.claims.readiness import nobody, readiness  # noqa: PLC0415  # SciPy takes its time to import

    if not steward.has_people(bench):
        return [asdict(question) for question in nobody()]
    candidate, _ = publication.assemble(bench)
    with open_reader(candidate / "research.duckdb", memory_mb=bench.settings.memory_mb, spill=bench.folder) as con:
        found = readiness(con, preview.participants(bench, arrived.landed))
    return [asdict(question) for question in found]

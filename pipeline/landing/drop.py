"""One drop into landing: every table in the order of the contract.

Until the ledger has the drop, nothing of it counts: the files already written are swept by the next run.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from pipeline.contract.columns import Table
from pipeline.contract.mapping import Manifest, TableMapping
from pipeline.contract.staged import StagedFile
from pipeline.contract.tables import TABLES
from pipeline.engine import arrow
from pipeline.errors import NeedlingError, RefusedError
from pipeline.landing import admit, consent, people, plain, projection, quarantine, rejects, release, sql, variants
from pipeline.landing.account import Account, FileAccount
from pipeline.landing.admit import Arrival
from pipeline.landing.alerts import Alert
from pipeline.landing.files import Shelf
from pipeline.landing.plain import Plain
from pipeline.landing.reading import Context
from pipeline.landing.settled import Settled

Progress = Callable[[str, int, int], None]

_TYPED = "(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 30720)"
"""In groups a quarter as long as usual: of a long file few records go this way, and a group is the work of one core."""


@dataclass
class Landed:
    """What became of a drop: the account per file, and what happened beside it.

    `typed` are, by table, SELECTs of the records as they were read, from the run's scratch and memory; `alerts` the
    serious side effects it is the first to tell of.
    """

    files: list[FileAccount] = field(default_factory=list)
    withdrawn: dict[str, int] = field(default_factory=dict)
    released: dict[str, int] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    typed: dict[str, list[str]] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)

    def take_back(self, counts: dict[str, int]) -> None:
        """Add to what was withdrawn, per table."""
        for table, n in counts.items():
            if n:
                self.withdrawn[table] = self.withdrawn.get(table, 0) + n


@dataclass(frozen=True)
class _Part:
    """Files that are alike as far as one table reads them: their plain records, and a SELECT of the `rest`.

    Where a row of them has `n_shapes`, it may be as many records.
    """

    files: Mapping[int, StagedFile]
    mapping: TableMapping
    plain: Plain | None
    rest: str
    n_shapes: int

    @property
    def typed(self) -> str:
        """A SELECT of all records as they were read."""
        return f"{self.plain.records()} UNION ALL {self.rest}" if self.plain else self.rest


@dataclass
class Landing:
    """One drop on its way in. Needs macros, lookups, `refusals`, `snapshots` and `copies` installed in `con`."""

    con: duckdb.DuckDBPyConnection
    shelf: Shelf
    arrival: Arrival
    manifest: Manifest
    staged: Sequence[tuple[int, StagedFile]]
    scratch: Path
    lists_rejects: bool = False
    landed: Landed = field(default_factory=Landed)
    parts: list[_Part] = field(default_factory=list)
    accounts: dict[int, dict[str, Account]] = field(default_factory=dict)
    n_typed: Counter[tuple[int, str]] = field(default_factory=Counter)

    def run(self, progress: Progress) -> Landed:
        """Judge and shelve every table; writes files, not the ledger."""
        plain.clear(self.con)
        self.landed.warnings += people.find(self.con, self.manifest, self.staged)
        for step, table in enumerate(TABLES.values()):
            progress(f"{self.arrival.source}: {table.name}", step, len(TABLES))
            self._admit(table)
        self._shelve_malformed()
        if any(
            a["participants"].admitted + a["participants"].superseding
            for a in self.accounts.values()
            if "participants" in a
        ):
            people.find_parents(self.con, self.shelf)
            self.landed.released = release.release(self.con, self.shelf, self.arrival, last_day(self.manifest))
        used = self._count_used()
        taken = [(number, file) for number, file in self.staged if self._is_taken(file)]
        self.landed.files = [self._account(number, file, used.get(number, 0)) for number, file in taken]
        return self.landed

    def _admit(self, table: Table) -> None:
        if not any(m.table == table.name for _, file in self.staged for m in file.tables):
            return
        people.find_parents(self.con, self.shelf)
        parts = [self._type(table, mapping, files) for mapping, files in self._alike(table)]
        mapping = parts[0].mapping
        plains = [p.plain for p in parts if p.plain]
        settled = admit.judge(self.con, self.shelf, table, self.arrival, plains, [p.rest for p in parts])
        try:
            if mapping.mode == "snapshot":
                absent = admit.withdraw_absent(self.con, self.shelf, table, self.arrival, mapping)
                self.landed.take_back({table.name: absent})
        except RefusedError as problem:
            self.landed.refused += [(file.name, str(problem)) for p in parts for file in p.files.values()]
            return
        self.parts += parts
        self.landed.typed[table.name] = [p.typed for p in parts]
        counted = admit.count(self.con, settled)
        for number, fates in counted.items():
            self.accounts.setdefault(number, {})[table.name] = admit.account(fates)
            self.n_typed[number, table.name] = fates.total()
        self._shelve(table, settled, is_snapshot=mapping.mode == "snapshot")

    def _shelve(self, table: Table, settled: Sequence[Settled], *, is_snapshot: bool) -> None:
        if table.name == "participants":
            self._warn_of_moves(table)
        # every query over the old state runs before the files that change it are added
        reasons = quarantine.shelve(self.con, self.shelf, table, self.arrival, is_snapshot=is_snapshot)
        self.landed.reasons.update(reasons)
        if self.lists_rejects:
            rejects.note(self.con, table)
        self.landed.take_back({table.name: admit.shelve(self.con, self.shelf, table, self.arrival, settled)})
        if table.name == "participants":
            consent.refuse(self.con, self.arrival)
            self.landed.take_back(consent.erase(self.con, self.shelf))

    def _alike(self, table: Table) -> list[tuple[TableMapping, dict[int, StagedFile]]]:
        """The files of a table with their numbers, those together that are read alike: a query for each of many small
        files, and a view over as many results, took minutes for a thousand of them. A long file stands alone."""
        groups: dict[object, tuple[TableMapping, dict[int, StagedFile]]] = {}
        for number, file in self.staged:
            for mapping in file.tables:
                if mapping.table == table.name:
                    alike = (id(mapping), file.headers, number if file.scan else None)
                    groups.setdefault(alike, (mapping, {}))[1][number] = file
        return list(groups.values())

    def _type(self, table: Table, mapping: TableMapping, files: dict[int, StagedFile]) -> _Part:
        number, file = next(iter(files.items()))
        shapes = variants.of(table, mapping, file.headers)
        given = frozenset(shapes[0].tokens) if shapes else frozenset[str]()
        context = Context(table, mapping, self.manifest, given, last_day(self.manifest))
        quick, rows = plain.read(self.con, file, number, context), sql.parquet([file.data])
        if file.scan and file.scan.is_apart:
            rows = f"(FROM {rows} UNION ALL BY NAME FROM {quick.others if quick else file.scan.rows})"
        elif quick:
            rows = quick.others
        rows = self._together(files) if len(files) > 1 else f'(SELECT {number} AS "__file", * FROM {rows})'
        typed = self.scratch / f"typed-{number}-{table.name}.parquet"
        query = projection.select(rows, context, shapes)
        copy = f"COPY ({query}) TO {sql.text(str(typed))} {_TYPED}"
        n_read = int(self.con.execute(copy).fetchall()[0][0])
        if quick and n_read != (n_left := quick.n_others + self._count_held(file)):
            told = f"{n_read} of {n_left} records of {file.name} were read"
            raise NeedlingError(f"{told}; nothing was stored; see that its scratch folder is left alone, and run again")
        return _Part(files, mapping, quick, projection.records(table, typed), len(shapes))

    def _together(self, files: Mapping[int, StagedFile]) -> str:
        """The rows of files that are alike, the number of each beside."""
        paths = {number: str(file.data) for number, file in files.items()}
        numbers = arrow.column(np.array([*paths], np.uint32))
        frame = pa.table({"number": numbers, "path": arrow.texts([*paths.values()])})
        self.con.register("numbers", frame)
        self.con.execute("CREATE OR REPLACE TEMP TABLE file_numbers AS FROM numbers")
        self.con.unregister("numbers")
        read = f"read_parquet([{', '.join(map(sql.text, paths.values()))}], filename = '__path')"
        return f'(SELECT n.number AS "__file", r.* FROM {read} r JOIN file_numbers n ON n.path = r."__path")'

    def _count_held(self, file: StagedFile) -> int:
        """How many records lie in the staged data, where most lie apart."""
        if file.scan is None or not file.scan.is_apart:
            return 0
        return int(self.con.execute(f"SELECT count(*) FROM {sql.parquet([file.data])}").fetchall()[0][0])

    def _warn_of_moves(self, table: Table) -> None:
        moved = self.con.execute(
            f"SELECT count(*) FROM judged j JOIN {self.shelf.current(table)} r ON r.record = j.record "
            "WHERE j.fate = 'superseding' AND j.enrolled_day <> r.enrolled_day"
        ).fetchall()[0][0]
        if moved:
            self.landed.warnings.append(
                f"{moved} people of source {self.arrival.source} changed their enrolment date: their days moved with it"
            )

    def _shelve_malformed(self) -> None:
        """Lines that are no records are counted with the first table that reads their file."""
        for number, file in self.staged:
            if file.malformed is None or not self._is_taken(file):
                continue
            table = TABLES[file.tables[0].table]
            reasons = quarantine.shelve_malformed(self.con, self.shelf, table, self.arrival, number, file)
            self.landed.reasons.update(reasons)
            if self.lists_rejects:
                rejects.note_malformed(self.con, table, number)
            n = sum(reasons.values())
            of_file = self.accounts.setdefault(number, {})
            of_file[table.name] = of_file.get(table.name, Account()) + Account(read=n, quarantined=n)

    def _is_taken(self, file: StagedFile) -> bool:
        return file.name not in {name for name, _ in self.landed.refused}

    def _count_used(self) -> dict[int, int]:
        """How many physical records of each file yielded a record of a table."""
        parts: dict[int, list[_Part]] = {}
        for part in self.parts:
            for number in part.files:
                parts.setdefault(number, []).append(part)
        alone = {n: p[0] for n, p in parts.items() if len(p) == 1 and p[0].n_shapes == 1}
        # a response with a group that repeats makes several rows of one line
        once = {n: p.mapping.table for n, p in alone.items() if self.manifest.format != "fhir"}
        used = {number: self.n_typed[number, table] for number, table in once.items()}
        several = {id(part): part.typed for n, found in parts.items() if n not in once for part in found}
        if several:
            lines = " UNION ALL ".join(f"SELECT file, line FROM ({typed})" for typed in several.values())
            counted = self.con.execute(f"SELECT file, count(DISTINCT line) FROM ({lines}) GROUP BY file").fetchall()
            used |= {int(number): int(n) for number, n in counted if number not in once}
        return used

    def _account(self, number: int, file: StagedFile, used: int) -> FileAccount:
        malformed = 0
        if file.malformed is not None:
            malformed = self.con.execute(f"SELECT count(*) FROM {sql.parquet([file.malformed])}").fetchall()[0][0]
        tables = {m.table: self.accounts.get(number, {}).get(m.table, Account()) for m in file.tables}
        return FileAccount(number, file.name, file.digest, file.records, used, int(malformed), tables).checked()


def last_day(manifest: Manifest) -> date:
    """The last day that is not in the future: that of the extraction, else tomorrow in UTC."""
    return manifest.extracted_on or datetime.now(UTC).date() + timedelta(days=1)

"""Drops into landing, and what became of them all, gathered into the answer of `ingest --json`."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline import sources
from pipeline.contract import alerts
from pipeline.contract.staged import StagedFile, is_why_not_taken
from pipeline.contract.tables import TABLES
from pipeline.contract.words import headers_told
from pipeline.errors import RefusedError, UsageError
from pipeline.landing import bench as landing
from pipeline.landing.account import Account
from pipeline.landing.bench import Bench
from pipeline.landing.drop import Landed

Progress = Callable[[str, int, int], None]

REFUSED = RefusedError.exit_code
UNUSABLE = UsageError.exit_code


def silent(label: str, done: int, total: int) -> None:
    """Progress for nobody."""


_HEADERS_NAMED = 12
"""So many unknown headers are named in a warning; the rest is counted."""


@dataclass(frozen=True)
class Arrived:
    """One drop that was landed: its files as they were staged in the run's scratch folder, and their outcome."""

    drop: sources.Drop
    staged: tuple[StagedFile, ...]
    landed: Landed


@dataclass
class Intake:
    """`usable` counts the drops that could be opened; `refused` are (path, reason);
    `n_serious` counts the side effects that raised an alert."""

    run: str
    usable: int = 0
    files: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, Account] = field(default_factory=dict)
    withdrawn: Counter[str] = field(default_factory=Counter)
    released: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    arrived: list[Arrived] = field(default_factory=list)
    n_serious: int = 0

    def add(self, drop: str, source: str, landed: Landed) -> None:
        """Add one drop's outcome; `drop` is its folder as the user named it."""
        for file in landed.files:
            for table, account in file.tables.items():
                physical = {"records": file.records, "ignored": file.ignored, "malformed": file.malformed}
                self.files.append({"path": f"{drop}/{file.name}", "table": table, **account.counts(), **physical})
                self.tables[table] = self.tables.get(table, Account()) + account
        self.withdrawn.update(landed.withdrawn)
        self.released.update(landed.released)
        self.reasons.update(landed.reasons)
        self.refused += [(f"{drop}/{name}", reason) for name, reason in landed.refused]
        self.warnings += landed.warnings
        self.n_serious += len(landed.alerts)
        for file in landed.files:
            told = [a for a in landed.alerts if a.file == file.file]
            if told:
                waiting = [a.line for a in told if a.is_waiting]
                self.warnings.append(alerts.sentence(source, file.name, [a.line for a in told], waiting))

    def name_unknown(self, path: str, headers: Sequence[str]) -> None:
        """Report the columns that the contract does not know: they are not stored."""
        if not headers:
            return
        more = len(headers) - _HEADERS_NAMED
        rest = f" and {more} more" if more > 0 else ""
        named = ", ".join(headers_told(headers)[:_HEADERS_NAMED])
        self.warnings.append(f"{path}: columns not stored, the mapping does not name them: {named}{rest}")

    @property
    def exit_code(self) -> int:
        """0; 3 where something was refused whole; 2 where no drop could be used at all."""
        if not self.usable:
            return UNUSABLE
        return REFUSED if self.refused else 0

    def document(self) -> dict[str, Any]:
        """The JSON document of the contract."""
        names = [t for t in TABLES if t in self.tables or self.withdrawn[t] or self.released[t]]
        tables = {
            t: {**self.tables.get(t, Account()).counts(), "withdrawn": self.withdrawn[t], "released": self.released[t]}
            for t in names
        }
        return {
            "run_id": self.run,
            "files": self.files,
            "tables": tables,
            "quarantine": dict(sorted(self.reasons.items())),
            "refused": [{"path": path, "reason": reason} for path, reason in self.refused],
            "warnings": self.warnings,
        }


def for_ledger(document: dict[str, Any], intake: Intake) -> dict[str, Any]:
    """The document as the run record keeps it: of alerts the number, for a line of a file may lead to a person.

    Which they are is read from landing, where erasure reaches them.
    """
    kept = [warning for warning in document["warnings"] if not alerts.is_alert(warning)]
    return {**document, "warnings": kept, "alerts": intake.n_serious}


def take_in(bench: Bench, run: str, drops: Sequence[Path], progress: Progress) -> Intake:
    """Land every drop that can be opened, in the order of their extraction."""
    intake, opened = Intake(run), []
    for path in drops:
        try:
            opened.append((sources.open_drop(path), path))
        except RefusedError as problem:
            intake.refused.append((str(path), str(problem)))
    # drops without a date are ordered by arrival, which is today
    for drop, path in sorted(opened, key=lambda pair: pair[0].manifest.extracted_on or date.max):
        try:
            _land(bench, drop, str(path), intake, progress)
        except RefusedError as problem:
            intake.refused.append((str(path), str(problem)))
    return intake


def _land(bench: Bench, drop: sources.Drop, path: str, intake: Intake, progress: Progress) -> None:
    landing.check_simulated(bench, drop.manifest)
    staged = []
    for done, file in enumerate(drop.files):
        progress(f"{drop.manifest.source}: read {file.name}", done, len(drop.files))
        try:
            # whoever lists rejects looks at the rows of the files again, and wants them all in one place
            read = sources.stage(bench.con, file, drop.manifest, bench.folder, may_be_apart=not bench.lists_rejects)
        except RefusedError as problem:
            intake.refused.append((f"{path}/{file.name}", str(problem)))
            continue
        intake.warnings += read.warnings
        known = sources.used_headers(file.tables, read.headers) | sources.ADDED
        intake.name_unknown(
            f"{path}/{file.name}", [h for h in read.headers if h not in known and not is_why_not_taken(h)]
        )
        staged.append(
            StagedFile(
                file.name, file.digest, file.tables, read.data, read.malformed, read.headers, read.records, read.scan
            )
        )
    intake.usable += 1
    intake.warnings += drop.warnings
    if not staged:  # a delivery of which nothing could be read says nothing about its day either
        return
    landed = landing.land(bench, intake.run, drop.manifest, drop.manifest_digest, staged, progress)
    intake.add(path, drop.manifest.source, landed)
    intake.arrived.append(Arrived(drop, tuple(staged), landed))

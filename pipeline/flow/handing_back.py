"""What goes back to a sender: the drop they sent is read again on a copy of the home, and marked.

Nothing is written into the home. The drop is looked at as it would be taken today; what the quarantine
holds open of it is marked, line by line, in copies of the sender's own files.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from pipeline import ledger, sources
from pipeline.config import Settings
from pipeline.contract.mapping import Manifest
from pipeline.contract.staged import SheetLayout, StagedFile, TextLayout
from pipeline.engine.duckdb import open_scratch
from pipeline.errors import RefusedError, UsageError
from pipeline.flow.intake import Arrived, Progress, take_in
from pipeline.landing import bench as landing
from pipeline.landing import faults, quality
from pipeline.landing.bench import Bench
from pipeline.landing.rehearsal import rehearsal
from pipeline.sender import outbox, returned
from pipeline.sender.returned import MARKED, REJECTED, SentFile
from pipeline.sender.sheet_xml import Reasons
from pipeline.sources.drop import MANIFEST_NAME

Document = dict[str, Any]

_LINES_KEPT = ("csv", "redcap")
"""Formats whose files can be copied with a mark at every line."""


def _silent(label: str, done: int, total: int) -> None:
    """Progress for nobody."""


@dataclass(frozen=True)
class _Known:
    """A file that the source has sent: its number in the ledger, name, digest, and when it was taken out."""

    number: int
    name: str
    digest: str
    as_of: date


@dataclass
class _Parcel:
    """What goes back, on its way: `con` holds no key, `bench` works on a copy of the home."""

    bench: Bench
    con: duckdb.DuckDBPyConnection
    known: Sequence[_Known]
    out: Path
    files: list[Document] = field(default_factory=list)
    refused: list[Document] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    sheets: list[tuple[SheetLayout, Reasons | None]] = field(default_factory=list)
    marked: int = 0

    def fill(self, drop: Path, progress: Progress) -> None:
        """Read the drop again, and write every file of it that goes back."""
        self.bench.lists_rejects = True
        intake = take_in(self.bench, "export", [drop], progress)
        self.refused += [{"path": path, "reason": reason} for path, reason in intake.refused]
        for arrived in intake.arrived:
            for file in arrived.landed.files:
                try:
                    self._add(arrived, file.name, file.file)
                except RefusedError as problem:
                    self.refused.append({"path": f"{drop}/{file.name}", "reason": str(problem)})
        try:
            returned.write_workbooks(self.sheets, self.out)
        except RefusedError as problem:
            self.refused.append({"path": str(drop), "reason": str(problem)})
        for name in [MANIFEST_NAME, *(n for a in intake.arrived for n in _beside(a.drop.manifest))]:
            for folder in (MARKED, REJECTED):
                if (self.out / folder).is_dir():
                    _copy(drop.expanduser() / name, self.out / folder / name)

    def _add(self, arrived: Arrived, name: str, number: int) -> None:
        staged = next(file for file in arrived.staged if file.name == name)
        data = next(file for file in arrived.drop.files if file.name == name)
        con, before = self.bench.con, self._before(staged)
        is_same = any(k.digest == staged.digest for k in before)
        listed = self.bench.folder / f"faults-{number}.parquet"
        numbers = [k.number for k in before]
        n_open = faults.write_of_file(con, number, numbers, listed, only_open=is_same or not before)
        if before and not is_same:
            self._warn_of_other_bytes(name, n_open, faults.count_open(con, numbers))
        with TemporaryDirectory(dir=self.bench.folder) as work:
            layout = _layout(arrived.drop, data, staged, Path(work))
            sent = SentFile(data.path, staged, layout, listed)
            result = returned.hand_back(self.con, sent, arrived.drop.manifest, self.out)
        if isinstance(layout, SheetLayout):
            self.sheets.append((layout, result.reasons))
        self.marked += n_open
        self.files.append({"file": name, "records": n_open, "lines": result.lines, "written": list(result.written)})
        if isinstance(layout, TextLayout) and result.lines and (why := sent.is_one_piece(arrived.drop.manifest)):
            self.warnings.append(f"{name}: its rejected records do not go back alone, for {why}; mend the copy")

    def _before(self, staged: StagedFile) -> list[_Known]:
        """The files that this one was when it was sent: those of the same bytes, else the latest of that name."""
        same = [k for k in self.known if k.digest == staged.digest]
        named = [k for k in self.known if k.name == staged.name]
        if not same and not named:
            self.warnings.append(f"{staged.name} was never ingested; nothing can be said about it")
        return same or named

    def _warn_of_other_bytes(self, name: str, n_found: int, n_open: int) -> None:
        """Raises RefusedError where the file is another one that happens to bear the name."""
        if n_open and not n_found:
            raise RefusedError(
                f"{name} is not what was ingested, and holds none of the {n_open} records that were not taken; "
                "give the folder that was ingested"
            )
        self.warnings.append(
            f"{name} is not byte for byte what was ingested; its marks say what would not be taken of it as it is now"
        )


def _beside(manifest: Manifest) -> tuple[str, ...]:
    """The files that the mapping needs beside those of data."""
    return (manifest.redcap.dictionary,) if manifest.redcap and manifest.redcap.dictionary else ()


def _copy(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to)


def _layout(
    drop: sources.Drop, file: sources.DataFile, staged: StagedFile, work: Path
) -> TextLayout | SheetLayout | None:
    """How the file lies on the disk, where a copy of it can be marked."""
    if drop.manifest.format == "xlsx":
        return sources.lay_out_sheet(file, staged)
    return sources.lay_out(file, drop.manifest, work) if drop.manifest.format in _LINES_KEPT else None


def quarantine_export(
    settings: Settings, source: str, out: Path, drop: Path | None = None, progress: Progress = _silent
) -> tuple[Document, int]:
    """Write what goes back to `source` into `out`; the answer is the document and the exit code."""
    known = _sent_by(settings, source)
    if drop is not None:
        _check_sent(drop, source, known)
    outbox.prepare(out, settings.home, drop)
    with rehearsal(settings) as there, landing.opened(there) as bench:
        measured = quality.measure(bench, source)
        n_open = faults.remember_open(bench.con, bench.shelf, source)
        con = open_scratch(there, bench.folder)
        try:
            parcel, n_listed = _write(_Parcel(bench, con, known, out), source, drop, progress)
        finally:
            con.close()
    letter = outbox.write_letter(measured, out, has_copies=bool(parcel.files))
    elsewhere = n_open - parcel.marked
    if drop is not None and elsewhere:
        parcel.warnings.append(
            f"{elsewhere} open records of {source} are in no file of this drop as it is; {returned.LISTING} lists them"
        )
    document = {
        "source": source,
        "out": str(out),
        "open": n_open,
        "marked": parcel.marked,
        "files": parcel.files,
        "listing": {"file": returned.LISTING, "faults": n_listed},
        "letter": letter,
        "refused": parcel.refused,
        "warnings": parcel.warnings,
    }
    return document, RefusedError.exit_code if parcel.refused else 0


def _write(parcel: _Parcel, source: str, drop: Path | None, progress: Progress) -> tuple[_Parcel, int]:
    """Marked files where there is a drop, and the list of everything that is open."""
    rest = parcel.bench.folder / "open.parquet"
    faults.write_open(parcel.bench.con, parcel.bench.shelf, source, rest)
    returned.start(parcel.con)
    if drop is not None:
        parcel.fill(drop, progress)
    returned.list_open(parcel.con, rest, {k.number: k.name for k in parcel.known})
    return parcel, returned.write_listing(parcel.con, parcel.out)


def _sent_by(settings: Settings, source: str) -> list[_Known]:
    """Every file that the source has sent, oldest first. Raises UsageError where it has sent nothing."""
    with ledger.opened(settings.home, read_only=True) as book:
        ledger.namespace_of(book, source)
        found = book.execute(
            'SELECT f.file, f.name, f.digest, d.as_of FROM files f JOIN drops d ON d."drop" = f."drop" '
            "WHERE d.source = ? ORDER BY f.file",
            [source],
        ).fetchall()
    return [_Known(*row) for row in found]


def _check_sent(drop: Path, source: str, known: Sequence[_Known]) -> None:
    """Raise UsageError where the drop is none that this source has sent."""
    try:
        opened = sources.open_drop(drop)
    except RefusedError as problem:
        raise UsageError(str(problem)) from problem
    if opened.manifest.source != source:
        raise UsageError(
            f"{drop} is a drop of source {opened.manifest.source}, not of {source}; give the folder that was ingested"
        )
    if not any(k.digest == f.digest or k.name == f.name for k in known for f in opened.files):
        raise UsageError(
            f"none of the files of {drop} was ever ingested from {source}; give the folder that was ingested"
        )

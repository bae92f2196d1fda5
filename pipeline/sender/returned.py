"""What goes back, file by file: a marked copy, the rejected records alone, or a list where neither can be made."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.contract.mapping import Manifest
from pipeline.contract.staged import (
    LISTING_ENDING,
    WHY_NOT_TAKEN,
    SheetLayout,
    StagedFile,
    TextLayout,
    is_why_not_taken,
)
from pipeline.engine.duckdb import quote_text
from pipeline.sender import faults, xlsx_copy
from pipeline.sender.csv_copy import Marks, write_copy
from pipeline.sender.sheet_xml import Reasons

MARKED, REJECTED = "marked", "rejected"
"""Folders of what goes back: the whole drop again with its marks, and the records that were not taken alone."""

LISTING = "not-taken.csv"

_UNFORMED = (
    "CASE WHEN regexp_matches({0}, '^[=+@\\t\\r-]') AND NOT regexp_full_match({0}, '[-+]?[0-9.,]+') "
    "THEN '''' || {0} ELSE {0} END"
)
"""SQL for a cell of a list that no spreadsheet takes for a formula; a plain number is none."""

_COLUMNS = ("file", "line", "table", "column", "reason", "sentence", "token", "reference")


@dataclass(frozen=True)
class SentFile:
    """One file of a sender's as it was read. `layout` is there where a copy of it can be marked."""

    path: Path
    staged: StagedFile
    layout: TextLayout | SheetLayout | None
    faults: Path

    def is_one_piece(self, manifest: Manifest) -> str | None:
        """Why a part of the file alone would say something else; None where it would not."""
        if any(mapping.mode == "snapshot" for mapping in self.staged.tables):
            return "a snapshot is the whole table"
        return "a row takes from other rows of its record what is asked once" if manifest.redcap else None


@dataclass(frozen=True)
class Returned:
    """What was written for one file, relative to the folder; `lines` are those with a reason.

    `reasons` are those of a sheet: its workbook is written when all its sheets are known.
    """

    lines: int
    written: tuple[str, ...]
    reasons: Reasons | None = None


def start(con: duckdb.DuckDBPyConnection) -> None:
    """Begin the list of everything that was not taken."""
    columns = ", ".join(f'"{name}" {"UINTEGER" if name == "line" else "VARCHAR"}' for name in _COLUMNS)
    con.execute(f"CREATE OR REPLACE TEMP TABLE listing ({columns})")


def hand_back(con: duckdb.DuckDBPyConnection, sent: SentFile, manifest: Manifest, out: Path) -> Returned:
    """Write what goes back of one file. A file with nothing to say about goes back as it came."""
    name = sent.staged.name
    faults.tell(con, sent.faults, sent.staged, manifest)
    _list_told(con, {0: name})
    why, marked = faults.by_line(con), out / MARKED / name
    if isinstance(sent.layout, SheetLayout):
        return Returned(len(why), (f"{MARKED}/{sent.layout.name}",), _reasons(con, sent.layout, why) if why else None)
    if not why:
        _copy(sent.path, marked)
        return Returned(0, (f"{MARKED}/{name}",))
    if sent.layout is None:
        _copy(sent.path, marked)
        beside = f"{MARKED}/{name}{LISTING_ENDING}"
        _write(
            con,
            "SELECT line, header AS field, sentence AS reason FROM told GROUP BY ALL ORDER BY line, min(place)",
            "line",
            out / beside,
        )
        return Returned(len(why), (f"{MARKED}/{name}", beside))
    rejected = None if sent.is_one_piece(manifest) else out / REJECTED / name
    write_copy(sent.layout, Marks(why, _broken(con, sent.staged)), marked, rejected)
    return Returned(len(why), (f"{MARKED}/{name}", *([f"{REJECTED}/{name}"] if rejected else [])))


def write_workbooks(sheets: Sequence[tuple[SheetLayout, Reasons | None]], out: Path) -> None:
    """Write every workbook once, with what there is to say about its sheets."""
    for name in dict.fromkeys(layout.name for layout, _ in sheets):
        own = [(layout, reasons) for layout, reasons in sheets if layout.name == name]
        marked = {layout.part: reasons for layout, reasons in own if reasons is not None}
        book = own[0][0]
        if marked:
            xlsx_copy.write_copy(book.path, book.styles_part, marked, out / MARKED / name)
        else:
            _copy(book.path, out / MARKED / name)


def _reasons(con: duckdb.DuckDBPyConnection, layout: SheetLayout, why: Mapping[int, str]) -> Reasons:
    columns = {header: place for place, header in enumerate(layout.headers)}
    cells: dict[int, set[int]] = {}
    for line, header in faults.cells_at_fault(con):
        cells.setdefault(line, set()).add(columns[header])
    own = next(filter(is_why_not_taken, layout.headers), None)
    place = len(columns) if own is None else columns[own]
    return Reasons(layout.header_row, own or WHY_NOT_TAKEN, place, why, cells, clears=own is not None)


def list_open(con: duckdb.DuckDBPyConnection, listed: Path, names: Mapping[int, str]) -> None:
    """Add to the list what the quarantine alone tells of the rest; `names` are the files by number."""
    faults.tell(con, listed, None, None)
    con.execute("DELETE FROM told WHERE reference IN (SELECT reference FROM listing)")
    _list_told(con, names)


def write_listing(con: duckdb.DuckDBPyConnection, out: Path) -> int:
    """Write the list; the answer is how many faults it names."""
    columns = ", ".join(f'"{n}"' if n == "line" else _UNFORMED.format(f'"{n}"') + f' AS "{n}"' for n in _COLUMNS)
    _write(con, f'SELECT {columns} FROM listing ORDER BY file, line, "table", "column", reason', "file", out / LISTING)
    return int(con.execute("SELECT count(*) FROM listing").fetchall()[0][0])


def _list_told(con: duckdb.DuckDBPyConnection, names: Mapping[int, str]) -> None:
    frame = pa.table({"file": pa.array(list(names), pa.int64()), "name": pa.array(list(names.values()), pa.string())})
    con.register("file_names", frame)
    con.execute(
        "INSERT INTO listing SELECT n.name, t.line, t.table_name, t.header, t.reason, t.sentence, t.token, t.reference "
        "FROM told t LEFT JOIN file_names n ON n.file = t.file"
    )
    con.unregister("file_names")


def _broken(con: duckdb.DuckDBPyConnection, staged: StagedFile) -> frozenset[int]:
    if staged.malformed is None:
        return frozenset()
    found = con.execute('SELECT "__line" FROM read_parquet(?)', [str(staged.malformed)]).fetchall()
    return frozenset(int(row[0]) for row in found)


def _copy(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to)


def _write(con: duckdb.DuckDBPyConnection, query: str, first: str, path: Path) -> None:
    """A list as CSV. The byte order mark before its first header tells a spreadsheet that it is UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    marked = f'SELECT * RENAME ("{first}" AS "\ufeff{first}") FROM ({query})'
    con.execute(f"COPY ({marked}) TO {quote_text(str(path))} (FORMAT csv, HEADER, DELIMITER ',')")

"""Excel workbooks: the cells of one sheet as the text their user sees.

The sheet is read here, with the standard library's XML parser. The readers of other people were tried: one makes
a grid of the whole sheet, and two cells in opposite corners of a 5 kB file end the process; the other knows no
merged cells unless it holds all of the sheet in memory. Neither tells a formula without a value from an empty cell.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.contract.mapping import Manifest, TableMapping
from pipeline.contract.tables import TABLES
from pipeline.sources.drop import DataFile
from pipeline.sources.staged import LINE, Staged, check_headers, frame, missing_headers, refuse
from pipeline.sources.terms import targets
from pipeline.sources.xlsx.cells import renderers
from pipeline.sources.xlsx.headers import without_units
from pipeline.sources.xlsx.oddities import ERRORS, Oddities
from pipeline.sources.xlsx.package import Workbook, opened
from pipeline.sources.xlsx.records import Merges, Records
from pipeline.sources.xlsx.rows import RowReader, vertical_merges
from pipeline.sources.xlsx.sheets import absence
from pipeline.sources.xlsx.title import find_title

_CELLS_HELD = 1 << 19
"""So many cells are gathered before they are written: some 50 MB."""

_ID_KINDS = ("person", "identity", "reference", "hashed")
"""Kinds of columns in which any text may stand."""


def stage_xlsx(con: duckdb.DuckDBPyConnection, file: DataFile, manifest: Manifest, into: Path, stem: str) -> Staged:
    """Read one sheet of a workbook as text. Raises RefusedError where it cannot be read."""
    del con  # the cells come from Python already
    with opened(file.path, file.name) as book:
        part = _part(file, book)
        header_row, footer = frame(file)  # tables of several sheets come together where the workbook cannot be opened
        out = _Rows(file, into / f"{stem}.parquet")
        try:
            merges = Merges(vertical_merges(book, part))
            reader = _reader(book, manifest)
            title = find_title(file, book, part, reader.strings)
            records = Records(title.header if title else header_row, footer, merges, out.head, out.put)
            for row, cells in reader.rows(book, part):
                records.take(row, cells)
            if not records.finish():
                raise refuse(
                    file, f"has no header in row {header_row}; expected column names there, or another header_row"
                )
        finally:
            out.close()
    warnings = (
        *((title.said(file.name, "row"),) if title else ()),
        *(f"{file.name}: {sentence}" for sentence in (*out.warnings, *_oddities(reader.odd, records))),
        *missing_headers(file, out.headers, out.records),
    )
    return Staged(out.path, None, out.headers, out.records, warnings)


def _part(file: DataFile, book: Workbook) -> str:
    parts = {sheet.name: sheet.part for sheet in book.sheets}
    if file.sheet is None or file.sheet not in parts:
        raise refuse(file, absence(book.names, file.sheet, file.tables))
    return parts[file.sheet]


def _reader(book: Workbook, manifest: Manifest) -> RowReader:
    renders = renderers(book.formats(), is_1904=book.is_1904, decimal=manifest.decimal, dates=manifest.dates)
    return RowReader(book.strings(), renders, manifest.dates)


def _oddities(odd: Oddities, records: Records) -> list[str]:
    """What somebody who knows the sheet would want to hear."""
    said = []
    if odd.uncomputed:
        said.append(
            f"{_of(odd.uncomputed, 'formula has', 'formulas have')} no value in the file, the first in row "
            f"{odd.first_uncomputed}: open the workbook in a spreadsheet program and save it, which writes it; "
            "a record that needs one is not taken"
        )
    if odd.errors:
        said.append(
            f"{_of(odd.errors, 'cell holds', 'cells hold')} an error such as #REF!, the first in row "
            f"{odd.first_error}; a record that needs one is not taken, and #N/A is read as empty"
        )
    if odd.hidden:
        said.append(
            f"{_of(odd.hidden, 'row is', 'rows are')} hidden, the first is row {odd.first_hidden}; it is read too"
        )
    if records.strays:
        said.append(
            f"{_of(records.strays, 'row has', 'rows have')} values right of the last header; no column is theirs, and "
            "they are left out"
        )
    return said


def _ids(headers: Sequence[str], tables: Sequence[TableMapping]) -> Iterator[int]:
    """The places of the headers in which any text is an id."""
    for place, header in enumerate(headers):
        kinds = (targets(TABLES[m.table]).get(m.columns.get(header, header)) for m in tables)
        if any(column is not None and column.kind in _ID_KINDS for column in kinds):
            yield place


def _of(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


class _Rows:
    """The staged file being written: the header names its columns, records follow in groups."""

    def __init__(self, file: DataFile, path: Path) -> None:
        self.file, self.path = file, path
        self.headers: tuple[str, ...] = ()
        self.ids: tuple[int, ...] = ()
        self.warnings: tuple[str, ...] = ()
        self.records = 0
        self.writer: pq.ParquetWriter | None = None
        self.lines: list[int] = []
        self.rows: list[list[str | None]] = []

    def head(self, names: Sequence[str]) -> tuple[str, ...]:
        """Check the names, and open the file with one column for each."""
        freed, self.warnings = without_units(names, self.file.tables)
        self.headers = check_headers(self.file, freed, by_place=True)
        self.ids = tuple(_ids(self.headers, self.file.tables))
        fields = [pa.field(LINE, pa.uint32()), *(pa.field(name, pa.string()) for name in self.headers)]
        self.writer = pq.ParquetWriter(self.path, pa.schema(fields), compression="snappy")
        return self.headers

    def put(self, row: int, cells: list[str | None]) -> None:
        """Add one record. An error is no id: two people whose id could not be computed are not one person."""
        for place in self.ids:
            if cells[place] in ERRORS:
                cells[place] = None
        self.lines.append(row)
        self.rows.append(cells)
        if len(self.rows) * len(self.headers) >= _CELLS_HELD:
            self._flush()

    def close(self) -> None:
        """Write what is held, and end the file."""
        if self.writer is not None:
            self._flush()
            self.writer.close()

    def _flush(self) -> None:
        if self.writer is None or not self.rows:
            return
        columns = [pa.array(self.lines, pa.uint32()), *(pa.array(c, pa.string()) for c in zip(*self.rows, strict=True))]
        self.writer.write_table(pa.Table.from_arrays(columns, schema=self.writer.schema))
        self.records += len(self.rows)
        self.lines, self.rows = [], []

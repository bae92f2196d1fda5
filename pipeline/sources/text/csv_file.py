"""CSV: a clean file goes straight through DuckDB; any other is taken apart line by line, in SQL."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from pipeline.contract.mapping import Manifest
from pipeline.contract.staged import TextLayout
from pipeline.sources.drop import DataFile
from pipeline.sources.staged import (
    LINE,
    Staged,
    check_headers,
    frame,
    identifier,
    literal,
    missing_headers,
    refuse,
    used_headers,
)
from pipeline.sources.text.csv_lines import LineCounts, split_lines, split_odd
from pipeline.sources.text.csv_rules import NOT_READ, Layout, read_sql
from pipeline.sources.text.csv_sieve import is_sievable, sieve
from pipeline.sources.text.encodings import PlainText, is_marked, normalised, open_text, wrong_encoding
from pipeline.sources.text.plain_text import NUL, packing, write_lines
from pipeline.sources.text.text_rows import TextRows

_DELIMITERS = ",;\t|"
_MAX_HEADER_LINES = 50
"""A header cell with more line breaks than that is an unbalanced quote."""


@dataclass(frozen=True)
class _Outputs:
    """Where the records and the other lines go."""

    data: Path
    malformed: Path


def stage_csv(con: duckdb.DuckDBPyConnection, file: DataFile, manifest: Manifest, into: Path, stem: str) -> Staged:
    """Read one CSV file as text. Raises RefusedError where it cannot be read at all."""
    header_row, footer = frame(file)
    with TemporaryDirectory(dir=into) as folder:
        work = Path(folder)
        text = open_text(file, manifest, work, manifest.quote)
        layout = _read_layout(file, manifest, text, header_row, footer)
        out = _Outputs(into / f"{stem}.parquet", into / f"{stem}.malformed.parquet")
        counts = _sieved(con, text, layout, work, out) or _read_clean(con, text, layout, out.data)
        counts = counts or _sort_lines(con, file, normalised(text, work, manifest.quote), layout, work, out)
        if 2 * counts.n_undecodable > counts.records:
            raise wrong_encoding(file, text, f"has {counts.n_undecodable} of {counts.records} data lines that are")
    warnings = missing_headers(file, layout.headers, counts.records)
    return Staged(out.data, out.malformed if counts.n_malformed else None, layout.headers, counts.records, warnings)


def _sieved(
    con: duckdb.DuckDBPyConnection, text: PlainText, layout: Layout, work: Path, out: _Outputs
) -> LineCounts | None:
    """Of a long file look at the odd lines alone; None where it is none, or too many of its lines are odd."""
    has_line_feeds = text.is_normalised or (text.encoding == "utf-8" and not text.survey.n_cr)
    if not has_line_feeds or not is_sievable(text.path, layout):
        return None
    rows = TextRows(out.data, layout.headers)
    sieved = sieve(text.path, layout, work, rows)
    if sieved is None:
        rows.close()
        return None
    return split_odd(con, layout, work, rows, out.malformed, sieved)


def _sort_lines(
    con: duckdb.DuckDBPyConnection, file: DataFile, text: PlainText, layout: Layout, work: Path, out: _Outputs
) -> LineCounts:
    """Sort records from malformed lines; of a long file only the odd lines are looked at one by one."""
    counts = _sieved(con, text, layout, work, out)
    if counts is None:
        write_lines(file, text.path, work / "lines.parquet")
        counts = split_lines(con, layout, work, out.data, out.malformed)
    return counts


def lay_out(file: DataFile, manifest: Manifest, work: Path) -> TextLayout:
    """How a CSV file lies on the disk; unpacked into `work` if need be. Raises RefusedError as reading it does."""
    header_row, footer = frame(file)
    text = open_text(file, manifest, work, manifest.quote)
    layout = _read_layout(file, manifest, text, header_row, footer)
    with file.path.open("rb") as handle:
        packed = packing(file.path, handle.read(4))
    return TextLayout(
        text.unpacked, text.encoding, layout.delimiter, layout.quote, layout.headers, layout.header_end, footer, packed
    )


def _read_layout(file: DataFile, manifest: Manifest, text: PlainText, header_row: int, footer: int) -> Layout:
    """Find and read the header, by its own words where the delimiter is not given."""
    with text.path.open("rb") as handle:
        n_above = header_row - 1
        for _ in islice(handle, n_above):
            pass
        lines = _header_lines(file, text, handle)
        first = ""
        for first in lines:
            if first.strip():
                break
            n_above += 1
        if not first.strip():
            raise refuse(
                file, f"has no header in line {header_row}; expected column names there, or another header_row"
            )
        delimiter = manifest.delimiter or _sniff(first, manifest.quote)
        names, n_lines = _header_cells(file, chain([first], lines), delimiter, manifest.quote)
    headers = check_headers(file, names, by_place=True)
    used = used_headers(file.tables, headers)
    return Layout(delimiter, manifest.quote, headers, tuple(h in used for h in headers), n_above + n_lines, footer)


def _header_lines(file: DataFile, text: PlainText, lines: Iterator[bytes]) -> Iterator[str]:
    for raw in islice(lines, _MAX_HEADER_LINES):
        try:
            line = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise wrong_encoding(file, text, "has a header that is") from None
        if NUL in line:
            raise refuse(file, "has NUL bytes in its header; it was damaged on its way, ask the sender for it again")
        if is_marked(line):
            raise wrong_encoding(file, text, "has a header that is")
        yield line


def _sniff(line: str, quote: str) -> str:
    """The usual delimiter that stands most often outside quotes; the comma where none does."""
    outside = "".join(line.split(quote)[::2]) if quote else line
    return max(_DELIMITERS, key=outside.count)


def _header_cells(file: DataFile, lines: Iterator[str], delimiter: str, quote: str) -> tuple[list[str], int]:
    """The cells of the header, and how many lines they take."""
    if quote:
        reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)
    else:
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
    try:
        return next(reader), reader.line_num
    except (csv.Error, StopIteration):
        raise refuse(file, "has a header with an unbalanced quote; mend the header and send the file again") from None


def _read_clean(con: duckdb.DuckDBPyConnection, text: PlainText, layout: Layout, out: Path) -> LineCounts | None:
    """Read the file at full speed; None unless every physical line turned out to be one whole record.

    The count of lines is what gives an unbalanced quote away: DuckDB alone takes it for a long cell.
    """
    if layout.skip_footer or len(layout.headers) < 2 or text.has_marks or text.survey.has_marks:
        return None
    try:
        copied = con.execute(_copy_sql(text, layout, out)).fetchone()
    except NOT_READ:  # some line is no record; which ones is for the other way to say
        return None
    rows = int(copied[0]) if copied else 0
    if rows != text.survey.n_lines - layout.header_end:
        return None
    if text.survey.has_quote and _holds_quote(con, layout, out):  # escaped in a quoted cell, or astray in another
        return None
    return LineCounts(rows, 0, 0)


def _copy_sql(text: PlainText, layout: Layout, out: Path) -> str:
    newline = "\\r\\n" if text.survey.n_crlf else "\\n"
    read = read_sql(layout, text.path, layout.headers, layout.header_end, newline)
    line = f"(row_number() OVER () + {layout.header_end})::UINTEGER AS {LINE}"
    return f"COPY (SELECT {line}, * FROM {read}) TO {literal(str(out))} (FORMAT parquet, COMPRESSION snappy)"


def _holds_quote(con: duckdb.DuckDBPyConnection, layout: Layout, data: Path) -> bool:
    any_cell = " OR ".join(f"contains({identifier(name)}, {literal(layout.quote)})" for name in layout.headers)
    return bool(con.execute("SELECT count(*) FROM read_parquet(?) WHERE " + any_cell, [str(data)]).fetchall()[0][0])

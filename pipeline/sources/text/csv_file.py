"""CSV: a clean file goes straight through DuckDB; any other is taken apart line by line, in SQL."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from pipeline.contract.mapping import Manifest
from pipeline.contract.staged import TextLayout
from pipeline.sources.drop import DataFile
from pipeline.sources.staged import (
    LINE,
    Staged,
    frame,
    identifier,
    literal,
    missing_headers,
)
from pipeline.sources.text.csv_header import read_layout
from pipeline.sources.text.csv_lines import LineCounts, split_lines, split_odd
from pipeline.sources.text.csv_rules import NOT_READ, Layout, read_sql
from pipeline.sources.text.csv_sieve import is_sievable, sieve
from pipeline.sources.text.encodings import PlainText, normalised, open_text, wrong_encoding
from pipeline.sources.text.plain_text import packing, write_lines
from pipeline.sources.text.text_rows import TextRows


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
        layout = read_layout(file, manifest, text, header_row, footer)
        out = _Outputs(into / f"{stem}.parquet", into / f"{stem}.malformed.parquet")
        counts = _sieved(con, text, layout, work, out) or _read_clean(con, text, layout, out.data)
        counts = counts or _sort_lines(con, file, normalised(text, work, manifest.quote), layout, work, out)
        if 2 * counts.n_undecodable > counts.records:
            raise wrong_encoding(file, text, f"has {counts.n_undecodable} of {counts.records} data lines that are")
    titled = (layout.title.said(file.name, "line"),) if layout.title else ()
    warnings = (*titled, *missing_headers(file, layout.headers, counts.records))
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
    layout = read_layout(file, manifest, text, header_row, footer)
    with file.path.open("rb") as handle:
        packed = packing(file.path, handle.read(4))
    return TextLayout(
        text.unpacked, text.encoding, layout.delimiter, layout.quote, layout.headers, layout.header_end, footer, packed
    )


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

"""Where the header of a CSV file stands, and what it says."""

import csv
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from pipeline.contract.mapping import Manifest
from pipeline.sources import titles
from pipeline.sources.drop import DataFile
from pipeline.sources.staged import check_headers, refuse, used_headers
from pipeline.sources.text.csv_rules import Layout
from pipeline.sources.text.encodings import PlainText, is_marked, wrong_encoding
from pipeline.sources.text.plain_text import NUL

_DELIMITERS = ",;\t|"
_MAX_HEADER_LINES = 50
"""A header cell with more line breaks than that is an unbalanced quote."""

_PROBE_BYTES = 1 << 16
_SEPARATOR = re.compile(r'"?sep=(.)"?[,;\t| ]*\r?\n', re.IGNORECASE)
"""The first line in which spreadsheets say the delimiter, and empty cells behind it if it was saved again."""


def read_layout(file: DataFile, manifest: Manifest, text: PlainText, header_row: int, footer: int) -> Layout:
    """Find and read the header, by its own words where the delimiter is not given."""
    said = _separator(text.path)
    delimiter, from_row = manifest.delimiter or said, max(header_row, 2 if said else 1)
    title = titles.find(file, _rows(text.path, from_row, delimiter, manifest.quote))
    with text.path.open("rb") as handle:
        n_above = (title.header if title else from_row) - 1
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
        delimiter = delimiter or _sniff(first, manifest.quote)
        names, n_lines = _header_cells(file, chain([first], lines), delimiter, manifest.quote)
    headers = check_headers(file, names, by_place=True)
    used = used_headers(file.tables, headers)
    is_used = tuple(h in used for h in headers)
    return Layout(delimiter, manifest.quote, headers, is_used, n_above + n_lines, footer, title)


def _separator(path: Path) -> str | None:
    """The delimiter that the first line of a file declares, if it does nothing else."""
    with path.open("rb") as handle:
        found = _SEPARATOR.fullmatch(handle.readline(_PROBE_BYTES).decode("utf-8-sig", errors="replace"))
    return found[1] if found else None


def _rows(path: Path, from_row: int, delimiter: str | None, quote: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of the first lines from `from_row` on, as far as each is one by itself."""
    with path.open("rb") as handle:
        for _ in islice(handle, from_row - 1):
            pass
        whole, _, _ = handle.read(_PROBE_BYTES).rpartition(b"\n")
    lines = whole.decode("utf-8-sig", errors="replace").split("\n")[: titles.MOST_ROWS]
    for row, line in enumerate(lines, start=from_row):
        cells = _cells(iter([line.rstrip("\r")]), delimiter or _sniff(line, quote), quote)
        yield row, cells[0] if cells else []


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
    found = _cells(lines, delimiter, quote)
    if found is None:
        raise refuse(file, "has a header with an unbalanced quote; mend the header and send the file again")
    return found


def _cells(lines: Iterator[str], delimiter: str, quote: str) -> tuple[list[str], int] | None:
    """The cells of a record and how many lines it takes; None where a quote is unbalanced."""
    if quote:
        reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)
    else:
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
    try:
        return next(reader), reader.line_num
    except (csv.Error, StopIteration):
        return None

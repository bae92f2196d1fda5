"""How a file without a mapping is probably written: format, encoding, delimiter, where its header stands."""

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.contract.mapping import Format
from pipeline.errors import RefusedError
from pipeline.sections import clean_header
from pipeline.sources.drop import OWNER_FILE, DataFile
from pipeline.sources.redcap.sniffing import is_export
from pipeline.sources.registry import READERS
from pipeline.sources.table_mapping import ENDINGS
from pipeline.sources.text.plain_text import survey, unpack
from pipeline.sources.xlsx.sniffing import SheetLook, sniff_sheets

_PROPOSED: tuple[Format, ...] = ("csv", "ndjson", "parquet", "xlsx")
"""Formats of which every column has a header; forms in REDCap and FHIR are told apart by their dictionaries."""

_OTHER_WORKBOOKS = (".xls", ".xlsb", ".ods", ".numbers")
_TEXT_ENDINGS = (".tsv", ".txt", ".tab", ".tsv.gz", ".txt.gz")
_DELIMITERS = ";\t|,"
"""Semicolon before comma: where decimals are written with a comma, both stand in a line equally often."""

_PROBE_BYTES = 1 << 20
_LINES = 60
_TITLE_LINES = 20
_UTF16_NULS = 0.3
_QUOTED = re.compile(r'"[^"]*"')
_LETTER = "q"
"""What stands for a quoted cell, so that it parts nothing and is not empty."""


@dataclass(frozen=True)
class Sniffed:
    """What a file looks like. `delimiter` is None where the format has none; `header_row` counts from 1.

    `is_ascii`: nothing in it tells one encoding from another. `sheets` are those of a workbook that may be tables.
    """

    format: Format
    encoding: str = "utf-8"
    delimiter: str | None = None
    header_row: int = 1
    is_ascii: bool = True
    sheets: tuple[SheetLook, ...] = ()


def sniff(path: Path) -> Sniffed:
    """Look at the beginning of a file. Raises RefusedError where no reader is for it, or it cannot be opened."""
    form = _format(path)
    if form == "xlsx":
        return Sniffed(form, sheets=sniff_sheets(path))
    if form != "csv":
        return Sniffed(form)
    with TemporaryDirectory() as folder:
        plain = unpack(DataFile(path, path.name, ()), Path(folder))
        with plain.open("rb") as handle:
            probe = handle.read(_PROBE_BYTES)
        bom = survey(plain, "").bom
    encoding = bom[1] if bom else _encoding(probe)
    text = probe.decode(encoding, errors="replace").lstrip("\ufeff")
    delimiter, header_row = _shape(text)
    if is_export(path, _header(text, delimiter, header_row)):
        form = "redcap"
    return Sniffed(form, encoding, delimiter, header_row, is_ascii=probe.isascii() and bom is None)


def readable(folder: Path) -> list[Path]:
    """The files of a folder that some reader is for, by name."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and _known_format(path) is not None and not path.name.startswith(OWNER_FILE)
    )


def _known_format(path: Path) -> Format | None:
    name = path.name.lower()
    for form in _PROPOSED:
        if form in READERS and name.endswith(ENDINGS[form]):
            return form
    return "csv" if name.endswith(_TEXT_ENDINGS) else None


def _format(path: Path) -> Format:
    form = _known_format(path)
    if form is not None:
        return form
    known = ", ".join(ending for form in _PROPOSED if form in READERS for ending in ENDINGS[form])
    if path.name.lower().endswith(_OTHER_WORKBOOKS):
        raise RefusedError(f"{path.name}: this kind of workbook is not read; open it and save it as .xlsx")
    raise RefusedError(f"{path.name}: no mapping can be proposed for this kind of file; expected one of {known}")


def _header(text: str, delimiter: str, header_row: int) -> list[str]:
    """The cells of the header, as far as one line tells them."""
    line = "".join(text.splitlines()[header_row - 1 : header_row])
    try:
        return [clean_header(cell) for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:  # a cell too long to be a header
        return []


def _encoding(probe: bytes) -> str:
    even, odd = probe[::2].count(0), probe[1::2].count(0)
    if probe and even + odd >= _UTF16_NULS * len(probe):
        return "utf-16-le" if odd >= even else "utf-16-be"
    try:
        # the probe may end within a letter
        codecs.getincrementaldecoder("utf-8")().decode(probe, final=len(probe) < _PROBE_BYTES)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _shape(text: str) -> tuple[str, int]:
    """(delimiter, header row): the delimiter that parts most lines into equally many cells, and the first such line
    with more than one name: a spreadsheet saves a title with as many empty cells behind it."""
    lines = [_QUOTED.sub(lambda cell: _LETTER if len(cell[0]) > 2 else "", line) for line in text.splitlines()[:_LINES]]
    best: tuple[float, str, int] = (0.0, ",", 0)
    for delimiter in _DELIMITERS:
        counts = Counter(n for line in lines if (n := line.count(delimiter)))
        if not counts:
            continue
        usual, n_lines = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
        score = n_lines * (1 + usual / 100)
        if score > best[0]:
            best = (score, delimiter, usual)
    _, delimiter, usual = best
    top = enumerate((line.split(delimiter) for line in lines[:_TITLE_LINES]), start=1)
    full = [(place, sum(map(bool, map(str.strip, cells)))) for place, cells in top if len(cells) == usual + 1]
    named = (place for place, n_named in full if n_named > 1)
    return delimiter, next(named, full[0][0] if full else 1)

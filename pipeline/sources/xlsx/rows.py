"""The cells of one sheet, row by row, as text: the XML streams past, one row is held at a time."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from string import digits

from pipeline.sources.xlsx.cells import Render, written
from pipeline.sources.xlsx.oddities import ERRORS, NOT_AVAILABLE, NOT_COMPUTED, Oddities
from pipeline.sources.xlsx.package import Workbook
from pipeline.sources.xlsx.xml import LONGEST_TEXT, Attributes, chunks, feed, plain, refused_where_damaged, xml_parser

Cells = dict[int, str]
"""The cells of a row that say something, by column from 0."""

MAX_COLUMNS = 16_384
"""The last column of a sheet is XFD; no program writes one beyond."""

MAX_ROWS = 1 << 24
"""Excel ends at row 1,048,576, LibreOffice at this one."""

MAX_MERGES = 1_000_000
"""Vertical merges are held in memory while a sheet is read; no sheet that somebody made has as many."""

_MERGE = re.compile(
    rb"<(?:\w{1,20}:)?mergeCell\s[^>]{0,99}?\bref\s{0,9}=\s{0,9}[\"']([A-Z]{1,3})([0-9]{1,8}):[A-Z]{1,3}([0-9]{1,8})[\"']"
)
"""Bounded throughout: it runs over bytes that nobody has checked yet."""

_LONGEST_MERGE = 256
_NOT_COMPUTED = ("0", "0.0")
"""What programs that do not compute write in place of a formula's value."""


def column_of(letters: str) -> int:
    """The number of a column, from 0.

    >>> column_of("A"), column_of("AB"), column_of("XFD")
    (0, 27, 16383)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    if not 0 < number <= MAX_COLUMNS:
        raise ValueError(letters)
    return number - 1


def vertical_merges(book: Workbook, part: str) -> dict[int, list[tuple[int, int]]]:
    """Merged cells of more than one row: by first row, (column of the value, last row).

    They stand behind the cells, so the part is unpacked once more for them; that costs a tenth of reading it.
    """
    found: dict[int, list[tuple[int, int]]] = {}
    n = 0
    with refused_where_damaged(book.name), book.archive.open(part) as stream:
        for match in _matches(chunks(stream)):
            first, last = int(match[2]), int(match[3])
            if last > first:
                n += 1
                found.setdefault(first, []).append((column_of(match[1].decode("ascii")), last))
            if n > MAX_MERGES:
                raise ValueError("merges")
    return found


def _matches(pieces: Iterable[bytes]) -> Iterator[re.Match[bytes]]:
    """Every merge in a part that comes in pieces; one may be cut in two."""
    rest = b""
    for piece in pieces:
        text, end = rest + piece, 0
        for match in _MERGE.finditer(text):
            end = match.end()
            yield match
        rest = text[max(end, len(text) - _LONGEST_MERGE) :]


class RowReader:
    """Handlers that gather cells into rows. What it raises of a damaged part is refused by `rows`."""

    def __init__(self, strings: list[str | None], renders: list[Render], dates: str | None) -> None:
        self.strings, self.renders, self.dates = strings, renders, dates
        self.odd = Oddities()
        self.done: list[tuple[int, Cells]] = []
        self.columns: dict[str, int] = {}
        self.cells: Cells = {}
        self.faults: Cells = {}
        self.row, self.column, self.is_hidden = 0, -1, False
        self.kind, self.style = "n", 0
        self.has_formula = self.has_value = self.captures = self.is_phonetic = False
        self.pieces: list[str] = []
        self.not_computed: tuple[str, ...] = ()
        self.size = 0
        self.prefix: str | None = None
        self.parser = xml_parser(self._root)

    def rows(self, book: Workbook, part: str) -> Iterator[tuple[int, Cells]]:
        """Every row of a sheet that is there, in order, with its cells that say something."""
        self.not_computed = _NOT_COMPUTED if book.awaits_values else ()
        with book.archive.open(part) as stream:
            pieces = chain(chunks(stream), [b""])
            fed = 0
            while True:
                with refused_where_damaged(book.name):
                    piece = next(pieces, None)
                    if piece is not None:
                        fed += feed(self.parser, piece, fed)
                if piece is None:
                    return
                yield from self.done
                self.done.clear()

    def _root(self, name: str, _: Attributes) -> None:
        self.prefix = name[: -len("worksheet")]
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, attributes: Attributes) -> None:
        if self.prefix:
            name = name.removeprefix(self.prefix)
        if name == "c":
            self._open_cell(attributes)
        elif name in ("v", "t"):
            self.captures = not self.is_phonetic
            self.has_value = True
        elif name == "row":
            self._open_row(attributes)
        elif name == "f":
            self.has_formula = True
        elif name == "rPh":
            self.is_phonetic = True

    def _end(self, name: str) -> None:
        if self.prefix:
            name = name.removeprefix(self.prefix)
        if name in ("v", "t"):
            self.captures = False
        elif name == "c":
            self._close_cell()
        elif name == "row":
            self._close_row()
        elif name == "rPh":
            self.is_phonetic = False
        elif name == "sheetData":  # what follows is how the sheet looks
            self.parser.StartElementHandler = self.parser.EndElementHandler = self.parser.CharacterDataHandler = None

    def _text(self, text: str) -> None:
        if self.captures:
            self.pieces.append(text)
            self.size += len(text)
            if self.size > LONGEST_TEXT:
                raise ValueError("text")

    def _open_row(self, attributes: Attributes) -> None:
        number = int(attributes.get("r", self.row + 1))
        if not self.row < number <= MAX_ROWS:
            raise ValueError("rows out of order")
        self.row, self.column, self.cells = number, -1, {}
        self.is_hidden = attributes.get("hidden") in ("1", "true")

    def _close_row(self) -> None:
        """Hand the row over; errors make none by themselves."""
        if self.cells and (self.faults or self.is_hidden):
            self.odd.note(self.row, self.faults, is_hidden=self.is_hidden)
            self.cells |= {column: fault for column, fault in self.faults.items() if fault != NOT_AVAILABLE}
        self.done.append((self.row, self.cells))
        self.faults = {}

    def _open_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        if reference is None:
            self.column += 1
        else:
            letters = reference.rstrip(digits)
            column = self.columns.get(letters)
            if column is None:
                column = self.columns[letters] = column_of(letters)
            self.column = column
        self.kind, self.style = attributes.get("t", "n"), int(attributes.get("s", 0))
        self.has_formula = self.has_value = False

    def _close_cell(self) -> None:
        text = "".join(self.pieces)
        self.pieces.clear()
        self.size = 0
        if not self.has_value or not (text or self.kind == "str"):
            if self.has_formula:
                self.faults[self.column] = NOT_COMPUTED
            return
        if self.has_formula and text in self.not_computed:
            self.faults[self.column] = NOT_COMPUTED
            return
        value = self._value(text)
        if value is not None:
            self.cells[self.column] = value

    def _value(self, text: str) -> str | None:
        match self.kind:
            case "s":
                if not text.isdecimal():  # a negative number would count from the end
                    raise ValueError(text)
                return self.strings[int(text)]
            case "n":
                return self.renders[self.style](text) if self.style < len(self.renders) else self.renders[0](text)
            case "b":
                return "true" if text in ("1", "true") else "false"
            case "e":
                known = text.strip() in (NOT_AVAILABLE, *ERRORS)
                self.faults[self.column] = text.strip() if known else "#VALUE!"
                return None
            case "d":
                return written(datetime.fromisoformat(text.removesuffix("Z")), self.dates)
            case _:
                return plain(text)

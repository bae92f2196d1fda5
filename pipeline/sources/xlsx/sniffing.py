"""What the sheets of a workbook without a mapping look like: where the header stands, what is below the records."""

import unicodedata
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.contract.words import looks_like_data
from pipeline.sources.xlsx.cells import renderers
from pipeline.sources.xlsx.oddities import ERRORS
from pipeline.sources.xlsx.package import Workbook, opened
from pipeline.sources.xlsx.records import Merges
from pipeline.sources.xlsx.rows import Cells, RowReader, vertical_merges

_HEADER_AMONG = 30
"""A header stands among so many rows; what is further down is data."""

_FOOTER_AMONG = 10
"""So many rows at the end may be totals and remarks."""

_FOOTER_CELLS = 2
"""A total has a word and a figure, a remark is one cell; a record has more."""

_LEAST_DISTINCT = 0.75
"""So many of the names in a header are different ones, at least."""

_TOTALS = (
    "total", "totals", "totaux", "totales", "sum", "summe", "somme", "suma", "soma", "gesamt", "anzahl", "nombre",
    "count", "mean", "mittelwert", "moyenne", "media", "média", "average", "n",
)  # fmt: skip
"""First words of a row that counts the others, in the languages that headers are understood in."""


@dataclass(frozen=True)
class SheetLook:
    """One sheet that may be a table: its name, the row of its header (from 1), rows with cells below its records."""

    name: str
    header_row: int = 1
    skip_footer: int = 0


def sniff_sheets(path: Path) -> tuple[SheetLook, ...]:
    """The sheets that are shown and have a header with something below it. Raises RefusedError as reading does."""
    with opened(path, path.name) as book:
        renders = renderers(book.formats(), is_1904=book.is_1904)
        strings = book.strings()
        shown = [sheet for sheet in book.sheets if not sheet.is_hidden]
        found = [(sheet.name, _Glance(book, sheet.part)) for sheet in shown]
        for _, glance in found:
            glance.run(RowReader(strings, renders, None))
    return tuple(
        SheetLook(name, glance.header_row, glance.footer)
        for name, glance in found
        if glance.n_below and glance.header_row
    )


@dataclass
class _Glance:
    """Looks at the rows of one sheet as they stream past."""

    book: Workbook
    part: str
    header_row: int = 0
    width: int = 1
    n_below: int = 0
    last: deque[tuple[int, Cells]] = field(default_factory=lambda: deque(maxlen=_FOOTER_AMONG + 1))

    def run(self, reader: RowReader) -> None:
        merges = Merges(vertical_merges(self.book, self.part))
        n_rows = 0
        for row, cells in reader.rows(self.book, self.part):
            merges.begin(row, cells)
            if not cells:
                continue
            n_rows += 1
            if n_rows <= _HEADER_AMONG and self._is_wider_header({**merges.over(row), **cells}):
                self.header_row, self.n_below = row, 0
                self.last.clear()
                continue
            self.n_below += 1
            self.last.append((row, cells))

    def _is_wider_header(self, cells: Cells) -> bool:
        """Whether these are names, and more of them than in any row before."""
        names = [name for name in cells.values() if name not in ERRORS]
        n = len({*names})  # two columns may be called "Remark"; a row of yes and no has few words, however long it is
        if n <= self.width or any(map(looks_like_data, names)) or n < _LEAST_DISTINCT * len(names):
            return False
        self.width = n
        return True

    @property
    def footer(self) -> int:
        """Rows at the end that count the others, or that an empty row parts from them."""
        n = 0
        for at, (row, cells) in enumerate(reversed(self.last), start=1):
            above = next((r for r, _ in list(reversed(self.last))[at : at + 1]), row - 1)
            if len(cells) > _FOOTER_CELLS or self.width <= _FOOTER_CELLS:
                break
            if _counts(cells) or row - above > 1:
                n = at
        return n


def _counts(cells: Cells) -> bool:
    first = unicodedata.normalize("NFC", cells[min(cells)]).casefold().replace(":", " ").split()
    return bool(first) and first[0] in _TOTALS

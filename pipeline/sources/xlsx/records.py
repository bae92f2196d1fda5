"""From the rows of a sheet to its header and its records: merged cells, footers and template rows told apart."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.contract.templates import EXAMPLE
from pipeline.sources.xlsx.oddities import ERRORS
from pipeline.sources.xlsx.rows import Cells

_PERSON = "participant_id"


@dataclass
class Merges:
    """Cells merged over several rows: the value of the first belongs to all of them.

    `starts` holds, by first row, (column, last row). A cell under a merge that has a value of its own keeps it.
    """

    starts: dict[int, list[tuple[int, int]]]
    active: dict[int, tuple[int, str]] = field(default_factory=dict)

    def begin(self, row: int, cells: Cells) -> None:
        """Remember the merges that start in a row."""
        for column, last in self.starts.get(row, ()):
            if column in cells:
                self.active[column] = (last, cells[column])

    def over(self, row: int) -> Cells:
        """What the merges above give to a row."""
        return {column: value for column, (last, value) in self.active.items() if last >= row}

    def fill(self, row: int, cells: Cells) -> Cells:
        """The cells of a row with what merges give it; `row` may not come before the last one asked for."""
        if not self.active and row not in self.starts:
            return cells
        self.active = {column: held for column, held in self.active.items() if held[0] >= row}
        filled = {**self.over(row), **cells}
        self.begin(row, cells)
        return filled


@dataclass
class Records:
    """Takes the rows of a sheet in order. `head` is called with the header's names, `put` with each record.

    A row without a value of its own under a header is no record, nor is one that a template marks as its example.
    The last `footer` rows are none either. `strays` counts rows with values right of the last header.
    """

    header_row: int
    footer: int
    merges: Merges
    head: Callable[[list[str]], tuple[str, ...]]
    put: Callable[[int, list[str | None]], None]
    headers: tuple[str, ...] | None = None
    header_line: int = 0
    person: int | None = None
    strays: int = 0
    held: deque[tuple[int, Cells]] = field(default_factory=deque)

    def take(self, row: int, cells: Cells) -> None:
        """Take one row; rows come in order, empty ones may be left out."""
        if self.headers is None and row < self.header_row:
            self.merges.begin(row, cells)
        elif self.headers is None and self._is_header(row, cells):
            return
        elif cells:
            self._record(row, cells)

    def finish(self) -> bool:
        """Whether there was a header at all."""
        return self.headers is not None or self._head(self.header_row, self.merges.over(self.header_row))

    def _is_header(self, row: int, cells: Cells) -> bool:
        """Whether this row is the header; one that is merged from above may have no cells of its own."""
        if row > self.header_row and self._head(self.header_row, self.merges.over(self.header_row)):
            return not cells
        self._head(row, {**self.merges.over(row), **cells})
        return True

    def _head(self, row: int, cells: Cells) -> bool:
        told = {column: name for column, name in cells.items() if name not in ERRORS}
        if not told:
            return False
        names = [told.get(column, "") for column in range(max(told) + 1)]
        self.headers, self.header_line = self.head(names), row
        self.person = self.headers.index(_PERSON) if _PERSON in self.headers else None
        self.merges.active.clear()  # a title over the data gives nothing to them
        return True

    def _record(self, row: int, cells: Cells) -> None:
        width = len(self.headers or ())
        self.strays += max(cells) >= width
        if min(cells) >= width:
            return
        if not self.footer:
            self._put(row, cells)
            return
        self.held.append((row, cells))
        if len(self.held) > self.footer:
            self._put(*self.held.popleft())

    def _put(self, row: int, cells: Cells) -> None:
        cells = self.merges.fill(row, cells)
        if self.person is not None and cells.get(self.person, "").casefold() == EXAMPLE:
            return
        width = len(self.headers or ())
        self.put(row, [cells.get(column) for column in range(width)])

"""One sheet of a workbook with reasons beside its rows: the XML streams past, and only marked rows are written anew.

Everything else of the sheet stays as it is, to the byte: formulas, formats, merged cells, drop-down lists.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from xml.sax.saxutils import escape

from pipeline.sender.cells import unformed

_ROW = re.compile(rb"<((?:\w+:)?)row(?=[\s/>])([^>]*?)(/?)>")
_CELL = re.compile(rb"<((?:\w+:)?)c(?=[\s/>])([^>]*?)(?:/>|>(.*?)</\1c>)", re.DOTALL)
_REFERENCE = re.compile(rb"""\s+r\s*=\s*["']([A-Z]*)([0-9]+)["']""")
_STYLE = re.compile(rb"""\s+s\s*=\s*["']([0-9]+)["']""")
_SPANS = re.compile(rb"""\s+spans\s*=\s*["'][^"']*["']""")
_VALUE = re.compile(rb"<(?:\w+:)?[vt](?=[\s>])")
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*/>")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML cannot hold."""

_HEAD = 1 << 16
"""What stands above the rows of a sheet is far shorter."""


@dataclass(frozen=True)
class Reasons:
    """What to write into one sheet, by row: `why` into the column `place` (from 0), colour on the `cells` at fault.

    `styles` is the number of cell styles: the same styles in colour follow them; 0 leaves the cells as they look.
    `clears`: the column is there already, and the rows without a reason lose it and their colour. The header is the
    first row with cells from `header_row` on.
    """

    header_row: int
    header: str
    place: int
    why: Mapping[int, str]
    cells: Mapping[int, Set[int]]
    styles: int = 0
    clears: bool = False

    def concerns(self, row: int) -> bool:
        return row in self.why or (self.clears and row > self.header_row)


def letters(column: int) -> bytes:
    """The name of a column, counted from 0.

    >>> letters(0), letters(27), letters(16383)
    (b'A', b'AB', b'XFD')
    """
    name, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        name = chr(ord("A") + digit) + name
    return name.encode("ascii")


def rewrite(chunks: Iterable[bytes], reasons: Reasons) -> Iterator[bytes]:
    """The sheet's XML with the reasons in it."""
    sheet = _Sheet(reasons)
    buffer, is_head = b"", True
    for chunk in chunks:
        buffer += chunk
        if is_head and len(buffer) < _HEAD and b"sheetData" not in buffer:
            continue
        if is_head:  # how far the cells reach is told there, and need not be
            buffer, is_head = _DIMENSION.sub(b"", buffer, count=1), False
        done, buffer = sheet.take(buffer)
        yield done
    yield buffer


@dataclass
class _Sheet:
    """A sheet on its way: the last row that was seen, and whether the header was."""

    reasons: Reasons
    row: int = 0
    has_header: bool = False

    def take(self, buffer: bytes) -> tuple[bytes, bytes]:
        """(what is finished, what waits for more)."""
        parts: list[bytes] = []
        at = 0
        while (found := _ROW.search(buffer, at)) is not None:
            end = found.end()
            if not found[3]:
                close = b"</" + found[1] + b"row>"
                end = buffer.find(close, found.end()) + len(close)
                if end < len(close):
                    return b"".join(parts) + buffer[at : found.start()], buffer[found.start() :]
            parts += [buffer[at : found.start()], self._row(found, buffer[found.start() : end])]
            at = end
        safe = buffer.rfind(b"<", at)  # a tag may be cut in two
        keep = safe if safe >= 0 and b">" not in buffer[safe:] else len(buffer)
        return b"".join([*parts, buffer[at:keep]]), buffer[keep:]

    def _row(self, opening: re.Match[bytes], text: bytes) -> bytes:
        """A row, with its reason and its colours if it has any."""
        number = _REFERENCE.search(opening[2])
        self.row = int(number[2]) if number else self.row + 1
        is_header = not self.has_header and self.row >= self.reasons.header_row and _VALUE.search(text) is not None
        self.has_header |= is_header
        if not is_header and not self.reasons.concerns(self.row):
            return text
        told = self.reasons.header if is_header else self.reasons.why.get(self.row, "")
        return _written(opening, text, self.row, told, self.reasons, is_header)


def _written(opening: re.Match[bytes], text: bytes, row: int, told: str, reasons: Reasons, is_header: bool) -> bytes:
    prefix = opening[1]
    cells = _cells(text[len(opening[0]) :]) if not opening[3] else {}
    if reasons.clears and reasons.styles:
        cells = {column: _plain(cell, reasons.styles) for column, cell in cells.items()}
    for column in reasons.cells.get(row, ()):
        cells[column] = _coloured(cells.get(column), prefix, letters(column) + str(row).encode(), reasons.styles)
    place = reasons.place
    while place in cells and not reasons.clears:  # a stray cell right of the last header is the sender's
        place += 1
    if told:
        style = 0 if is_header else reasons.styles
        cells[place] = _text_cell(prefix, letters(place) + str(row).encode(), told, style)
    else:
        cells.pop(place, None)
    attributes = _SPANS.sub(b"", opening[2])
    body = b"".join(cells[column] for column in sorted(cells))
    return b"<%brow%b>%b</%brow>" % (prefix, attributes.rstrip(), body, prefix)


def _cells(body: bytes) -> dict[int, bytes]:
    """The cells of a row by column."""
    found: dict[int, bytes] = {}
    column = -1
    for cell in _CELL.finditer(body):
        reference = _REFERENCE.search(cell[2])
        column = _number(reference[1]) if reference and reference[1] else column + 1
        found[column] = cell[0]
    return found


def _number(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _coloured(cell: bytes | None, prefix: bytes, reference: bytes, styles: int) -> bytes:
    """The cell in its own style with a colour behind; an empty one where there was none."""
    if cell is None:
        return b'<%bc r="%b"%b/>' % (prefix, reference, b' s="%d"' % styles if styles else b"")
    if not styles:
        return cell
    opening = _CELL.match(cell)
    own = _STYLE.search(opening[2]) if opening else None
    head = len(prefix) + 2
    if own is None:
        return b'%b s="%d"%b' % (cell[:head], styles, cell[head:])
    number = int(own[1])
    if opening is None or number >= styles:  # in colour already, or a style that is not there
        return cell
    start = opening.start(2) + own.start(1)
    return b"%b%d%b" % (cell[:start], number + styles, cell[start + len(own[1]) :])


def _plain(cell: bytes, styles: int) -> bytes:
    """The cell without the colour that an earlier copy gave it."""
    opening = _CELL.match(cell)
    own = _STYLE.search(opening[2]) if opening else None
    if opening is None or own is None or int(own[1]) < styles:
        return cell
    start = opening.start(2) + own.start(1)
    return b"%b%d%b" % (cell[:start], int(own[1]) - styles, cell[start + len(own[1]) :])


def _text_cell(prefix: bytes, reference: bytes, text: str, style: int) -> bytes:
    shown = escape(_UNWRITABLE.sub(" ", unformed(text))).encode("utf-8")
    own = b' s="%d"' % style if style else b""
    return b'<%bc r="%b" t="inlineStr"%b><%bis><%bt xml:space="preserve">%b</%bt></%bis></%bc>' % (
        prefix, reference, own, prefix, prefix, shown, prefix, prefix, prefix,
    )  # fmt: skip

"""The plain lines of a long CSV file, told from its bytes: what is left for SQL to take apart are the few odd ones.

A line is plain where no quote and no NUL stands in it, it decodes, and it has a record's own number of delimiters: the
rules of `csv_rules` call such a line a record, and to cut it there is nothing to do but to look for delimiters.
"""

import codecs
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.contract.staged import is_why_not_taken
from pipeline.sources.csv_rules import Layout
from pipeline.sources.plain_text import NUL, UNDECODABLE, whole_lines
from pipeline.sources.text_rows import TextRows, side_by_side

ODD = "odd.parquet"
"""`line` and `text` of the lines that are not plain."""

LEAST_BYTES = 1 << 20
"""A shorter file is taken apart line by line at once."""

MOST_ODD = 0.1
"""With more odd lines than that (a program that quotes every cell) taking them out one by one is no gain."""

_PIECE = 1 << 20
"""What is made of so many bytes stays in a core's own memory: of four times as many it takes half as long again."""

_LF = 10
_ASCII_END = 128
_MARKS = (UNDECODABLE.encode(), NUL.encode(), codecs.BOM_UTF8)
"""A mark of byte order is taken for no text where it begins a piece."""

_LINES = pa.schema([("line", pa.uint32()), ("text", pa.string())])
_Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Sieved:
    """The number of the last line, and how many lines are plain."""

    last: int
    n_plain: int


def is_sievable(path: Path, layout: Layout) -> bool:
    """Whether the lines of this file can be told by their bytes, and it is worth the while."""
    marks = (layout.delimiter, layout.quote)
    single = all(len(mark.encode()) == 1 and not mark.isdigit() for mark in marks)
    many = layout.n_columns > 1 and not layout.skip_footer and path.stat().st_size >= LEAST_BYTES
    # of the lines of a file that came back more is read than their cells
    return single and layout.delimiter != " " and many and not any(map(is_why_not_taken, layout.headers))


def sieve(path: Path, layout: Layout, work: Path, rows: TextRows) -> Sieved | None:
    """Write the cells of the plain lines of a file with LF line ends into `rows`, and ODD into `work`.

    None where too many of its lines are odd.
    """
    last, n_odd = layout.header_end, 0
    with path.open("rb") as handle, pq.ParquetWriter(work / ODD, _LINES, compression="snappy") as writer:
        for _ in islice(handle, layout.header_end):
            pass
        for piece in side_by_side(lambda chunk: _divide(chunk, layout, rows), whole_lines(handle, _PIECE)):
            if piece is None:
                return None
            numbers = np.arange(last + 1, last + 1 + len(piece.is_odd), dtype=np.uint32)
            rows.write(numbers[~piece.is_odd], piece.cells)
            odd = [pa.array(numbers[piece.is_odd]), pa.array(piece.odd, pa.string())]
            writer.write_batch(pa.record_batch(odd, schema=_LINES))
            last, n_odd = last + len(piece.is_odd), n_odd + len(piece.odd)
            if n_odd > MOST_ODD * last:
                return None
    return Sieved(last, last - layout.header_end - n_odd)


@dataclass(frozen=True)
class _Piece:
    """Whole lines: which are odd, the texts of these, and the cells of the others."""

    is_odd: _Array
    odd: list[str]
    cells: pa.Table | None


def _divide(chunk: bytes, layout: Layout, rows: TextRows) -> _Piece | None:
    """Tell the lines of a piece apart; None of a line that is too long."""
    if not chunk.endswith(b"\n"):
        return None
    starts, is_odd = _judge(chunk, layout)
    places = np.flatnonzero(is_odd)
    begins, ends = starts[places], starts[places + 1]
    texts = [_text(chunk[a : b - 1]) for a, b in zip(begins, ends, strict=True)]
    plain = zip([0, *ends], [*begins, len(chunk)], strict=True)
    return _Piece(is_odd, texts, rows.cut(b"".join(chunk[a:b] for a, b in plain), layout.delimiter))


def _judge(chunk: bytes, layout: Layout) -> tuple[_Array, _Array]:
    """(where each line starts and the last one has ended; which lines are odd)."""
    buffer = np.frombuffer(chunk, np.uint8)
    ends = np.flatnonzero(buffer == _LF)
    starts = np.concatenate(([0], ends + 1))
    lengths = np.diff(starts)
    is_odd = _n_delimiters(buffer == ord(layout.delimiter), starts, lengths.max()) != layout.n_columns - 1
    for byte in (layout.quote.encode(), b"\0"):
        if byte in chunk:
            is_odd[np.searchsorted(ends, np.flatnonzero(buffer == ord(byte)))] = True
    if not chunk.isascii() and not _decodes(chunk):
        is_odd[np.searchsorted(ends, np.flatnonzero(buffer >= _ASCII_END))] = True
    return starts, is_odd


def _n_delimiters(is_delimiter: _Array, starts: _Array, longest: int) -> _Array:
    """How many delimiters stand in each line, counted in bytes where no line is too long for that."""
    kind = np.uint8 if longest <= np.iinfo(np.uint8).max else np.uint32
    return np.add.reduceat(is_delimiter.view(np.uint8), starts[:-1], dtype=kind)


def _decodes(chunk: bytes) -> bool:
    if any(mark in chunk for mark in _MARKS):
        return False
    try:
        codecs.decode(chunk, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="needling-mark").replace("\0", NUL)

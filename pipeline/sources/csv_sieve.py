"""The plain lines of a long CSV file, told from its bytes: what is left for SQL to take apart are the few odd ones.

A line is plain where no quote and no NUL stands in it, it decodes, and it has a record's own number of delimiters: the
rules of `csv_rules` call such a line a record. Plain lines are copied as they are, an odd one leaves a row of empty
cells after a mark, so that the number of a row tells its physical line.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.contract.staged import is_why_not_taken
from pipeline.sources.csv_rules import Layout
from pipeline.sources.plain_text import MAX_LINE_BYTES, NUL, UNDECODABLE

ODD = "odd.parquet"
"""`line` and `text` of the lines that are not plain."""

PLAIN = "plain.csv"

GAP = "\x1c"
"""First cell of the row that an odd line leaves. A line in which it stands of its own is odd."""

LEAST_BYTES = 1 << 20
"""A shorter file is taken apart line by line at once."""

MOST_ODD = 0.1
"""With more odd lines than that (a program that quotes every cell) taking them out one by one is no gain."""

_CHUNK = 1 << 22
_LF = 10
_ASCII_END = 128
_MARKS = (UNDECODABLE.encode(), NUL.encode())

_LINES = pa.schema([("line", pa.uint32()), ("text", pa.string())])
_Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Sieved:
    """`n_lines` are the lines below the header, `last` is the number of the file's last one."""

    n_lines: int
    last: int


def is_sievable(path: Path, layout: Layout) -> bool:
    """Whether the lines of this file can be told by their bytes, and it is worth the while."""
    single = all(len(mark.encode()) == 1 for mark in (layout.delimiter, layout.quote))
    many = layout.n_columns > 1 and not layout.skip_footer and path.stat().st_size >= LEAST_BYTES
    # of the lines of a file that came back more is read than their cells
    return single and layout.delimiter != " " and many and not any(map(is_why_not_taken, layout.headers))


def sieve(path: Path, layout: Layout, work: Path) -> Sieved | None:
    """Write PLAIN and ODD of a file with LF line ends into `work`; None where it has too many odd lines for that."""
    empty_row = GAP.encode() + layout.delimiter.encode() * (layout.n_columns - 1) + b"\n"
    first, n_odd = 1, 0
    with (work / PLAIN).open("wb") as plain, pq.ParquetWriter(work / ODD, _LINES, compression="snappy") as odd:
        for chunk in _chunks(path):
            if len(chunk) > MAX_LINE_BYTES:
                return None
            starts, is_odd = _judge(chunk, layout)
            skipped = max(0, layout.header_end + 1 - first)
            places = np.flatnonzero(is_odd[skipped:]) + skipped
            plain.write(_plain(chunk, starts, places, skipped, empty_row))
            texts = [_text(chunk[starts[p] : starts[p + 1] - 1]) for p in places]
            numbers = pa.array((places + first).astype(np.uint32))
            odd.write_batch(pa.record_batch([numbers, pa.array(texts, pa.string())], schema=_LINES))
            first, n_odd = first + len(is_odd), n_odd + len(places)
            if n_odd > MOST_ODD * first:
                return None
    return Sieved(max(0, first - 1 - layout.header_end), first - 1)


def _chunks(path: Path) -> Iterator[bytes]:
    """The file in pieces of whole lines, the last one with an end; too long a line is the last piece."""
    rest = b""
    with path.open("rb") as handle:
        while block := handle.read(_CHUNK):
            whole, newline, rest = (rest + block).rpartition(b"\n")
            if newline:
                yield whole + newline
            if len(rest) > MAX_LINE_BYTES:
                yield rest
                return
    if rest:
        yield rest + b"\n"


def _judge(chunk: bytes, layout: Layout) -> tuple[_Array, _Array]:
    """(where each line starts and the last one has ended; which lines are odd)."""
    buffer = np.frombuffer(chunk, np.uint8)
    ends = np.flatnonzero(buffer == _LF)
    starts = np.concatenate(([0], ends + 1))
    is_odd = _n_delimiters(buffer == ord(layout.delimiter), starts) != layout.n_columns - 1
    for byte in (layout.quote.encode(), b"\0", GAP.encode()):
        if byte in chunk:
            is_odd[np.searchsorted(ends, np.flatnonzero(buffer == ord(byte)))] = True
    if not chunk.isascii() and not _decodes(chunk):
        is_odd[np.searchsorted(ends, np.flatnonzero(buffer >= _ASCII_END))] = True
    return starts, is_odd


def _n_delimiters(is_delimiter: _Array, starts: _Array) -> _Array:
    """How many delimiters stand in each line, counted in bytes where no line is too long for that."""
    kind = np.uint8 if np.diff(starts).max() <= np.iinfo(np.uint8).max else np.uint32
    return np.add.reduceat(is_delimiter.view(np.uint8), starts[:-1], dtype=kind)


def _decodes(chunk: bytes) -> bool:
    if any(mark in chunk for mark in _MARKS):
        return False
    try:
        codecs.decode(chunk, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _plain(chunk: bytes, starts: _Array, places: _Array, skipped: int, empty_row: bytes) -> bytes:
    """The lines in runs, each ended by an odd line; the odd ones are few, so that the loop is short."""
    begins = np.concatenate(([starts[skipped] if skipped < len(starts) else len(chunk)], starts[places + 1]))
    ends = np.concatenate((starts[places], [len(chunk)]))
    return empty_row.join(chunk[begin:end] for begin, end in zip(begins, ends, strict=True))


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="needling-mark").replace("\0", NUL)

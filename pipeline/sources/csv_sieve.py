"""The plain lines of a long CSV file, told from its bytes: what is left for SQL to take apart are the few odd ones.

A line is plain where no quote and no NUL stands in it, it decodes, and it has a record's own number of delimiters: the
rules of `csv_rules` call such a line a record. Plain lines are copied as they are behind the number of their line, so
that nothing hangs on the order in which they are read.
"""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.contract.staged import is_why_not_taken
from pipeline.sources.csv_rules import Layout
from pipeline.sources.plain_text import MAX_LINE_BYTES, NUL, UNDECODABLE

ODD = "odd.parquet"
"""`line` and `text` of the lines that are not plain."""

LEAST_BYTES = 1 << 20
"""A shorter file is taken apart line by line at once."""

MOST_ODD = 0.1
"""With more odd lines than that (a program that quotes every cell) taking them out one by one is no gain."""

LONGEST = 1 << 20
"""DuckDB reads no line of over two million bytes: one that comes near is odd, and cut in SQL."""

_CHUNK = 1 << 22
_LF = 10
_UNDERSCORE, _ZERO, _NINE = b"_09"
_ASCII_END = 128
_MARKS = (UNDECODABLE.encode(), NUL.encode())

_LINES = pa.schema([("line", pa.uint32()), ("text", pa.string())])
_Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Sieved:
    """Lines `first` to `last` lie below the header; `odd` are the numbers of those that are not plain.

    `plain` holds the others, each behind its number. `has_grouped_digits`: 1_000 stands somewhere, which DuckDB takes
    for a number and the contract does not.
    """

    plain: Path
    first: int
    last: int
    odd: _Array
    has_grouped_digits: bool

    @property
    def n_plain(self) -> int:
        return self.last - self.first + 1 - len(self.odd)

    def without(self, known: Iterable[_Array], out: Path) -> int:
        """Write the plain lines whose numbers are not `known`, as they lie in `plain`; the answer is how many."""
        is_wanted = np.ones(self.last - self.first + 1, np.bool_)
        for numbers in known:
            is_wanted[numbers - self.first] = False
        is_plain = np.ones(len(is_wanted), np.bool_)
        is_plain[self.odd - self.first] = False
        is_wanted, row = is_wanted[is_plain], 0
        with out.open("wb") as target:
            for chunk in _chunks(self.plain):
                ends = np.concatenate(([0], np.flatnonzero(np.frombuffer(chunk, np.uint8) == _LF) + 1))
                places = np.flatnonzero(is_wanted[row : row + len(ends) - 1])
                target.writelines(chunk[ends[p] : ends[p + 1]] for p in places)
                row += len(ends) - 1
        return int(np.count_nonzero(is_wanted))


def is_sievable(path: Path, layout: Layout) -> bool:
    """Whether the lines of this file can be told by their bytes, and it is worth the while."""
    marks = (layout.delimiter, layout.quote)
    single = all(len(mark.encode()) == 1 and not mark.isdigit() for mark in marks)
    many = layout.n_columns > 1 and not layout.skip_footer and path.stat().st_size >= LEAST_BYTES
    # of the lines of a file that came back more is read than their cells
    return single and layout.delimiter != " " and many and not any(map(is_why_not_taken, layout.headers))


def sieve(path: Path, layout: Layout, work: Path, plain: Path) -> Sieved | None:
    """Write `plain`, and ODD into `work`, of a file with LF line ends; None where too many of its lines are odd."""
    first, odd, has_grouped_digits = 1, [np.empty(0, np.uint32)], False
    with plain.open("wb") as target, pq.ParquetWriter(work / ODD, _LINES, compression="snappy") as writer:
        for chunk in _chunks(path):
            if len(chunk) > MAX_LINE_BYTES:
                return None
            starts, is_odd = _judge(chunk, layout)
            skipped = min(max(0, layout.header_end + 1 - first), len(is_odd))
            places = np.flatnonzero(is_odd[skipped:]) + skipped
            numbers = np.arange(first, first + len(is_odd), dtype=np.uint32)
            is_plain = ~is_odd
            is_plain[:skipped] = False
            target.write(_numbered(chunk, starts, numbers, is_plain, layout.delimiter.encode()))
            texts = [_text(chunk[starts[p] : starts[p + 1] - 1]) for p in places]
            odd.append(numbers[places])
            writer.write_batch(pa.record_batch([pa.array(odd[-1]), pa.array(texts, pa.string())], schema=_LINES))
            has_grouped_digits = has_grouped_digits or _groups_digits(chunk)
            first += len(is_odd)
            if sum(map(len, odd)) > MOST_ODD * first:
                return None
    below = layout.header_end + 1
    return Sieved(plain, below, max(first, below) - 1, np.concatenate(odd), has_grouped_digits)


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
    lengths = np.diff(starts)
    is_odd = _n_delimiters(buffer == ord(layout.delimiter), starts, lengths.max()) != layout.n_columns - 1
    is_odd |= lengths > LONGEST
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


def _numbered(chunk: bytes, starts: _Array, numbers: _Array, is_plain: _Array, delimiter: bytes) -> memoryview:
    """The plain lines with their ends, each behind its number."""
    places = pa.py_buffer(starts.astype(np.int32))
    lines = pa.BinaryArray.from_buffers(pa.binary(), len(numbers), [None, places, pa.py_buffer(chunk)])
    told = pa.array(numbers[is_plain]).cast(pa.string()).cast(pa.binary())
    joined = pc.binary_join_element_wise(told, lines.filter(pa.array(is_plain)), pa.scalar(delimiter, pa.binary()))
    ends = np.frombuffer(joined.buffers()[1], np.int32)[: len(joined) + 1]
    return memoryview(joined.buffers()[2] or b"")[ends[0] : ends[-1]]


def _groups_digits(chunk: bytes) -> bool:
    """Whether an underscore stands between two digits."""
    if b"_" not in chunk:
        return False
    buffer = np.frombuffer(chunk, np.uint8)
    places = np.flatnonzero(buffer[1:-1] == _UNDERSCORE) + 1
    before, after = buffer[places - 1], buffer[places + 1]
    return bool(np.any((before >= _ZERO) & (before <= _NINE) & (after >= _ZERO) & (after <= _NINE)))


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="needling-mark").replace("\0", NUL)

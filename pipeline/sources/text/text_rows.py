"""Rows of text on their way into Parquet, cut out of a long file piece by piece.

A column in which few values stand many times is kept as a dictionary: whoever reads the file looks at each value once.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from pipeline.engine import arrow
from pipeline.sources.staged import LINE

_Made = TypeVar("_Made")

_WORKERS = min(4, len(os.sched_getaffinity(0)))
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())
_TOGETHER = 1 << 17
"""So many rows are written together, for a file in small parts is slow to read."""

_MOST_DIFFERENT = 0.5
"""With a larger share of different values a dictionary is no shorter than the column."""


def side_by_side(work: Callable[[bytes], _Made], pieces: Iterable[bytes]) -> Iterator[_Made]:
    """What `work` makes of each piece, in their order; a few pieces are in hand at the same time."""
    ahead: deque[Future[_Made]] = deque()
    with ThreadPoolExecutor(_WORKERS) as pool:
        for piece in pieces:
            ahead.append(pool.submit(work, piece))
            if len(ahead) > _WORKERS:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


class TextRows:
    """A Parquet file of `__line` and a column of text per header, written in pieces."""

    def __init__(self, out: Path, headers: Sequence[str]) -> None:
        self.out, self.headers = out, headers
        self._kinds: dict[str, pa.DataType] = {}
        self._held: list[pa.Table] = []
        self._writer: pq.ParquetWriter | None = None

    def cut(self, lines: bytes | memoryview, delimiter: str, headers: Sequence[str] | None = None) -> pa.Table:
        """The cells of one or more whole lines with LF ends, each with as many as there are `headers`."""
        names = self.headers if headers is None else headers
        return pyarrow.csv.read_csv(
            pa.BufferReader(lines),
            pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=len(lines) + 1),
            pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=False),
            pyarrow.csv.ConvertOptions(
                column_types={name: self._kinds.get(name, _DICTIONARY) for name in names},
                null_values=[],
                check_utf8=False,
            ),
        )

    def write(self, numbers: npt.NDArray[Any], cells: pa.Table) -> None:
        """Add rows, with NULL where they lack a column; the first decide which columns are kept as dictionaries."""
        writer = self._writer or self._begin({name: _kind(cells[name]) for name in cells.column_names})
        columns = [self._column(cells, header) for header in self.headers]
        self._held.append(pa.table([arrow.column(numbers), *columns], schema=writer.schema))
        if sum(map(len, self._held)) >= _TOGETHER:
            self._write_held(writer)

    def _write_held(self, writer: pq.ParquetWriter) -> None:
        held, self._held = self._held, []
        if held:
            writer.write_table(pa.concat_tables(held).unify_dictionaries())

    def append(self, path: Path) -> None:
        """Add the rows of another file with the same columns."""
        for batch in pq.ParquetFile(path).iter_batches():
            table = pa.Table.from_batches([batch])
            self.write(arrow.numbers(table[LINE]), table.select(list(self.headers)))

    def close(self) -> None:
        """Write the file to its end."""
        writer = self._writer or self._begin(dict.fromkeys(self.headers, pa.string()))
        self._write_held(writer)
        writer.close()

    def _begin(self, kinds: Mapping[str, pa.DataType]) -> pq.ParquetWriter:
        self._kinds = {header: kinds.get(header, _DICTIONARY) for header in self.headers}
        schema = pa.schema([(LINE, pa.uint32()), *self._kinds.items()])
        few = [header for header, kind in self._kinds.items() if kind == _DICTIONARY]
        self._writer = pq.ParquetWriter(
            self.out,
            schema,
            compression="snappy",
            use_dictionary=few,
            write_statistics=False,
            max_rows_per_page=2 * _TOGETHER,
        )
        return self._writer

    def _column(self, cells: pa.Table, header: str) -> pa.ChunkedArray | pa.Array:
        kind, has_cells = self._kinds[header], header in cells.column_names
        return _as(cells[header], kind) if has_cells else pa.nulls(len(cells), kind)


def _kind(column: pa.ChunkedArray) -> pa.DataType:
    if column.type != _DICTIONARY:
        return pa.string()
    return _DICTIONARY if len(column.chunk(0).dictionary) <= _MOST_DIFFERENT * len(column) else pa.string()


def _as(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if column.type == kind:
        return column
    return column.dictionary_encode() if kind == _DICTIONARY else column.cast(kind)

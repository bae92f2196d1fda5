"""Rows of text on their way into Parquet, cut out of a long file piece by piece.

A column in which few values stand many times is kept as a dictionary: whoever reads the file looks at each value once.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from pipeline.sources.staged import LINE

_Made = TypeVar("_Made")

_WORKERS = min(4, len(os.sched_getaffinity(0)))
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())
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
        self._kinds: list[pa.DataType] = []
        self._writer: pq.ParquetWriter | None = None

    def cut(self, lines: bytes, delimiter: str, quote: str | None = None) -> pa.Table | None:
        """The cells of whole lines with LF ends, each with as many as there are headers; None of no line.

        With a `quote`, whole cells may stand in quotes, and one without them that says null is NULL.
        """
        if not lines:
            return None
        kinds = self._kinds or [_DICTIONARY] * len(self.headers)
        return pyarrow.csv.read_csv(
            pa.BufferReader(lines),
            pyarrow.csv.ReadOptions(column_names=self.headers, use_threads=False, block_size=len(lines) + 1),
            pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=quote or False),
            pyarrow.csv.ConvertOptions(
                column_types=dict(zip(self.headers, kinds, strict=True)),
                null_values=["null"],
                strings_can_be_null=quote is not None,
                quoted_strings_can_be_null=False,
            ),
        )

    def write(self, numbers: npt.NDArray[Any], cells: pa.Table | None) -> None:
        """Add rows; the first decide which columns are kept as dictionaries."""
        if cells is None:
            return
        writer = self._writer or self._begin(list(map(_kind, cells.columns)))
        columns = [_as(column, kind) for column, kind in zip(cells.columns, self._kinds, strict=True)]
        writer.write_table(pa.table([pa.array(numbers, pa.uint32()), *columns], schema=writer.schema))

    def append(self, path: Path) -> None:
        """Add the rows of another file with the same columns."""
        for batch in pq.ParquetFile(path).iter_batches():
            table = pa.Table.from_batches([batch])
            self.write(table[LINE].to_numpy(), table.select(list(self.headers)))

    def close(self) -> None:
        """Write the file to its end."""
        (self._writer or self._begin([pa.string()] * len(self.headers))).close()

    def _begin(self, kinds: list[pa.DataType]) -> pq.ParquetWriter:
        schema = pa.schema([(LINE, pa.uint32()), *zip(self.headers, kinds, strict=True)])
        few = [header for header, kind in zip(self.headers, kinds, strict=True) if kind == _DICTIONARY]
        self._kinds = kinds
        self._writer = pq.ParquetWriter(
            self.out, schema, compression="snappy", use_dictionary=few, write_statistics=False
        )
        return self._writer


def _kind(column: pa.ChunkedArray) -> pa.DataType:
    if column.type != _DICTIONARY:
        return pa.string()
    return _DICTIONARY if len(column.chunk(0).dictionary) <= _MOST_DIFFERENT * len(column) else pa.string()


def _as(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if column.type == kind:
        return column
    return column.dictionary_encode() if kind == _DICTIONARY else column.cast(kind)

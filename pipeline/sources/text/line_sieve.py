"""The plain lines of a long text file, told from its bytes: what is left for SQL to take apart are the few odd ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.engine import arrow
from pipeline.sources.text.line_bytes import Array, Lines
from pipeline.sources.text.plain_text import whole_lines
from pipeline.sources.text.text_rows import TextRows, side_by_side

ODD = "odd.parquet"
"""`line` and `text` of the lines that are not plain."""

LEAST_BYTES = 1 << 20
"""A shorter file is taken apart line by line at once."""

MOST_ODD = 0.1
"""With more odd lines than that (a program that quotes every cell) taking them out one by one is no gain."""

_LINES = pa.schema([("line", pa.uint32()), ("text", pa.string())])

Cells = tuple[Array, pa.Table]
"""The places of some plain lines in their piece, and their cells."""


@dataclass(frozen=True)
class Sieved:
    """The number of the last line, how many lines are plain, and where each list of columns was first seen."""

    last: int
    n_plain: int
    first: Mapping[tuple[str, ...], int]


@dataclass(frozen=True)
class _Piece:
    """What became of a piece of `n` lines: the cells of those that are plain, and the texts of the others."""

    n: int
    cells: Sequence[Cells]
    odd: Array
    texts: Sequence[str]


@dataclass(frozen=True)
class Sieve:
    """`divide` gives the cells of those of some lines that are plain; of `n_bytes` of a file at a time.

    The first `n_above` lines of the file are none of its records.
    """

    divide: Callable[[Lines], Sequence[Cells]]
    n_bytes: int
    n_above: int = 0

    def run(self, path: Path, work: Path, rows: TextRows) -> Sieved | None:
        """Write the cells of the plain lines of a file with LF line ends into `rows`, and ODD into `work`.

        None where too many of its lines are odd, or one is too long.
        """
        last, n_odd, first = self.n_above, 0, dict[tuple[str, ...], int]()
        with path.open("rb") as handle, pq.ParquetWriter(work / ODD, _LINES, compression="snappy") as writer:
            for _ in islice(handle, self.n_above):
                pass
            for piece in side_by_side(self._sort, whole_lines(handle, self.n_bytes)):
                if piece is None:
                    return None
                numbers = np.arange(last + 1, last + 1 + piece.n, dtype=np.uint32)
                for places, cells in piece.cells:
                    rows.write(numbers[places], cells)
                    first.setdefault(tuple(cells.column_names), int(numbers[places[0]]))
                odd = [arrow.column(numbers[piece.odd]), arrow.texts(piece.texts)]
                writer.write_batch(pa.record_batch(odd, schema=_LINES))
                last, n_odd = last + piece.n, n_odd + len(piece.odd)
                if n_odd > MOST_ODD * last:
                    return None
        return Sieved(last, last - self.n_above - n_odd, first)

    def _sort(self, chunk: bytes) -> _Piece | None:
        if not chunk.endswith(b"\n"):
            return None
        lines = Lines(chunk)
        is_odd, cells = np.ones(len(lines), np.bool_), self.divide(lines)
        for places, _ in cells:
            is_odd[places] = False
        odd = np.flatnonzero(is_odd)
        return _Piece(len(lines), cells, odd, lines.texts(odd))

"""The plain lines of a long NDJSON file: those written in one of its shapes, of which a few looks at it have told.

Such a line is cut at its commas, and its cells are held against the shape: that each of them is a key of the shape
with a plain value proves the line to be an object with these keys, and to be cut rightly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.engine import arrow
from pipeline.sources.text import line_sieve
from pipeline.sources.text.line_bytes import Array, Lines
from pipeline.sources.text.line_sieve import Cells, Sieve
from pipeline.sources.text.ndjson_shapes import MOST_KEYS, Shape, find_shapes
from pipeline.sources.text.text_rows import TextRows

_PIECE = 1 << 23
"""In smaller pieces more is spent on columns than on what they hold."""


@dataclass(frozen=True)
class PlainLines:
    """The `n` plain lines of a file as rows that are not yet closed, and where each sequence of keys was first seen."""

    rows: TextRows
    n: int
    sights: list[tuple[int, tuple[str, ...]]]


def sieve(path: Path, work: Path, out: Path) -> PlainLines | None:
    """Write the plain lines of a file with LF line ends into `out`, and the odd ones into `work`.

    None where the file is short, or too many of its lines are odd.
    """
    shapes = find_shapes(path) if path.stat().st_size >= line_sieve.LEAST_BYTES else []
    keys = list(dict.fromkeys(pair.key for shape in shapes for pair in shape))
    if not 0 < len(keys) <= MOST_KEYS:
        return None
    rows = TextRows(out, keys)
    sieved = Sieve(partial(_divide, shapes, rows), _PIECE).run(path, work, rows)
    if sieved is None:
        rows.close()
        return None
    return PlainLines(rows, sieved.n_plain, [(line, keys) for keys, line in sieved.first.items()])


def _divide(shapes: Sequence[Shape], rows: TextRows, lines: Lines) -> list[Cells]:
    is_left = np.ones(len(lines), np.bool_)
    for odd in (lines.holding("\\"), lines.controlled(), lines.undecodable()):
        is_left[odd] = False
    n_commas, found = lines.count(","), []
    for shape in shapes:
        is_alike = is_left & (n_commas == len(shape) - 1)
        if not is_alike.any():
            continue
        places, cells = np.flatnonzero(is_alike), rows.cut(lines.chosen(is_alike), ",", [pair.key for pair in shape])
        fits, values = _held(shape, cells)
        places, values = places[fits], values if fits.all() else values.take(arrow.column(np.flatnonzero(fits)))
        is_left[places] = False
        if len(places):
            found.append((places, values))
    return found


def _held(shape: Shape, cells: pa.Table) -> tuple[Array, pa.Table]:
    """(which rows are written in a shape, the values in these); a column with a dictionary keeps one."""
    fits, columns = np.ones(len(cells), np.bool_), []
    for pair, column in zip(shape, cells.columns, strict=True):
        cell = column.chunk(0)
        if isinstance(cell, pa.DictionaryArray):
            told, values = pair.values(cell.dictionary)
            few, places = values.dictionary_encode(), cell.indices
            told = None if told is None else told[arrow.numbers(places)]
            if len(few.dictionary) < len(values):  # there is a null, or 1.5 and 1.50
                places = few.indices.take(places)
            columns.append(pa.DictionaryArray.from_arrays(places, few.dictionary))
        else:
            told, values = pair.values(cell)
            columns.append(values)
        if told is not None:
            fits &= told
    return fits, pa.table(columns, names=cells.column_names)

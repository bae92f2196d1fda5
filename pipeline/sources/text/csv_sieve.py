"""The plain lines of a long CSV file.

A line is plain where no quote and no NUL stands in it, it decodes, and it has a record's own number of delimiters: the
rules of `csv_rules` call such a line a record, and to cut it there is nothing to do but to look for delimiters.
"""

from functools import partial
from pathlib import Path

import numpy as np

from pipeline.contract.staged import is_why_not_taken
from pipeline.sources.text import line_sieve
from pipeline.sources.text.csv_rules import Layout
from pipeline.sources.text.line_bytes import Lines
from pipeline.sources.text.line_sieve import Cells, Sieve, Sieved
from pipeline.sources.text.text_rows import TextRows

_PIECE = 1 << 20
"""What is made of so many bytes stays in a core's own memory: of four times as many it takes half as long again."""


def is_sievable(path: Path, layout: Layout) -> bool:
    """Whether the lines of this file can be told by their bytes, and it is worth the while."""
    marks = (layout.delimiter, layout.quote)
    single = all(len(mark.encode()) == 1 and not mark.isdigit() for mark in marks)
    many = layout.n_columns > 1 and not layout.skip_footer and path.stat().st_size >= line_sieve.LEAST_BYTES
    # of the lines of a file that came back more is read than their cells
    return single and layout.delimiter != " " and many and not any(map(is_why_not_taken, layout.headers))


def sieve(path: Path, layout: Layout, work: Path, rows: TextRows) -> Sieved | None:
    """Write the cells of the plain lines of a file with LF line ends into `rows`, and the odd lines into `work`.

    None where too many of its lines are odd.
    """
    return Sieve(partial(_divide, layout, rows), _PIECE, layout.header_end).run(path, work, rows)


def _divide(layout: Layout, rows: TextRows, lines: Lines) -> list[Cells]:
    is_plain = lines.count(layout.delimiter) == layout.n_columns - 1
    for odd in (lines.holding(layout.quote), lines.holding("\0"), lines.undecodable()):
        is_plain[odd] = False
    places = np.flatnonzero(is_plain)
    return [(places, rows.cut(lines.chosen(is_plain), layout.delimiter))] if len(places) else []

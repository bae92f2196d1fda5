"""A file of a drop after it has been read as text: what the readers hand to landing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline.contract.mapping import TableMapping

WHY_NOT_TAKEN = "why not taken"
"""Header of the column that files handed back to their sender carry; when they return, it is no data."""

LISTING_ENDING = ".why-not-taken.csv"
"""End of the name of the list that stands beside a file which cannot carry that column."""

REFERENCE = r"\[ref ([0-9a-f]{12})\]"
"""How a cell of that column names its entries of the quarantine: by the first digits of their keys."""

ANSWERS = "answers"
"""Column of malformed lines of a file that came back: the references that stand in the line."""


LEAST_RECORDS = 50_000
"""A shorter file is read with care as a whole: two ways would cost more than they save."""

NOTHING = ("", "NA")
"""Cells that say nothing, as most programs write it."""


@dataclass(frozen=True)
class Typed:
    """Rows of a scan in which the columns of `headers` have the types that were asked for, the others are text.

    Of the former a cell of NOTHING is NULL. Rows with a cell that does not fit its type are left out.
    """

    rows: str
    headers: frozenset[str]


@dataclass(frozen=True)
class Scan:
    """The `n_records` rows of a long file for whoever reads most of them quickly and a few with care.

    `rows` is SQL for them, `__line` and a VARCHAR per header; `key` is the column that tells them apart. `typed` reads
    them in the types asked for by header, as far as the format allows; `without` gives the SQL of the rows whose keys
    are not among those given, and how many there are. `is_apart`: they lie here alone, and not in the staged data.
    """

    rows: str
    n_records: int
    typed: Callable[[Mapping[str, str]], Typed]
    without: Callable[[Iterable[Any]], tuple[str, int]]
    key: str = "__line"
    is_apart: bool = True


@dataclass(frozen=True)
class StagedFile:
    """`data` is Parquet with `__line` and one VARCHAR column per header, `malformed` Parquet with `__line`
    and `reason` (and ANSWERS, where the file came back), or None. Both lie in the private scratch folder.
    `digest` is the SHA-256 of the bytes; `records` counts physical records, malformed ones included. Where there is a
    `scan` that lies apart, its records come beside those of `data`."""

    name: str
    digest: str
    tables: tuple[TableMapping, ...]
    data: Path
    malformed: Path | None
    headers: tuple[str, ...]
    records: int
    scan: Scan | None = None


@dataclass(frozen=True)
class TextLayout:
    """How a delimited text file lies on the disk, so that a copy of it can keep every byte that it need not change.

    `path` holds its bytes without compression, `packing` names what was around them. Lines count from 1; `header_end`
    is the last line of the header, `headers` are its cells as they are matched. `quote` is empty where there is none.
    """

    path: Path
    encoding: str
    delimiter: str
    quote: str
    headers: tuple[str, ...]
    header_end: int
    skip_footer: int
    packing: Literal["gzip", "zstd"] | None = None


@dataclass(frozen=True)
class SheetLayout:
    """Where one sheet of a workbook lies: `part` of the file at `path`, which the drop calls `name`.

    Each header stands in the column of its place. The header is the first row with cells from `header_row` on.
    """

    path: Path
    name: str
    part: str
    styles_part: str | None
    header_row: int
    headers: tuple[str, ...]


def is_why_not_taken(header: str) -> bool:
    """Whether a header is that of the column which files handed back carry."""
    return header.strip().casefold() == WHY_NOT_TAKEN

"""A file of a drop after it has been read as text: what the readers hand to landing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.contract.mapping import TableMapping

WHY_NOT_TAKEN = "why not taken"
"""Header of the column that files handed back to their sender carry; when they return, it is no data."""

REFERENCE = r"\[ref ([0-9a-f]{12})\]"
"""How a cell of that column names its entries of the quarantine: by the first digits of their keys."""

ANSWERS = "answers"
"""Column of malformed lines of a file that came back: the references that stand in the line."""


@dataclass(frozen=True)
class Scan:
    """Records that lie apart: `rows` is SQL for them, `__line` and a VARCHAR per header. There are `n_records`."""

    rows: str
    n_records: int


@dataclass(frozen=True)
class StagedFile:
    """`data` is Parquet with `__line` and one VARCHAR column per header, `malformed` Parquet with `__line`
    and `reason` (and ANSWERS, where the file came back), or None. Both lie in the private scratch folder.
    `digest` is the SHA-256 of the bytes; `records` counts physical records, malformed ones included. Where there is a
    `scan`, its records come beside those of `data`."""

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

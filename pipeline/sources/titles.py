"""What stands above the header of a table: a title, as spreadsheets are printed with, and files without a known header.

A title is skipped only where that is certain: the row where the header should stand names nothing that is read, and one
further down names the person and something else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.contract.words import headers_told
from pipeline.sections import clean_header
from pipeline.sources.drop import DataFile
from pipeline.sources.staged import used_headers

MOST_ROWS = 20
"""So far down a header is looked for (judgement): a longer preface is no title."""

_LEAST_KNOWN = 2
_PERSON = "participant_id"


@dataclass(frozen=True)
class Title:
    """Where the header was looked for in vain, and where it stands, in rows counted from 1."""

    looked: int
    header: int

    def said(self, name: str, row: str) -> str:
        """The warning. `row` is what the format calls a row."""
        return (
            f"{name}: {row} {self.looked} names no column that is read, {row} {self.header} does; what stands above "
            f"{row} {self.header} was taken for a title"
        )


def find(file: DataFile, rows: Iterable[tuple[int, Sequence[str]]]) -> Title | None:
    """The title of a table, None where there is none. `rows` are (number, cells) from where the header should be on."""
    looked: int | None = None
    for number, cells in rows:
        names = [clean_header(cell) for cell in cells if cell.strip()]
        known = used_headers(file.tables, names)
        if looked is None and known:
            return None
        if looked is None:
            looked = number if names else None
        elif len(known) >= _LEAST_KNOWN and _names_person(file, known):
            return Title(looked, number)
    return None


def _names_person(file: DataFile, known: frozenset[str]) -> bool:
    return any(mapping.columns.get(header, header) == _PERSON for mapping in file.tables for header in known)


def nothing_known(file: DataFile, headers: tuple[str, ...]) -> tuple[str, ...]:
    """A warning where no table reads anything from a file that has headers: what may be the cause, and what to do."""
    if not headers or not file.tables or used_headers(file.tables, headers):
        return ()
    told, table = headers_told(headers), file.tables[0].table
    if not set(told) & set(headers):
        return (f"{file.name}: its first line looks like a record; add a line above it that names the columns",)
    return (
        f"{file.name}: none of its headers is known, so nothing can be read from it; if they stand below a title, say "
        f"in which line under [tables.{table}] as header_row; else say what they mean, as `needling map` proposes",
    )

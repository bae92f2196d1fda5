"""Which sheet of a workbook each table reads. A workbook is taken apart into one data file per sheet."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.contract.mapping import TableMapping
from pipeline.errors import RefusedError
from pipeline.sections import choices, clean_header
from pipeline.sources.table_mapping import native_files
from pipeline.sources.xlsx_package import Workbook, opened

Parts = list[tuple[str | None, tuple[TableMapping, ...]]]


def sheet_of(book: Workbook, mapping: TableMapping) -> str | None:
    """The sheet that a table reads: the one it names, else the one called like the table, else the only one shown.

    Letter case and outer blanks count only where two names differ in nothing else.
    """
    wanted = mapping.sheet or mapping.table
    if wanted in book.names:
        return wanted
    found = [name for name in book.names if _fold(name) == _fold(wanted)]
    if not found and mapping.sheet is None and len(book.shown) == 1:
        return book.shown[0]
    return found[0] if len(found) == 1 else None


def divide(path: Path, name: str, tables: Iterable[TableMapping]) -> Parts:
    """(sheet, tables that read it) of one workbook, in the order of the sheets.

    The sheet is None for tables whose sheet nobody can tell, and for a workbook that cannot be opened: reading it
    gives the reason. Tables that look for their sheet in every workbook leave out those that do not have it.
    """
    tables = tuple(tables)
    try:
        with opened(path, name) as book:
            names = book.names
    except RefusedError:
        return [(None, tables)]
    chosen = {mapping.table: _chosen(book, path, mapping) for mapping in tables}
    parts: Parts = [(sheet, tuple(m for m in tables if chosen[m.table] == sheet)) for sheet in names]
    strays = {chosen[m.table] for m in tables if not _looks_everywhere(m)} - {*names, None}
    parts += [(sheet, tuple(m for m in tables if chosen[m.table] == sheet)) for sheet in sorted(filter(None, strays))]
    parts.append((None, tuple(m for m in tables if chosen[m.table] is None and not _looks_everywhere(m))))
    return [(sheet, meant) for sheet, meant in parts if meant]


def _chosen(book: Workbook, path: Path, mapping: TableMapping) -> str | None:
    """The sheet a table reads in this workbook; a name that is not there where the mapping asks for it."""
    found = sheet_of(book, mapping)
    if found is not None and _looks_everywhere(mapping) and _fold(found) != _fold(mapping.sheet or mapping.table):
        return found if _fold(path.stem) == _fold(mapping.table) else None  # the only sheet of sessions.xlsx
    return found or (None if _looks_everywhere(mapping) else mapping.sheet)


def _looks_everywhere(mapping: TableMapping) -> bool:
    """True where the mapping names no files: every workbook of the drop may hold the table's sheet."""
    return mapping.files == native_files(mapping.table, "xlsx")


def absence(names: Sequence[str], wanted: str | None, tables: Sequence[TableMapping]) -> str:
    """The sentence for a sheet that cannot be found."""
    if wanted is not None:
        return f"has no sheet {wanted!r}; {choices(names, wanted)}".replace("allowed:", "its sheets are")
    asked = ", ".join(mapping.table for mapping in tables)
    how_many = "several" if {_fold(name) for name in names} & {mapping.table for mapping in tables} else "none"
    return (
        f"has {len(names)} sheets ({', '.join(names)}), {how_many} of them called {asked}; "
        f'say which it is with sheet = "..." under [tables.{tables[0].table}]'
    )


def _fold(name: str) -> str:
    return clean_header(name).casefold()

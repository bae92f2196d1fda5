"""Which sheet of a workbook each table reads. A workbook is taken apart into one data file per sheet."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from pipeline.contract.mapping import TableMapping
from pipeline.errors import RefusedError
from pipeline.sections import choices, clean_header
from pipeline.sources.table_mapping import native_files
from pipeline.sources.xlsx.package import Workbook, opened

_PATTERN = frozenset("*?")

Parts = list[tuple[str | None, tuple[TableMapping, ...]]]


def sheets_of(book: Workbook, mapping: TableMapping) -> tuple[str, ...]:
    """The sheets that a table reads: those it names, else the one called like the table, else the only one shown.

    A name with * or ? is a pattern; no sheet can be called so. Letter case and outer blanks count only where two
    names differ in nothing else; none are read where nobody can tell.
    """
    wanted = mapping.sheet or mapping.table
    if wanted in book.names:
        return (wanted,)
    if _PATTERN.intersection(wanted):
        return tuple(name for name in book.names if fnmatchcase(_fold(name), _fold(wanted)))
    found = tuple(name for name in book.names if _fold(name) == _fold(wanted))
    if not found and mapping.sheet is None and len(book.shown) == 1:
        return book.shown
    return found if len(found) == 1 else ()


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
    strays = sorted({sheet for found in chosen.values() for sheet in found} - {*names})
    parts: Parts = [(sheet, tuple(m for m in tables if sheet in chosen[m.table])) for sheet in (*names, *strays)]
    parts.append((None, tuple(m for m in tables if not chosen[m.table] and not _looks_everywhere(m))))
    return [(sheet, meant) for sheet, meant in parts if meant]


def _chosen(book: Workbook, path: Path, mapping: TableMapping) -> tuple[str, ...]:
    """The sheets a table reads in this workbook; a name that is not there where the mapping asks for it."""
    found = sheets_of(book, mapping)
    if not _looks_everywhere(mapping):
        return found or ((mapping.sheet,) if mapping.sheet else ())
    is_by_name = mapping.sheet is not None or any(_fold(name) == mapping.table for name in found)
    return found if is_by_name or _fold(path.stem) == mapping.table else ()  # the only sheet of sessions.xlsx


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

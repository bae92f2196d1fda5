"""Which sheet of a workbook each table reads. A workbook is taken apart into one data file per sheet."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.contract.mapping import TableMapping
from pipeline.errors import RefusedError
from pipeline.sources.sections import choices, clean_header
from pipeline.sources.table_mapping import native_files
from pipeline.sources.xlsx_package import opened

Parts = list[tuple[str | None, tuple[TableMapping, ...]]]


def sheet_of(names: Sequence[str], mapping: TableMapping) -> str | None:
    """The sheet that a table reads: the one it names, else the one called like the table, else the only one."""
    wanted = mapping.sheet or mapping.table
    found = next((name for name in names if _fold(name) == _fold(wanted)), None)
    if found is None and mapping.sheet is None and len(names) == 1:
        return names[0]
    return found


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
    chosen = {mapping.table: _chosen(names, path, mapping) for mapping in tables}
    parts: Parts = [(sheet, tuple(m for m in tables if chosen[m.table] == sheet)) for sheet in names]
    strays = {chosen[m.table] for m in tables if not _looks_everywhere(m)} - {*names, None}
    parts += [(sheet, tuple(m for m in tables if chosen[m.table] == sheet)) for sheet in sorted(filter(None, strays))]
    parts.append((None, tuple(m for m in tables if chosen[m.table] is None and not _looks_everywhere(m))))
    return [(sheet, meant) for sheet, meant in parts if meant]


def _chosen(names: Sequence[str], path: Path, mapping: TableMapping) -> str | None:
    """The sheet a table reads in this workbook; a name that is not there where the mapping asks for it."""
    found = sheet_of(names, mapping)
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
    return (
        f"has {len(names)} sheets ({', '.join(names)}), none of them called {asked}; "
        f'say which it is with sheet = "..." under [tables.{tables[0].table}]'
    )


def _fold(name: str) -> str:
    return clean_header(name).casefold()

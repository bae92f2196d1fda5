"""Which fields of a REDCap export may be carried from one row of a record to another, so that nothing is invented.

REDCap writes a field on the row of its own form alone: what a person is stands once, beside many rows of what they did.
An empty cell may be filled from the rows of the same record that are not repeated, if all of them say the same, and:

- Only a field that `columns` maps (or that is native): not one of `where`, `asked`, `effects` or `instruments`, where a
  cell is a choice or a record, and not a value, an id or a withdrawal, which make a record.
- Outside `participants`, only a field that no row of the table holds itself: an answer missing there is missing.
- From rows of the same event alone, if it is a date of a table other than `participants`, or if the file holds the
  field in several events of an arm. What a person is for good, sex or consent say, is found in any event.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.contract.columns import Column
from pipeline.contract.mapping import TableMapping
from pipeline.contract.tables import TABLES
from pipeline.contract.words import MISSING_TOKENS
from pipeline.sources.drop import DataFile
from pipeline.sources.redcap.settings import ARM, EVENTS, REPEATS
from pipeline.sources.staged import identifier, literal, used_headers
from pipeline.sources.terms import targets

BLANK = " \t\u00a0\ufeff"
_OF_A_RECORD = ("value", "identity", "flag")
_OF_AN_EVENT = ("date", "period", "lag")
_CHANGES = ("age", "stage", "decimal")
"""Kinds of columns: what makes a record, what places one in time, and what of `participants` is not so for good."""


@dataclass(frozen=True)
class Export:
    """One export as text."""

    file: DataFile
    data: Path
    headers: tuple[str, ...]
    records: int
    record_id: str

    @property
    def rows(self) -> str:
        """Its rows, as `d`."""
        return f"read_parquet({literal(str(self.data))}) d"

    @property
    def event(self) -> str | None:
        """The header of the event, where the project has events."""
        return next((header for header in EVENTS if header in self.headers), None)

    @property
    def is_repeated(self) -> str:
        """True for a row of a repeating instrument or event."""
        there = [f"NOT {is_empty(f'd.{identifier(h)}')}" for h in REPEATS if h in self.headers]
        return f"({' OR '.join(there) or 'false'})"


@dataclass(frozen=True)
class Carried:
    """A header that may be filled in `rows` (SQL over `d`), from its record or from its event alone."""

    header: str
    rows: str
    is_of_event: bool

    @property
    def name(self) -> str:
        return identifier(self.header)


@dataclass(frozen=True)
class _Seen:
    """Where a field is filled: the events, and the tables of whose rows."""

    events: tuple[str, ...]
    tables: frozenset[str]

    @property
    def is_in_several_events(self) -> bool:
        """True where it is filled in more than one event of an arm."""
        arms = [(ARM.search(event) or [""])[0] for event in self.events]
        return len(arms) > len(set(arms))


def find_carried(con: duckdb.DuckDBPyConnection, export: Export) -> list[Carried]:
    """The headers that may be filled, after one look at where each of them stands in the file."""
    tables = [(mapping, _fillable(mapping, export)) for mapping in export.file.tables]
    wanted = [header for header in export.headers if any(header in fields for _, fields in tables)]
    if not wanted:
        return []
    seen = _look(con, export, wanted)
    found = (_carried(export, tables, header, seen[header]) for header in wanted)
    return [field for field in found if field is not None]


def _fillable(mapping: TableMapping, export: Export) -> dict[str, Column]:
    """The headers of a table whose cells could come from another row, and what they become."""
    wide = {header for one in mapping.instruments for header in (one.header, one.area_column) if header}
    own = {*mapping.where, *mapping.asked, *mapping.effects, *wide, *EVENTS, *REPEATS, export.record_id}
    known, mapped = targets(TABLES[mapping.table]), mapping.columns
    names = {h: mapped.get(h, h) for h in export.headers if h in mapped or h not in mapped.values()}
    columns = {h: known[name] for h, name in names.items() if name in known and h not in own}
    return {h: column for h, column in columns.items() if column.kind not in _OF_A_RECORD}


def _carried(
    export: Export, tables: list[tuple[TableMapping, dict[str, Column]]], header: str, seen: _Seen
) -> Carried | None:
    """The header, if a table may fill it; rows that another table reads as they are stay as they are."""
    may: list[str] = []
    may_not: list[str] = []
    is_of_event = False
    for mapping, fields in tables:
        is_person = mapping.table == "participants"
        if header in fields and (is_person or mapping.table not in seen.tables):
            may.append(_chosen(mapping))
            is_of_event |= _is_of_event(fields[header], is_person, seen)
        elif header in used_headers([mapping], export.headers):
            may_not.append(_chosen(mapping))
    if not may:
        return None
    rows = f"(({' OR '.join(may)}) AND NOT ({' OR '.join(may_not) or 'false'}))"
    return Carried(header, rows, is_of_event and export.event is not None)


def _is_of_event(column: Column, is_person: bool, seen: _Seen) -> bool:
    if column.kind in _OF_AN_EVENT and not is_person:
        return True
    is_for_good = column.kind == "person" or (is_person and column.kind not in (*_CHANGES, *_OF_AN_EVENT))
    return seen.is_in_several_events and not is_for_good


def _look(con: duckdb.DuckDBPyConnection, export: Export, wanted: list[str]) -> Mapping[str, _Seen]:
    event = "''" if export.event is None else f"trim(d.{identifier(export.event)})"
    tests: list[str] = []
    for header in wanted:
        there = f"NOT {is_empty(f'd.{identifier(header)}')}"
        tests.append(f"list(DISTINCT {event}) FILTER ({there})")
        tests += [f"coalesce(bool_or({there} AND {_chosen(mapping)}), false)" for mapping in export.file.tables]
    found = con.execute(f"SELECT {', '.join(tests)} FROM {export.rows}").fetchall()[0]
    width = 1 + len(export.file.tables)
    parts = {header: found[i * width : (i + 1) * width] for i, header in enumerate(wanted)}
    names = [mapping.table for mapping in export.file.tables]
    return {
        header: _Seen(tuple(events or ()), frozenset(name for name, on in zip(names, held, strict=True) if on))
        for header, (events, *held) in parts.items()
    }


def is_empty(cell: str) -> str:
    """True for a cell in which nothing is recorded."""
    missing = ", ".join(map(literal, MISSING_TOKENS))
    return f"(coalesce(lower(trim({cell}, {literal(BLANK)})), '') IN ({missing}))"


def _chosen(mapping: TableMapping) -> str:
    """The rows of a table, as landing chooses them."""
    conditions = []
    for header, words in mapping.where.items():
        allowed = ", ".join(literal(word.strip()) for word in words)
        conditions.append(f"coalesce(trim(d.{identifier(header)}, {literal(BLANK)}), '') IN ({allowed})")
    return f"({' AND '.join(conditions) or 'true'})"

"""Which fields of a REDCap export may be carried from one row of a record to another, so that nothing is invented.

- Only into empty cells, and only of a header that `columns` maps (or that is native) in every table that reads both
  the row and the header; never into `where`, `asked`, `effects` or `instruments`: there a cell is a choice or a record.
- Only from rows of the same record that are not repeated (no instrument, no instance), and only of fields that no
  repeated row of the file holds.
- Outside `participants`, only of fields that no row of the table holds itself: an answer missing there is missing.
- To every row of the record, if the field is filled in one event of each arm only, or says what a person is (any
  column of `participants` but age, stage and years; the participant's id anywhere). To rows of the same event alone,
  if it is filled in several events, or if it is a date, a value or an id of a table other than `participants`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.contract.mapping import TableMapping
from pipeline.contract.tables import TABLES
from pipeline.contract.words import MISSING_TOKENS
from pipeline.sources.drop import DataFile
from pipeline.sources.redcap_settings import EVENT, REPEAT
from pipeline.sources.staged import identifier, literal
from pipeline.sources.terms import targets

_ARM = re.compile(r"_arm_[0-9]+[a-z]?$")
BLANK = " \t\u00a0\ufeff"
_CHANGES = ("age", "stage", "decimal")
"""Kinds of columns of `participants` that are not the same at every visit."""

_OF_THE_EVENT = ("date", "period", "lag", "value", "identity", "flag")
"""Kinds that place or make a record of another table: one from another event would make another record of it."""


@dataclass(frozen=True)
class Export:
    """One export as text. `forms` tells the instrument of each field, where a data dictionary does."""

    file: DataFile
    data: Path
    headers: tuple[str, ...]
    record_id: str
    forms: Mapping[str, str]

    @property
    def rows(self) -> str:
        """Its rows, as `d`."""
        return f"read_parquet({literal(str(self.data))}) d"

    @property
    def is_repeated(self) -> str:
        """True for a row of a repeating instrument or event."""
        there = [f"NOT {is_empty(f'd.{identifier(h)}')}" for h in REPEAT if h in self.headers]
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


def find_carried(con: duckdb.DuckDBPyConnection, export: Export) -> list[Carried]:
    """The headers that may be filled, after one look at where each of them stands in the file."""
    carried = {header for mapping in export.file.tables for header in _fillable(mapping, export)}
    wanted = [header for header in export.headers if header in carried]
    if not wanted:
        return []
    seen = _look(con, export, wanted)
    found = (_carried(export, seen, header) for header in wanted)
    return [field for field in found if field is not None]


def _carried(export: Export, seen: "_Seen", header: str) -> Carried | None:
    """The header, if a table may fill it; rows that another table reads otherwise are left alone."""
    users = [m for m in export.file.tables if header in _touched(m, export.headers)]
    can = [m for m in users if seen.may_fill(m, header) and header in _fillable(m, export)]
    if not can:
        return None
    rows = " OR ".join(_chosen(m) for m in can)
    barred = " OR ".join(_chosen(m) for m in users if m not in can)
    is_of_event = EVENT in export.headers and any(_is_of_event(m, header, seen) for m in can)
    return Carried(header, f"(({rows}) AND NOT ({barred or 'false'}))", is_of_event)


def _is_of_event(mapping: TableMapping, header: str, seen: "_Seen") -> bool:
    kind = targets(TABLES[mapping.table])[mapping.columns.get(header, header)].kind
    if mapping.table == "participants":
        return kind in _CHANGES and seen.is_in_several_events(header)
    return kind in _OF_THE_EVENT or (kind != "person" and seen.is_in_several_events(header))


def _fillable(mapping: TableMapping, export: Export) -> set[str]:
    """The headers of a table whose cells could come from another row."""
    own = {*mapping.where, *mapping.asked, *mapping.effects, EVENT, *REPEAT, export.record_id}
    return _columns(mapping, export.headers).keys() - own - _wide(mapping)


def _touched(mapping: TableMapping, headers: Iterable[str]) -> set[str]:
    """The headers whose cells make a difference to a table."""
    plain = {*_columns(mapping, headers), *mapping.where, *mapping.key, *mapping.asked, *mapping.effects}
    return plain | _wide(mapping)


def _wide(mapping: TableMapping) -> set[str]:
    return {header for wide in mapping.instruments for header in (wide.header, wide.area_column) if header}


def _columns(mapping: TableMapping, headers: Iterable[str]) -> dict[str, str]:
    known, taken = targets(TABLES[mapping.table]), set(mapping.columns.values())
    native = {h: h for h in headers if h in known and h not in mapping.columns and h not in taken}
    return native | {h: n for h, n in mapping.columns.items() if h in headers}


@dataclass(frozen=True)
class _Seen:
    """Where headers stand: on a repeated row, on a row of a table, and in which events."""

    repeated: frozenset[str]
    on_rows_of: frozenset[tuple[str, str]]
    events: Mapping[str, tuple[str, ...]]

    def may_fill(self, mapping: TableMapping, header: str) -> bool:
        return header not in self.repeated and (mapping.table, header) not in self.on_rows_of

    def is_in_several_events(self, header: str) -> bool:
        """True where the field is filled in more than one event of an arm."""
        arms = [(_ARM.search(event) or [""])[0] for event in self.events[header]]
        return len(arms) > len(set(arms))


def _look(con: duckdb.DuckDBPyConnection, export: Export, wanted: list[str]) -> _Seen:
    tables = [mapping for mapping in export.file.tables if mapping.table != "participants"]
    event = f"d.{identifier(EVENT)}" if EVENT in export.headers else "''"
    tests: list[str] = []
    for header in wanted:
        there = f"NOT {is_empty(f'd.{identifier(header)}')}"
        tests.append(f"coalesce(bool_or({there} AND {export.is_repeated}), false)")
        tests.append(f"list(DISTINCT trim({event})) FILTER ({there})")
        tests += [f"coalesce(bool_or({there} AND {_chosen(mapping)}), false)" for mapping in tables]
    found = con.execute(f"SELECT {', '.join(tests)} FROM {export.rows}").fetchall()[0]
    width = 2 + len(tables)
    by_header = {header: found[i * width : (i + 1) * width] for i, header in enumerate(wanted)}
    instruments = _repeated_instruments(con, export)
    return _Seen(
        frozenset(h for h, row in by_header.items() if row[0] or export.forms.get(h) in instruments),
        frozenset((m.table, h) for h, row in by_header.items() for m, on in zip(tables, row[2:], strict=True) if on),
        {h: tuple(row[1] or ()) for h, row in by_header.items()},
    )


def _repeated_instruments(con: duckdb.DuckDBPyConnection, export: Export) -> set[str]:
    if REPEAT[0] not in export.headers:
        return set()
    found = con.execute(f"SELECT DISTINCT trim(d.{identifier(REPEAT[0])}) FROM {export.rows}").fetchall()
    return {row[0] for row in found if row[0]}


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

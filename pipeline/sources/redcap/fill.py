"""Cells that a REDCap export leaves empty because the field stands on another row of the same record, in SQL.

A cell is filled where all the rows it may come from agree. Where they differ it stays empty, and a warning says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb

from pipeline.sources.redcap.carried import BLANK, Carried, Export, find_carried, is_empty
from pipeline.sources.staged import identifier, literal


@dataclass(frozen=True)
class Filled:
    """SQL for the headers whose cells may come from another row, over `source` (its own row is `d`)."""

    expressions: Mapping[str, str]
    source: str
    warnings: tuple[str, ...]


def fill(con: duckdb.DuckDBPyConnection, export: Export) -> Filled:
    """Find what may be carried. The warnings count the records in which it could not be decided."""
    fields = find_carried(con, export) if export.records else []
    if not fields:
        return Filled({}, export.rows, ())
    source = export.rows + _join(export, fields, "r", [export.record_id])
    if export.event is not None and any(field.is_of_event for field in fields):
        source += _join(export, fields, "e", [export.record_id, export.event])
    expressions = {f.header: f"CASE WHEN {_is_open(f)} THEN {_found(f)} ELSE d.{f.name} END" for f in fields}
    return Filled(expressions, source, tuple(_warnings(con, export, fields, source)))


def _join(export: Export, fields: list[Carried], side: str, keys: list[str]) -> str:
    """The plain rows of each record, or of each of its events, as one row: every field's least and greatest value."""
    own = [f"trim(d.{identifier(key)}, {literal(BLANK)})" for key in keys]
    cells = [
        (f, f"CASE WHEN NOT {is_empty(f'd.{f.name}')} THEN trim(d.{f.name}, {literal(BLANK)}) END") for f in fields
    ]
    ends = [f"{{'low': min({cell}), 'high': max({cell})}} AS {f.name}" for f, cell in cells]
    picked = ", ".join([*(f"{key} AS k{i}" for i, key in enumerate(own)), *ends])
    plain = f"NOT {export.is_repeated} AND NOT {is_empty(f'd.{identifier(export.record_id)}')}"
    on = " AND ".join(f"{side}.k{i} = {key}" for i, key in enumerate(own))
    return f" LEFT JOIN (SELECT {picked} FROM {export.rows} WHERE {plain} GROUP BY ALL) {side} ON {on}"


def _found(field: Carried) -> str:
    """The value on which all rows agree that the cell may come from; NULL where they differ or say nothing."""
    ends = f"{'e' if field.is_of_event else 'r'}.{field.name}"
    return f"CASE WHEN {ends}.low = {ends}.high THEN {ends}.low END"


def _is_open(field: Carried) -> str:
    return f"{is_empty(f'd.{field.name}')} AND {field.rows}"


def _warnings(con: duckdb.DuckDBPyConnection, export: Export, fields: list[Carried], source: str) -> Iterator[str]:
    """What stays empty although another plain row of the record says something."""
    record = f"d.{identifier(export.record_id)}"
    counts = [
        f"count(DISTINCT {record}) FILTER ({_is_open(f)} AND {_found(f)} IS NULL AND r.{f.name}.low IS NOT NULL)"
        for f in fields
    ]
    found = con.execute(f"SELECT {', '.join(counts)} FROM {source}").fetchall()[0]
    for field, n in zip(fields, found, strict=True):
        if n:
            why = "only rows of other events hold it" if field.is_of_event else "their rows say different things"
            yield (
                f"{export.file.name}: {field.header} is left empty in {n} record{'s' if n > 1 else ''}: {why}; "
                "let where choose the row that holds it"
            )

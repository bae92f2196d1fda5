"""The first records of a drop as landing understands them, for whoever looks at it before it is sent.

A person is shown as `person 1`, `person 2` in the order of the files, a day as days from enrolment:
neither a raw id nor a date, nor a pseudonym.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from pipeline.contract import reference
from pipeline.contract.columns import Column, Table
from pipeline.contract.instruments import instruments
from pipeline.contract.tables import TABLES
from pipeline.landing import people, sql
from pipeline.landing.bench import Bench
from pipeline.landing.drop import Landed

_UNSHOWN = ("identity", "flag", "reference", "hashed")
"""Kinds of columns of which landing keeps nothing, or a key that says nothing to a reader."""

_TAKEN = "t.found = '' AND NOT t.is_refused AND NOT t.is_withdrawn AND rf.participant IS NULL"


def first_rows(bench: Bench, landed: Landed, names: Mapping[int, str], limit: int) -> dict[str, list[dict[str, Any]]]:
    """The first `limit` records of every table that are in order, converted. `names` are the files by number."""
    if not landed.typed:
        return {}
    people.find_parents(bench.con, bench.shelf)
    _number_people(bench, landed)
    return {name: _rows(bench, TABLES[name], landed, names, limit) for name in TABLES if name in landed.typed}


def participants(bench: Bench, landed: Landed) -> list[str]:
    """The pseudonyms of everybody of whom this drop brought a record that is in order."""
    if not landed.typed:
        return []
    found = bench.con.execute(
        f"SELECT DISTINCT CAST(t.participant AS VARCHAR) FROM ({_everybody(landed)}) t"
    ).fetchall()
    return [str(row[0]) for row in found if row[0] is not None]


def near_ids(bench: Bench) -> int:
    """Ids of the last drop that nobody has, but that are a known one but for case, signs or leading zeros."""
    plain = "ltrim(regexp_replace(lower(token), '[^0-9a-z]', '', 'g'), '0')"
    known = f"SELECT {plain} FROM people JOIN parents USING (participant)"
    found = bench.con.execute(
        "SELECT count(*) FROM people ANTI JOIN parents USING (participant) "
        f"WHERE {plain} IN ({known}) AND {plain} <> ''"
    ).fetchall()
    return int(found[0][0])


def _number_people(bench: Bench, landed: Landed) -> None:
    bench.con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE met AS
SELECT participant, row_number() OVER (ORDER BY min(place)) AS number FROM ({_everybody(landed)}) GROUP BY participant
"""
    )


def _everybody(landed: Landed) -> str:
    parts = [
        f"SELECT t.participant, {{'rank': {place}, 'file': t.file, 'line': t.line}} AS place "
        f"FROM {_taken(name, landed)}"
        for place, name in enumerate(n for n in TABLES if n in landed.typed)
    ]
    return " UNION ALL ".join(parts)


def _taken(name: str, landed: Landed) -> str:
    typed = " UNION ALL ".join(landed.typed[name])
    return f"({typed}) t LEFT JOIN refusals rf ON rf.participant = t.participant WHERE {_TAKEN}"


def _rows(bench: Bench, table: Table, landed: Landed, names: Mapping[int, str], limit: int) -> list[dict[str, Any]]:
    shown = [pair for column in table.columns for pair in _shown(table, column)]
    picked = ", ".join(f"{expression} AS {sql.name(name)}" for name, expression in shown)
    found = bench.con.execute(
        f"""
SELECT t.file, t.line, 'person ' || m.number, {picked}
FROM (SELECT t.* FROM {_taken(table.name, landed)} ORDER BY t.file, t.line, t.part LIMIT {int(limit)}) t
JOIN met m ON m.participant = t.participant
LEFT JOIN parents pa ON pa.participant = t.participant
ORDER BY t.file, t.line, t.part
"""
    ).fetchall()
    keys = ("file", "line", "participant", *(name for name, _ in shown))
    rows = [_plain(dict(zip(keys, (names[row[0]], *row[1:]), strict=True))) for row in found]
    said = [key for key in keys if any(row[key] is not None for row in rows)]
    return [{key: row[key] for key in said} for row in rows]


def _shown(table: Table, column: Column) -> list[tuple[str, str]]:
    """(name, expression) of what is shown of a column."""
    if column.kind in _UNSHOWN or column.kind == "person" or column.name == "enrolled_on":
        return []
    if column.kind in ("date", "period"):
        return [(n, f"CASE WHEN t.relative_days THEN t.{n} ELSE t.{n} - pa.enrolled_day END") for n, _ in column.stored]
    return [(name, f"t.{sql.name(name)}") for name, _ in column.stored]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """The value of an outcome on its instrument's scale, decimals as numbers."""
    instrument = instruments().get(row.get("instrument") or "")
    if instrument is not None and row["value"] is not None:
        stages = _stages(instrument.code)
        row["value"] = stages[row["value"]] if stages else row["value"] / 10**instrument.decimals
    return {key: float(value) if isinstance(value, Decimal) else value for key, value in row.items()}


@cache
def _stages(scale: str) -> dict[int, str]:
    return {int(r["rank"]): r["code"] for r in reference.rows("stages") if r["scale"] == scale}

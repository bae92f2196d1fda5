"""How good what one source sends is, measured on landing, the quarantine and the ledger."""

from datetime import date

import duckdb

from pipeline import ledger
from pipeline.contract.columns import Column, Table
from pipeline.contract.quality import Delivery, Filled, Lag, Overdue, Quality
from pipeline.contract.tables import TABLES
from pipeline.engine.duckdb import open_scratch
from pipeline.landing import current, sql, visits
from pipeline.landing.bench import Bench

_UNTOLD = ("identity", "flag", "person")
_DERIVED = ("enrolled_quarter", "unit")
"""Columns that landing fills itself."""


def measure(bench: Bench, source: str) -> Quality:
    """Everything the quality letter tells of one source; reads only."""
    views = current.write_views(bench)
    con = open_scratch(bench.settings, bench.folder)
    try:
        current.attach(con, views)
        filled = tuple(f for table in TABLES.values() for f in _filled(con, bench, table, source))
        n_due, late = visits.overdue(con, source)
        names = _deliveries_of_files(bench)
        reasons, n_open = _open(con, bench, source)
        taken = {
            name: int(_one(con, f"SELECT count(*) FROM landing_{name} WHERE source = ?", source)) for name in TABLES
        }
        return Quality(
            source=source,
            data_until=_data_until(bench, source),
            n_taken={name: n for name, n in taken.items() if n},
            n_open=n_open,
            reasons=reasons,
            filled=filled,
            n_due=n_due,
            overdue=tuple(Overdue(week, *names[file], tuple(lines)) for week, file, lines in late),
            lags=tuple(lag for table in TABLES.values() for lag in _lag(con, table, source)),
            deliveries=_deliveries(bench, source),
        )
    finally:
        con.close()


def _filled(con: duckdb.DuckDBPyConnection, bench: Bench, table: Table, source: str) -> list[Filled]:
    """Of the records that could be read, taken or not, how many have something in each column."""
    columns = [c for c in table.columns if c.kind not in _UNTOLD and c.name not in _DERIVED]
    taken = ", ".join(f"{sql.name(c.stored[0][0])} IS NOT NULL AS {sql.name(c.name)}" for c in columns)
    refused = ", ".join(f"{_was_filled(c)} AS {sql.name(c.name)}" for c in columns)
    readable = f"SELECT * FROM {bench.shelf.opened(table, source)} WHERE content IS NOT NULL"
    counts = ", ".join(f"count_if({sql.name(c.name)})" for c in columns)
    row = con.execute(
        f"SELECT count(*), {counts} FROM (SELECT {taken} FROM landing_{table.name} WHERE source = ? "
        f"UNION ALL SELECT {refused} FROM ({readable}))",
        [source],
    ).fetchall()[0]
    if not row[0]:
        return []
    found = zip(columns, row[1:], strict=True)
    return [Filled(table.name, c.name, c.required, int(row[0]), int(n)) for c, n in found]


def _was_filled(column: Column) -> str:
    """A cell that could not be read was filled; a cell that was missing was not."""
    stored, name = sql.name(column.stored[0][0]), sql.text(column.name)
    missing = "list_has_any(reasons, ['missing_required', 'area_missing', 'unit_missing'])"
    return f"({stored} IS NOT NULL OR (list_contains(columns, {name}) AND NOT {missing}))"


def _lag(con: duckdb.DuckDBPyConnection, table: Table, source: str) -> list[Lag]:
    if not any(c.kind == "lag" for c in table.columns):
        return []
    n, median, ninth = con.execute(
        "SELECT count(lag_days), quantile_disc(lag_days, 0.5), quantile_disc(lag_days, 0.9) "
        f"FROM landing_{table.name} WHERE source = ?",
        [source],
    ).fetchall()[0]
    return [Lag(table.name, int(n), int(median), int(ninth))] if n else []


def _open(con: duckdb.DuckDBPyConnection, bench: Bench, source: str) -> tuple[dict[str, int], dict[str, int]]:
    """Open entries of the quarantine (by reason, by table)."""
    every = " UNION ALL ".join(
        f"SELECT {sql.text(t.name)} AS name, reasons FROM {bench.shelf.opened(t, source)}" for t in TABLES.values()
    )
    reasons = con.execute(
        f"SELECT reason, count(*) FROM (SELECT unnest(reasons) AS reason FROM ({every})) GROUP BY reason "
        "ORDER BY count(*) DESC, reason"
    ).fetchall()
    tables = dict(con.execute(f"SELECT name, count(*) FROM ({every}) GROUP BY name").fetchall())
    return {str(r): int(n) for r, n in reasons}, {name: int(tables[name]) for name in TABLES if name in tables}


def _deliveries(bench: Bench, source: str) -> tuple[Delivery, ...]:
    with ledger.opened(bench.settings.home, read_only=True) as book:
        found = book.execute(
            "SELECT d.as_of, coalesce(sum(a.read), 0), coalesce(sum(a.quarantined), 0) FROM drops d "
            'LEFT JOIN files f ON f."drop" = d."drop" LEFT JOIN accounts a ON a.file = f.file '
            'WHERE d.source = ? GROUP BY d."drop", d.as_of ORDER BY d.as_of, d."drop"',
            [source],
        ).fetchall()
    return tuple(Delivery(as_of, int(read), int(quarantined)) for as_of, read, quarantined in found)


def _deliveries_of_files(bench: Bench) -> dict[int, tuple[str, date]]:
    with ledger.opened(bench.settings.home, read_only=True) as book:
        found = book.execute(
            'SELECT f.file, f.name, d.as_of FROM files f JOIN drops d ON d."drop" = f."drop"'
        ).fetchall()
    return {int(file): (str(name), as_of) for file, name, as_of in found}


def _data_until(bench: Bench, source: str) -> date:
    with ledger.opened(bench.settings.home, read_only=True) as book:
        until: date = book.execute("SELECT max(as_of) FROM drops WHERE source = ?", [source]).fetchall()[0][0]
    return until


def _one(con: duckdb.DuckDBPyConnection, query: str, source: str) -> int:
    return int(con.execute(query, [source]).fetchall()[0][0])

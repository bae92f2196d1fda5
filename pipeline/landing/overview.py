"""What a person is told about landing: current counts, open quarantine by reason, the entries themselves."""

from typing import Any

import duckdb

from pipeline import ledger
from pipeline.config import Settings
from pipeline.contract.reasons import REASONS
from pipeline.contract.tables import TABLES
from pipeline.engine.duckdb import open_scratch
from pipeline.landing import alerts as serious
from pipeline.landing.copies import reference
from pipeline.landing.files import Shelf


def _reader(settings: Settings) -> tuple[duckdb.DuckDBPyConnection, Shelf, dict[int, str]]:
    """A connection without key material, landing's files, and the names of the files they came from."""
    with ledger.opened(settings.home, read_only=True) as book:
        shelf = Shelf(settings.home, list(ledger.landing_files(book)), [], [])
        names = dict(book.execute("SELECT file, name FROM files").fetchall())
    return open_scratch(settings, settings.scratch), shelf, names


def records(settings: Settings) -> dict[str, int]:
    """Current records per table, of people who are there."""
    con, shelf, _ = _reader(settings)
    people = f"SELECT participant FROM {shelf.current(TABLES['participants'])} WHERE NOT is_withdrawn"
    counts = {}
    for table in TABLES.values():
        here = f"NOT is_withdrawn AND participant IN ({people})"
        counts[table.name] = int(
            con.execute(f"SELECT count(*) FROM {shelf.current(table)} WHERE {here}").fetchall()[0][0]
        )
    con.close()
    return counts


def open_reasons(settings: Settings) -> dict[str, int]:
    """Open quarantine entries by reason; an entry with several reasons counts under each."""
    con, shelf, _ = _reader(settings)
    reasons = " UNION ALL ".join(f"SELECT unnest(reasons) AS reason FROM {shelf.opened(t)}" for t in TABLES.values())
    found = con.execute(f"SELECT reason, count(*) FROM ({reasons}) GROUP BY reason ORDER BY reason").fetchall()
    con.close()
    return {str(reason): int(n) for reason, n in found}


def alerts(settings: Settings, limit: int) -> list[dict[str, Any]]:
    """Serious side effects that a steward should look at: source, file, line, run, and what became of each."""
    with ledger.opened(settings.home, read_only=True) as book:
        drops = {n: (run, at) for n, run, at in book.execute('SELECT "drop", run, arrived_at FROM drops').fetchall()}
    con, shelf, names = _reader(settings)
    found = serious.listed(con, shelf, drops, ledger.now(), limit)
    con.close()
    return [{**alert, "file": names.get(alert["file"])} for alert in found]


def counts(settings: Settings, source: str | None) -> list[dict[str, Any]]:
    """Open quarantine entries by source and reason; an entry with several reasons counts under each."""
    con, shelf, _ = _reader(settings)
    every = " UNION ALL ".join(
        f"SELECT source, unnest(reasons) AS reason FROM {shelf.opened(t, source)}" for t in TABLES.values()
    )
    found = con.execute(f"SELECT source, reason, count(*) FROM ({every}) GROUP BY ALL ORDER BY 1, 3 DESC, 2").fetchall()
    con.close()
    return [
        {"source": sent_by, "reason": reason, "n": n, "sentence": REASONS[reason].sentence}
        for sent_by, reason, n in found
    ]


def files(settings: Settings, limit: int) -> list[dict[str, Any]]:
    """The last `limit` files with the account of each table, newest first: what the ledger says of them."""
    query = """
SELECT d.run, d.source, f.name, f.records, f.ignored, f.malformed, a.*
FROM (FROM files ORDER BY file DESC LIMIT $limit) f
JOIN drops d ON d."drop" = f."drop" JOIN accounts a ON a.file = f.file
ORDER BY f.file DESC, a.table_name
"""
    with ledger.opened(settings.home, read_only=True) as book:
        found = book.execute(query, {"limit": limit})
        names = [str(column[0]) for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    renamed = {"run": "run_id", "name": "file", "table_name": "table"}
    return [{renamed.get(k, k): v for k, v in row.items() if k != "file"} for row in rows]


def entries(settings: Settings, source: str | None, limit: int) -> tuple[list[dict[str, Any]], int]:
    """(the first `limit` open entries by source, file and line; how many there are in all)."""
    con, shelf, names = _reader(settings)
    every = " UNION ALL ".join(
        f"SELECT source, file, line, '{t.name}' AS table_name, columns, reasons, "
        f"list_transform(tokens, lambda x: x.token) AS tokens, {reference('entry')} AS reference "
        f"FROM {shelf.opened(t, source)}"
        for t in TABLES.values()
    )
    total = int(con.execute(f"SELECT count(*) FROM ({every})").fetchall()[0][0])
    rows = con.execute(f"SELECT * FROM ({every}) ORDER BY source, file, line LIMIT {int(limit)}").fetchall()
    con.close()
    return [_entry(row, names) for row in rows], total


def _entry(row: tuple[Any, ...], names: dict[int, str]) -> dict[str, Any]:
    source, file, line, table, columns, reasons, tokens, named = row
    sentences = " ".join(REASONS[r].sentence for r in reasons)
    return {
        "source": source,
        "file": names.get(file),
        "line": line,
        "table": table,
        "columns": list(columns),
        "reasons": list(reasons),
        "sentence": sentences,
        "tokens": list(tokens),
        "reference": named,
    }

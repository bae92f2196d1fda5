"""The records of a drop that were not taken, by line of their file: for whoever looks at a drop before it is sent.

Unlike the quarantine, the list also holds what is open there already from an earlier sending.
"""

from typing import Any

import duckdb

from pipeline.contract.columns import Table
from pipeline.contract.reasons import REASONS
from pipeline.landing import sql

_TABLE = """
CREATE TEMP TABLE IF NOT EXISTS rejects (
  table_name VARCHAR, file UINTEGER, line UINTEGER, columns VARCHAR[], reasons VARCHAR[], tokens VARCHAR[],
  entry UUID, record UUID, found VARCHAR, part VARCHAR, scale VARCHAR)
"""

SCALES = {"outcomes": "instrument", "participants": "staging_scale"}
"""By table, the column that says on what scale another one is."""


def note(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Add the records that `pipeline.landing.quarantine` has just put into `bad`."""
    con.execute(_TABLE)
    told = "list_transform(tokens, lambda x: x.token)"
    scale = SCALES.get(table.name, "NULL")
    con.execute(
        f"INSERT INTO rejects SELECT {sql.text(table.name)}, file, line, columns, reasons, {told}, "
        f"entry, record, found, part, {scale} FROM bad"
    )


def note_malformed(con: duckdb.DuckDBPyConnection, table: Table, number: int) -> None:
    """Add the lines of a file that are no records, which `pipeline.landing.quarantine` has just put into `broken`."""
    con.execute(_TABLE)
    con.execute(
        f"INSERT INTO rejects SELECT {sql.text(table.name)}, {number}, line, [], [reason], [], "
        "entry, NULL, reason || ':', NULL, NULL FROM broken"
    )


def entries(con: duckdb.DuckDBPyConnection, names: dict[int, str], limit: int) -> tuple[list[dict[str, Any]], int]:
    """(the first `limit` by file, line and table; how many there are). `names` are the files by number.

    Records that only wait for their person come last: nothing in their own line is wrong.
    """
    con.execute(_TABLE)
    total = int(con.execute("SELECT count(*) FROM rejects").fetchall()[0][0])
    told = "table_name, file, line, columns, reasons, tokens"
    found = con.execute(
        f"SELECT {told} FROM rejects "
        "ORDER BY reasons = ['unknown_participant'], file, line, table_name, columns, reasons LIMIT ?",
        [limit],
    ).fetchall()
    return [
        {
            "file": names[file],
            "line": line,
            "table": table,
            "columns": columns,
            "reasons": reasons,
            "sentence": " ".join(REASONS[reason].sentence for reason in reasons),
            "tokens": tokens,
        }
        for table, file, line, columns, reasons, tokens in found
    ], total

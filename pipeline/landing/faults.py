"""Every fault of the records that were not taken, for whoever writes to their sender.

A fault is one reason at one column of one record. The quarantine keeps reasons and columns, not which goes
with which: a drop that is looked at again tells that, and the names of the columns in a wide row.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipeline.contract.tables import TABLES
from pipeline.landing import sql
from pipeline.landing.copies import reference
from pipeline.landing.files import Shelf
from pipeline.landing.rejects import SCALES


def remember_open(con: duckdb.DuckDBPyConnection, shelf: Shelf, source: str) -> int:
    """Create the temporary table `open_now(entry, file, line, is_line)` of a source's open entries.

    The answer is how many. `is_line` tells the lines that are no records: their entries know their place alone.
    """
    is_line = "reasons[1] IN ('malformed_line', 'encoding')"
    every = " UNION ALL ".join(
        f"SELECT entry, file, line, {is_line} AS is_line FROM {shelf.opened(t, source)}" for t in TABLES.values()
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE open_now AS {every}")
    return int(con.execute("SELECT count(*) FROM open_now").fetchall()[0][0])


def count_open(con: duckdb.DuckDBPyConnection, numbers: Sequence[int]) -> int:
    """How many of the entries in `open_now` stand in these files."""
    found = con.execute("SELECT count(*) FROM open_now WHERE list_contains(?, file)", [list(numbers)]).fetchall()
    return int(found[0][0])


def write_of_file(
    con: duckdb.DuckDBPyConnection, number: int, before: Sequence[int], path: Path, *, only_open: bool
) -> int:
    """Write the faults of one file of a drop in `rejects` as Parquet; the answer is records that are open.

    `before` are the files in which its lines stood when it was sent. Needs `open_now`.
    """
    con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE chosen AS
WITH lines AS (
  SELECT line, min(entry) AS entry FROM open_now WHERE is_line AND list_contains($before, file) GROUP BY line
)
SELECT r.*, coalesce(o.entry, l.entry) AS open_entry
FROM rejects r LEFT JOIN (SELECT DISTINCT entry FROM open_now) o ON o.entry = r.entry
LEFT JOIN lines l ON l.line = r.line AND r.found IN ('malformed_line:', 'encoding:')
WHERE r.file = {int(number)} {"AND coalesce(o.entry, l.entry) IS NOT NULL" if only_open else ""}
""",
        {"before": list(before)},
    )
    query = f"""
SELECT c.line, c.table_name, split_part(f.fault, ':', 1) AS reason, nullif(split_part(f.fault, ':', 2), '') AS "column",
  nullif(c.part, '') AS part, c.scale, CAST(NULL AS VARCHAR) AS token,
  {reference("c.open_entry")} AS reference, m.mates
FROM chosen c, unnest(string_split(c.found, ',')) AS f(fault)
LEFT JOIN (SELECT table_name, record, string_agg(DISTINCT line, ', ' ORDER BY line) AS mates FROM chosen
  WHERE found = 'duplicate_id:' GROUP BY ALL) m
  ON m.record = c.record AND m.table_name = c.table_name AND c.found = 'duplicate_id:'
"""
    _write(con, query, path)
    return int(con.execute("SELECT count(DISTINCT open_entry) FROM chosen").fetchall()[0][0])


def write_open(con: duckdb.DuckDBPyConnection, shelf: Shelf, source: str, path: Path) -> None:
    """Write the faults of a source's open entries as Parquet, with the number of their file.

    Where an entry has several reasons and several columns, it is one fault: which goes with which is not kept.
    """
    every = []
    for table in TABLES.values():
        scale = SCALES.get(table.name, "NULL")
        every.append(
            f"SELECT file, line, {sql.text(table.name)} AS table_name, reasons, columns, tokens, {scale} AS scale, "
            f"{reference('entry')} AS reference FROM {shelf.opened(table, source)}"
        )
    query = f"""
WITH e AS (SELECT *, len(reasons) = 1 OR len(columns) <= 1 AS is_clear FROM ({" UNION ALL ".join(every)})),
f AS (
  SELECT *, unnest(CASE WHEN is_clear THEN reasons ELSE [array_to_string(reasons, ', ')] END) AS reason FROM e
),
c AS (
  SELECT *, unnest(CASE WHEN len(columns) = 0 THEN [NULL] WHEN is_clear THEN columns
    ELSE [array_to_string(columns, ', ')] END) AS "column" FROM f
)
SELECT file, line, table_name, reason, "column", CAST(NULL AS VARCHAR) AS part, scale,
  list_filter(tokens, lambda x: x.name = "column")[1].token AS token, reference, CAST(NULL AS VARCHAR) AS mates
FROM c
"""
    _write(con, query, path)


def _write(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    con.execute(f"COPY ({query}) TO {sql.text(str(path))} (FORMAT parquet, COMPRESSION snappy)")

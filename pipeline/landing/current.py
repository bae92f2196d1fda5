"""What marts and gate read of landing: one view per table, of the records that hold today.

The views lie in a database file of their own in the private scratch folder. They name Parquet files
and hold no key, so other processes' connections can read them while the run lasts.
"""

import secrets
from pathlib import Path

import duckdb

from pipeline import ledger
from pipeline.contract.columns import Table
from pipeline.contract.tables import TABLES
from pipeline.landing import sql
from pipeline.landing.bench import Bench

_YEAR = "CAST(left(p.enrolled_quarter, 4) AS INTEGER)"
_LAST_MONTH = "3 * CAST(right(p.enrolled_quarter, 1) AS INTEGER)"
_QUARTER_END = f"last_day(make_date({_YEAR}, {_LAST_MONTH}, 1))"


def write_views(bench: Bench) -> Path:
    """Make a new file with `landing_<table>` for every table; nobody holds it open afterwards."""
    path = bench.folder / f"landing-{secrets.token_hex(4)}.duckdb"
    con = bench.con
    con.execute(f"ATTACH {sql.text(str(path))} AS landing")
    _observe(bench)
    for table in TABLES.values():
        con.execute(f"CREATE VIEW landing.landing_{table.name} AS {_view(bench, table)}")
    con.execute("CHECKPOINT landing")
    con.execute("DETACH landing")
    return path


def attach(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Give a connection the views of such a file under their own names."""
    con.execute(f"ATTACH {sql.text(str(path))} AS landing (READ_ONLY)")
    for name in TABLES:
        con.execute(f"CREATE OR REPLACE TEMP VIEW landing_{name} AS SELECT * FROM landing.landing_{name}")


def _observe(bench: Bench) -> None:
    """Up to which day each person has been observed: their source's latest extraction, on their shifted scale.

    Where only the quarter of enrolment is known the day counts from its end, so that nothing is called
    due that may not be.
    """
    with ledger.opened(bench.settings.home, read_only=True) as book:
        latest = book.sql("SELECT source, max(as_of) AS as_of FROM drops GROUP BY source").to_arrow_table()
    bench.con.register("latest_extractions", latest)
    current = bench.shelf.current(TABLES["participants"])
    bench.con.execute(
        f"""
CREATE TABLE landing.observation AS
SELECT p.participant, CASE WHEN p.enrolled_day IS NULL THEN CAST(l.as_of - {_QUARTER_END} AS INTEGER)
  ELSE CAST(l.as_of - DATE '1970-01-01' AS INTEGER) + day_offset(p.participant) END AS observed_until_day
FROM {current} p JOIN latest_extractions l ON l.source = p.source
WHERE NOT p.is_withdrawn
"""
    )
    bench.con.unregister("latest_extractions")


def _view(bench: Bench, table: Table) -> str:
    current = f"(SELECT * FROM {bench.shelf.current(table)} WHERE NOT is_withdrawn)"
    flags = "r.flags"
    pending = ""
    if bench.shelf.live(table.name, "quarantine"):
        flags = "CASE WHEN o.record IS NULL THEN r.flags ELSE list_append(r.flags, 'correction_pending') END"
        records = f"SELECT DISTINCT record FROM {bench.shelf.opened(table)} WHERE record IS NOT NULL"
        pending = f"LEFT JOIN ({records}) o ON o.record = r.record"
    columns = f"r.* REPLACE ({flags} AS flags)"
    if table.name == "participants":
        observed = "JOIN landing.observation b ON b.participant = r.participant"
        return f"SELECT {columns}, b.observed_until_day FROM {current} r {observed} {pending}"
    people = "SELECT participant FROM landing.observation"
    return f"SELECT {columns} FROM {current} r {pending} WHERE r.participant IN ({people})"

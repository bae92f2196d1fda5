"""Who is in which cell of which table."""

from pathlib import Path

import duckdb

from pipeline.disclosure.partitions import PARTITIONS, Partition
from pipeline.engine.duckdb import quote_text


def place_people(con: duckdb.DuckDBPyConnection) -> None:
    """The table `now`: who is in which cell of which table, with the value that is added up there."""
    select = (Path(__file__).parent / "clinic_people.sql").read_text(encoding="utf-8")
    con.execute(f"CREATE TEMP TABLE person AS {select}")
    con.execute(f"CREATE TEMP TABLE now AS {' UNION ALL '.join(map(_members, PARTITIONS))}")


def _members(partition: Partition) -> str:
    known = ", ".join(quote_text(code) for code, _ in partition.cells())
    column = partition.column or partition.code
    return (
        f"SELECT clinic_id, {quote_text(partition.code)} AS partition, "
        f"CASE WHEN {column} IN ({known}) THEN {column} ELSE 'unknown' END AS cell, "
        f"CAST(pseudonym AS VARCHAR) AS pseudonym, CAST({partition.value or 'NULL'} AS BIGINT) AS value "
        f"FROM person WHERE {_among(partition)}"
    )


def _among(partition: Partition) -> str:
    """The people whom a table divides: of its parent's cell, and of the cell that this one is in, and so on."""
    above = {p.code: p for p in PARTITIONS}
    words = ["true"]
    while partition.parent is not None:
        code, cell = partition.parent
        partition = above[code]
        words.append(f"{partition.column or code} = {quote_text(cell)}")
    return " AND ".join(words)

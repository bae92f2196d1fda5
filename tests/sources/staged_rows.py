"""What a staged file holds, read back."""

import duckdb

from pipeline.sources import Staged


def cells(staged: Staged) -> list[tuple[object, ...]]:
    """The rows of a staged file, by line: (line, cell, cell, ...)."""
    with duckdb.connect() as con:
        return con.execute("SELECT * FROM read_parquet(?) ORDER BY __line", [str(staged.data)]).fetchall()


def malformed(staged: Staged) -> list[tuple[object, ...]]:
    """The lines that are no records, with their reasons."""
    if staged.malformed is None:
        return []
    with duckdb.connect() as con:
        return con.execute("SELECT * FROM read_parquet(?) ORDER BY __line", [str(staged.malformed)]).fetchall()

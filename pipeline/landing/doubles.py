"""Which records come more than once in a drop, found by sorting hashes of their keys."""

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.engine import arrow

_SORTED_AT_ONCE = 20_000_000
"""So many hashes of records are put in order at a time, 160 MB of them, whatever the length of a table."""


def find(con: duckdb.DuckDBPyConnection, condition: str) -> None:
    """Create `doubles(hash)` of the records in `typed` that fulfil a condition and come more than once."""
    doubles = _repeated_of(con, f"SELECT hash(record) AS hash FROM typed WHERE {condition}")
    con.register("told", pa.table({"hash": arrow.column(doubles)}))
    con.execute("CREATE OR REPLACE TEMP TABLE doubles AS FROM told")
    con.unregister("told")


def _repeated_of(con: duckdb.DuckDBPyConnection, hashes: str) -> npt.NDArray[np.uint64]:
    """Which of so many numbers occur more than once: sorted, a tenth of what it takes DuckDB to group them."""
    (n,) = con.execute(f"SELECT count(*) FROM ({hashes})").fetchall()[0]
    n_parts, found = 1 + n // _SORTED_AT_ONCE, []
    for part in range(n_parts):
        query = f"SELECT hash FROM ({hashes}) WHERE hash % {n_parts} = {part}"
        found.append(_repeated(arrow.numbers(con.sql(query).to_arrow_table()["hash"])))
    return np.unique(np.concatenate(found))


def _repeated(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Those that stand there again; the numbers are sorted where they lie, for they may take much room."""
    numbers.sort()
    again: npt.NDArray[np.uint64] = numbers[1:][numbers[1:] == numbers[:-1]]
    return again

"""The floors: what DuckDB alone takes for the same bytes, each run as a process of its own."""

import json
import sys
import time
from pathlib import Path

import duckdb

from benchmarks.delivery import COLUMNS

WHAT = {
    "csv": "DuckDB's typed read_csv (ignore_errors) to zstd Parquet, order kept",
    "ndjson": "DuckDB's typed read_json (ignore_errors) to zstd Parquet, order kept",
    "parquet": "DuckDB's read_parquet to zstd Parquet, order kept",
    "grouped": "one grouped scan of the sessions' Parquet: per person, the number of sessions, first and last day, "
    "least, mean and greatest needle length",
    "copied": "the sessions' Parquet into a DuckDB file, as it stands: no keys, no order",
    "person-days": "one grouped scan of the sessions' Parquet: per person and day, the number of sessions, least and "
    "greatest needle length, device and setting",
}
_TYPES = str(COLUMNS)
_DEPTHS = "count(*), min(needle_length_mm), max(needle_length_mm)"
_READS = {
    "csv": f"read_csv($file, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
    f"columns = {_TYPES}, ignore_errors = true)",
    "ndjson": f"read_json($file, format = 'newline_delimited', columns = {_TYPES}, ignore_errors = true)",
    "parquet": "read_parquet($file)",
}
_KEPT = "participant, performed_day, lag_days, flags, " + ", ".join(list(COLUMNS)[3:])
_GROUPED = {
    "grouped": f"SELECT participant, {_DEPTHS}, avg(needle_length_mm), min(performed_day), max(performed_day) "
    "FROM read_parquet($file) GROUP BY participant",
    "person-days": f"SELECT participant, performed_day, {_DEPTHS}, min(device), min(setting) "
    "FROM read_parquet($file) GROUP BY participant, performed_day",
}


def run(kind: str, file: str, out: Path) -> int:
    """Do it; the answer is the number of rows."""
    if kind == "copied":
        con = duckdb.connect(str(out.with_suffix(".duckdb")), config={"temp_directory": str(out.parent)})
        con.execute(f"CREATE OR REPLACE TABLE copied AS SELECT {_KEPT} FROM read_parquet($file)", {"file": file})
        con.execute("CHECKPOINT")
        return int(con.execute("SELECT count(*) FROM copied").fetchall()[0][0])
    con = duckdb.connect(config={"temp_directory": str(out.parent)})
    if kind in _READS:
        read = f"COPY (SELECT * FROM {_READS[kind]}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)"
        return int(con.execute(read, {"file": file}).fetchall()[0][0])
    con.execute(f"CREATE TABLE grouped AS {_GROUPED[kind]}", {"file": file})
    return int(con.execute("SELECT count(*) FROM grouped").fetchall()[0][0])


if __name__ == "__main__":
    started, processor = time.perf_counter(), time.process_time()
    rows = run(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    spent = {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - processor}
    print(json.dumps({"rows": rows, **spent}))

"""Everything that lies below a folder, as bytes: each file as it is, and what its format hides by compression.

A Parquet file is read column by column and written again without compression; of a DuckDB file every table is
read besides its raw pages, the free ones among them.
"""

import io
import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

Needles = Mapping[str, tuple[bytes, ...]]
"""What is looked for: its name, and every way in which it may be written."""


def places(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """(file and layer, bytes) of every file below the folders, hidden ones too."""
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            name = path.relative_to(folder).as_posix()
            yield f"{name} (bytes)", path.read_bytes()
            for layer, content in _layers(path):
                yield f"{name} ({layer})", content


def _layers(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.suffix == ".parquet":
        plain = io.BytesIO()
        pq.write_table(pq.read_table(path), plain, compression="none", use_dictionary=False)
        yield "pages", plain.getvalue()
        with duckdb.connect() as con:
            yield "cells", _cells(con, f"read_parquet('{path}')")
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as con:
            for (table,) in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall():
                yield f"table {table}", _cells(con, f'"{table}"')


def _cells(con: duckdb.DuckDBPyConnection, relation: str) -> bytes:
    return repr(con.execute(f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {relation}").fetchall()).encode()


def of_uuid(value: str) -> tuple[bytes, ...]:
    """A UUID as text, as hexadecimal digits, as Parquet's bytes, and as DuckDB's integer of 128 bits."""
    number = uuid.UUID(value)
    flipped = (number.int ^ (1 << 127)).to_bytes(16, "little")
    return str(number).encode(), number.hex.encode(), number.bytes, flipped


def found(needles: Needles, hay: Iterable[tuple[str, bytes]]) -> dict[str, set[str]]:
    """For each needle that is there, the places where it lies."""
    hits: dict[str, set[str]] = {}
    for place, content in hay:
        low = content.lower()
        for name, forms in needles.items():
            if any(form in content or form.lower() in low for form in forms):
                hits.setdefault(name, set()).add(place)
    return hits

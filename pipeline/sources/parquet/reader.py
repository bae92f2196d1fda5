"""Parquet: columns of any plain type as text."""

import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.contract.mapping import Manifest
from pipeline.contract.staged import Scan
from pipeline.sources.drop import DataFile
from pipeline.sources.parquet.scan import Kinds, is_scannable, numbered, scan_of
from pipeline.sources.room import tells_of_full_disk
from pipeline.sources.staged import (
    LINE,
    Staged,
    check_headers,
    identifier,
    literal,
    missing_headers,
    refuse,
    used_headers,
)

_SNAPPY = "(FORMAT parquet, COMPRESSION snappy)"


def stage_parquet(
    con: duckdb.DuckDBPyConnection,
    file: DataFile,
    manifest: Manifest,
    into: Path,
    stem: str,
    *,
    may_be_apart: bool = False,
) -> Staged:
    """Read one Parquet file as text. Raises RefusedError where it, or a mapped column of it, cannot be read.

    With `may_be_apart` the rows of a long file may stay in a copy of it (`Staged.scan`).
    """
    del manifest  # nothing in it bears on a format that knows its own types
    schema = _schema(file)
    headers = check_headers(file, schema.names)
    used = used_headers(file.tables, headers)
    kinds = {header: (field.name, _plain(field.type)) for header, field in zip(headers, schema, strict=True)}
    for header, field in zip(headers, schema, strict=True):
        if header in used and _holds_no_value(field.type):
            raise refuse(
                file, f"column {header!r} is {field.type}, expected one plain value a row; flatten it or unmap it"
            )
    data, held = into / f"{stem}.parquet", file.path
    apart = may_be_apart and is_scannable(file.path, [kinds[h][1] for h in used])
    if apart:  # a copy, for nobody may write on the file while the run still reads it
        held = Path(shutil.copyfile(file.path, into / f"{stem}.copy.parquet"))
    columns = ", ".join(f"{_as_text(identifier(name), kind)} AS {identifier(h)}" for h, (name, kind) in kinds.items())
    query = f"SELECT (file_row_number + 1)::UINTEGER AS {LINE}, {columns} FROM {numbered(held)}"
    try:
        records = _count(con, f"COPY ({query}{' LIMIT 0' if apart else ''}) TO {literal(str(data))} {_SNAPPY}")
        scan = _checked_scan(con, held, {h: kinds[h] for h in headers if h in used}) if apart else None
    except (duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error as problem:  # of a damaged file the engine says many things, some under no name of their own
        if tells_of_full_disk(problem):
            raise
        raise refuse(file, "is damaged Parquet; ask the sender for it again") from None
    records = scan.n_records if scan else records
    return Staged(data, None, headers, records, missing_headers(file, headers, records), scan)


def _checked_scan(con: duckdb.DuckDBPyConnection, held: Path, kinds: Kinds) -> Scan:
    """The scan of the columns that are used, after a look at each of their values: damage is told here."""
    every = ", ".join(identifier(name) for name, _ in kinds.values()) or "1"
    n = _count(con, f"SELECT count(*) FROM {numbered(held)} WHERE hash({every}) IS NOT NULL")
    texts = {header: _as_text(identifier(name), kind) for header, (name, kind) in kinds.items()}
    return scan_of(held, kinds, texts, n)


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(con.execute(query).fetchall()[0][0])


def _schema(file: DataFile) -> pa.Schema:
    try:
        if file.path.stat().st_size == 0:
            raise refuse(file, "is empty; ask the sender for it again")
        return pq.read_schema(file.path)
    except FileNotFoundError:
        raise refuse(file, "is not there; put it into the drop again") from None
    except PermissionError:
        raise refuse(file, "may not be read by this user; give read permission") from None
    except (pa.ArrowException, UnicodeDecodeError, OSError):  # names of columns are decoded as they stand
        raise refuse(file, "is no readable Parquet file; ask the sender for it again") from None


def _plain(kind: pa.DataType) -> pa.DataType:
    return _plain(kind.value_type) if pa.types.is_dictionary(kind) else kind


def _holds_no_value(kind: pa.DataType) -> bool:
    plain = _plain(kind)
    return bool(pa.types.is_nested(plain)) or _is_binary(plain)


def _is_binary(kind: pa.DataType) -> bool:
    return any(test(kind) for test in (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary))


def _as_text(column: str, kind: pa.DataType) -> str:
    """The value as text: ISO dates and instants, whole floats without `.0`, since gaps turn integers into floats."""
    plain = _plain(kind)
    if pa.types.is_floating(plain):
        shortest = f"regexp_replace({column}::VARCHAR, '\\.0$', '')"
        return f"CASE WHEN isnan({column}) THEN NULL ELSE {shortest} END"
    if pa.types.is_decimal(plain):  # DuckDB writes .50 where a decimal has no digit before the point
        return f"regexp_replace({column}::VARCHAR, '^(-?)\\.', '\\10.')"
    if pa.types.is_timestamp(plain):
        return _instant(column, plain)
    if pa.types.is_nested(plain):
        return f"to_json({column})::VARCHAR"
    return "NULL::VARCHAR" if _is_binary(plain) else f"{column}::VARCHAR"


def _instant(column: str, kind: pa.TimestampType) -> str:
    iso = "'%Y-%m-%dT%H:%M:%S.%f'"
    if kind.tz is None:
        return f"strftime({column}::TIMESTAMP, {iso})"
    return f"strftime({column}::TIMESTAMPTZ AT TIME ZONE 'UTC', {iso}) || '+00:00'"

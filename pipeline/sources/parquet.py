"""Parquet: columns of any plain type as text."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.contract.mapping import Manifest
from pipeline.sources.drop import DataFile
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


def stage_parquet(con: duckdb.DuckDBPyConnection, file: DataFile, manifest: Manifest, into: Path, stem: str) -> Staged:
    """Read one Parquet file as text. Raises RefusedError where it, or a mapped column of it, cannot be read."""
    del manifest  # nothing in it bears on a format that knows its own types
    schema = _schema(file)
    headers = check_headers(file, schema.names)
    used = used_headers(file.tables, headers)
    for header, field in zip(headers, schema, strict=True):
        if header in used and _holds_no_value(field.type):
            raise refuse(
                file, f"column {header!r} is {field.type}, expected one plain value a row; flatten it or unmap it"
            )
    columns = [
        f"{_as_text(identifier(field.name), field.type)} AS {identifier(header)}"
        for header, field in zip(headers, schema, strict=True)
    ]
    data = into / f"{stem}.parquet"
    numbered = f"read_parquet({literal(str(file.path))}, file_row_number = true)"
    query = f"SELECT {', '.join([f'(file_row_number + 1)::UINTEGER AS {LINE}', *columns])} FROM {numbered}"
    try:
        copied = con.execute(f"COPY ({query}) TO {literal(str(data))} (FORMAT parquet, COMPRESSION snappy)").fetchone()
    except (duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error as problem:  # of a damaged file the engine says many things, some under no name of their own
        if tells_of_full_disk(problem):
            raise
        raise refuse(file, "is damaged Parquet; ask the sender for it again") from None
    records = int(copied[0]) if copied else 0
    return Staged(data, None, headers, records, missing_headers(file, headers, records))


def _schema(file: DataFile) -> pa.Schema:
    try:
        if file.path.stat().st_size == 0:
            raise refuse(file, "is empty; ask the sender for it again")
        return pq.read_schema(file.path)
    except FileNotFoundError:
        raise refuse(file, "is not there; put it into the drop again") from None
    except PermissionError:
        raise refuse(file, "may not be read by this user; give read permission") from None
    except (pa.ArrowInvalid, OSError):
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

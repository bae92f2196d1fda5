"""NDJSON: one object per line, its own values as text, nested ones as JSON text."""

import json
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from pipeline.contract.mapping import Manifest
from pipeline.sections import clean_header
from pipeline.sources.csv_rules import IS_BLANK, IS_MARKED, IS_UNDECODABLE
from pipeline.sources.drop import DataFile
from pipeline.sources.encodings import normalised, open_text, wrong_encoding
from pipeline.sources.plain_text import write_lines
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

_MOST_KEYS = 500
"""Of a file with more keys than that only the mapped ones are read: every line would be spread over all of them, which
for 9,000 lines with a key of their own each took over 8 GB."""

_IS_OBJECT = f"CASE WHEN starts_with(ltrim(text, {literal(' ' + chr(9))}), '{{') THEN json_valid(text) ELSE false END"
_HAS_TWIN = "CASE WHEN json_valid(text) THEN len(json_keys(text)) > len(list_distinct(json_keys(text))) ELSE false END"


def stage_ndjson(con: duckdb.DuckDBPyConnection, file: DataFile, manifest: Manifest, into: Path, stem: str) -> Staged:
    """Read one NDJSON file as text. Raises RefusedError where it cannot be read at all."""
    data, malformed = into / f"{stem}.parquet", into / f"{stem}.malformed.parquet"
    with TemporaryDirectory(dir=into) as folder:
        text = open_text(file, manifest, Path(folder))
        if text.survey.n_cr or text.survey.bom or text.encoding != "utf-8":
            text = normalised(text, Path(folder))
        lines = Path(folder) / "lines.parquet"
        write_lines(file, text.path, lines)
        body = f"(SELECT line, text FROM read_parquet({literal(str(lines))}) WHERE NOT {IS_BLANK})"
        fine = f"NOT {IS_MARKED} AND {_IS_OBJECT}"
        keys, has_twins, n_objects = _keys(con, body, fine)
        if has_twins:  # a key given twice in one object: nobody can say which value is meant
            fine = f"{fine} AND NOT {_HAS_TWIN}"
        headers = check_headers(file, keys)
        reason = f"CASE WHEN {IS_UNDECODABLE} THEN 'encoding' ELSE 'malformed_line' END AS reason"
        if not has_twins and n_objects == con.execute(f"SELECT count(*) FROM {body}").fetchall()[0][0]:
            fine = "true"  # every line has passed: to look at each again would cost as much as the reading
        read = headers if len(keys) <= _MOST_KEYS else used_headers(file.tables, headers)
        n_data = _write(con, f"SELECT line AS {LINE}{_values(keys, read)} FROM {body} WHERE {fine}", data)
        # by their numbers: to parse every line once more would cost a multiple
        there = f"SELECT {LINE} FROM read_parquet({literal(str(data))})"
        n_bad = _write(con, f"SELECT line AS {LINE}, {reason} FROM {body} WHERE line NOT IN ({there})", malformed)
        n_undecodable = _undecodable(con, malformed)
        if 2 * n_undecodable > n_data + n_bad:
            raise wrong_encoding(file, text, f"has {n_undecodable} of {n_data + n_bad} lines that are")
        if not n_data and _is_list(con, body):
            raise refuse(file, "is one JSON list; expected one object a line, without brackets or commas around them")
    warnings = missing_headers(file, headers, n_data + n_bad)
    return Staged(data, malformed if n_bad else None, headers, n_data + n_bad, warnings)


def _keys(con: duckdb.DuckDBPyConnection, body: str, fine: str) -> tuple[list[str], bool, int]:
    """Every key of the file in the order of first sight, whether an object gives one twice, and the number of objects.

    Keys without a name cannot be mapped and are left out.
    """
    shapes = f"SELECT min(line), count(*) FROM {body} WHERE {fine} GROUP BY hash(json_keys(text))"
    first = con.execute(shapes).fetchall()
    query = f"SELECT json_keys(text) FROM {body} WHERE line IN (SELECT unnest(?)) ORDER BY line"
    lists = [keys for (keys,) in con.execute(query, [[line for line, _ in first]]).fetchall()]
    found = dict.fromkeys(key for keys in lists for key in keys if clean_header(key))
    return list(found), any(len(set(keys)) < len(keys) for keys in lists), sum(n for _, n in first)


def _values(keys: list[str], read: Collection[str]) -> str:
    """The values by key as columns: DuckDB sees that the parse is the same for all and does it once.

    Columns that are not `read` are there without values.
    """
    shape = literal(json.dumps({key: "VARCHAR" for key in keys if clean_header(key) in read}, ensure_ascii=False))
    whole = f"json_transform(text, {shape})"
    return "".join(
        f", {f'{whole}[{literal(key)}]' if clean_header(key) in read else 'CAST(NULL AS VARCHAR)'} "
        f"AS {identifier(clean_header(key))}"
        for key in keys
    )


def _is_list(con: duckdb.DuckDBPyConnection, body: str) -> bool:
    first = con.execute(f"SELECT text FROM {body} ORDER BY line LIMIT 1").fetchall()
    return bool(first) and first[0][0].lstrip().startswith("[")


def _undecodable(con: duckdb.DuckDBPyConnection, malformed: Path) -> int:
    query = "SELECT count(*) FROM read_parquet(?) WHERE reason = 'encoding'"
    return int(con.execute(query, [str(malformed)]).fetchall()[0][0])


def _write(con: duckdb.DuckDBPyConnection, query: str, out: Path) -> int:
    copied = con.execute(f"COPY ({query}) TO {literal(str(out))} (FORMAT parquet, COMPRESSION snappy)").fetchone()
    return int(copied[0]) if copied else 0

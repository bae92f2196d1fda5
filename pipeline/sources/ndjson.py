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


def stage_ndjson(con: duckdb.DuckDBPyConnection, file: DataFile, manifest: Manifest, into: Path, stem: str) -> Staged:
    """Read one NDJSON file as text. Raises RefusedError where it cannot be read at all."""
    data, malformed = into / f"{stem}.parquet", into / f"{stem}.malformed.parquet"
    with TemporaryDirectory(dir=into) as folder:
        text = open_text(file, manifest, Path(folder))
        if text.survey.n_cr or text.survey.bom or text.encoding != "utf-8":
            text = normalised(text, Path(folder))
        lines = Path(folder) / "lines.parquet"
        write_lines(file, text.path, lines)
        every = f"read_parquet({literal(str(lines))})"
        body = f"(SELECT line, text FROM {every} WHERE NOT {IS_BLANK})"
        keys, bad = _keys(con, body, Path(folder) / "shapes.parquet")
        headers = check_headers(file, keys)
        read = headers if len(keys) <= _MOST_KEYS else used_headers(file.tables, headers)
        n_data = _write(
            con, f"SELECT line AS {LINE}{_values(keys, read)} FROM {body} ANTI JOIN {bad} USING (line)", data
        )
        reason = f"CASE WHEN {IS_UNDECODABLE} THEN 'encoding' ELSE 'malformed_line' END AS reason"
        n_bad = _write(con, f"SELECT line AS {LINE}, {reason} FROM {every} SEMI JOIN {bad} USING (line)", malformed)
        n_undecodable = _undecodable(con, malformed)
        if 2 * n_undecodable > n_data + n_bad:
            raise wrong_encoding(file, text, f"has {n_undecodable} of {n_data + n_bad} lines that are")
        if not n_data and _is_list(con, body):
            raise refuse(file, "is one JSON list; expected one object a line, without brackets or commas around them")
    warnings = missing_headers(file, headers, n_data + n_bad)
    return Staged(data, malformed if n_bad else None, headers, n_data + n_bad, warnings)


def _keys(con: duckdb.DuckDBPyConnection, body: str, shapes: Path) -> tuple[list[str], str]:
    """Every key of the file in the order of first sight, and a SELECT of the lines that are no objects.

    Nor is one that gives a key twice: nobody can say which value is meant. Keys without a name cannot be mapped and
    are left out. The shape of each line is written to `shapes`, so that none is parsed again to tell whether it is one.
    """
    shape = f"CASE WHEN NOT {IS_MARKED} AND {_IS_OBJECT} THEN hash(json_keys(text)) END AS shape"
    _write(con, f"SELECT line, {shape} FROM {body}", shapes)
    told = f"read_parquet({literal(str(shapes))})"
    first = con.execute(f"SELECT min(line) FROM {told} WHERE shape IS NOT NULL GROUP BY shape").fetchall()
    query = f"SELECT line, json_keys(text) FROM {body} WHERE line IN (SELECT unnest(?)) ORDER BY line"
    lists = con.execute(query, [[line for (line,) in first]]).fetchall()
    found = dict.fromkeys(key for _, keys in lists for key in keys if clean_header(key))
    twins = [line for line, keys in lists if len(set(keys)) < len(keys)]
    of_twins = f"SELECT shape FROM {told} WHERE list_contains({twins}::UINTEGER[], line)"
    return list(found), f"(SELECT line FROM {told} WHERE shape IS NULL OR shape IN ({of_twins}))"


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
    # many columns of text are a quarter quicker to write in the second version of the format
    options = "(FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION v2)"
    copied = con.execute(f"COPY ({query}) TO {literal(str(out))} {options}").fetchone()
    return int(copied[0]) if copied else 0

"""NDJSON: one object per line, its own values as text, nested ones as JSON text."""

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow.parquet as pq

from pipeline.contract.mapping import Manifest
from pipeline.sections import clean_header
from pipeline.sources.drop import DataFile
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
from pipeline.sources.text.csv_rules import IS_BLANK, IS_MARKED, IS_UNDECODABLE
from pipeline.sources.text.encodings import normalised, open_text, wrong_encoding
from pipeline.sources.text.line_sieve import ODD
from pipeline.sources.text.ndjson_shapes import MOST_KEYS
from pipeline.sources.text.ndjson_sieve import PlainLines, sieve
from pipeline.sources.text.plain_text import write_lines

_IS_OBJECT = f"CASE WHEN starts_with(ltrim(text, {literal(' ' + chr(9))}), '{{') THEN json_valid(text) ELSE false END"

Sight = tuple[int, Sequence[str]]
"""The number of a line, and the keys that were first seen together in it."""


def stage_ndjson(con: duckdb.DuckDBPyConnection, file: DataFile, manifest: Manifest, into: Path, stem: str) -> Staged:
    """Read one NDJSON file as text. Raises RefusedError where it cannot be read at all."""
    data, malformed = into / f"{stem}.parquet", into / f"{stem}.malformed.parquet"
    with TemporaryDirectory(dir=into) as folder:
        work = Path(folder)
        text = open_text(file, manifest, work)
        if text.survey.n_cr or text.survey.bom or text.encoding != "utf-8":
            text = normalised(text, work)
        plain = sieve(text.path, work, work / "plain.parquet")
        if plain is None:
            write_lines(file, text.path, work / ODD)
        every = _scan(work / ODD)
        body = f"(SELECT line, text FROM {every} WHERE NOT {IS_BLANK})"
        sights, bad = _sights(con, body, work / "shapes.parquet")
        keys = _keys([*sights, *(plain.sights if plain else ())])
        headers = check_headers(file, keys)
        read = headers if len(keys) <= MOST_KEYS else used_headers(file.tables, headers)
        values = f"SELECT line AS {LINE}{_values(keys, read)} FROM {body} ANTI JOIN {bad} USING (line)"
        n_data = _write_beside(con, plain, values, read, data) if plain else _write(con, values, data)
        reason = f"CASE WHEN {IS_UNDECODABLE} THEN 'encoding' ELSE 'malformed_line' END AS reason"
        n_bad = _write(con, f"SELECT line AS {LINE}, {reason} FROM {every} SEMI JOIN {bad} USING (line)", malformed)
        n_undecodable = _undecodable(con, malformed)
        if 2 * n_undecodable > n_data + n_bad:
            raise wrong_encoding(file, text, f"has {n_undecodable} of {n_data + n_bad} lines that are")
        if not n_data and _is_list(con, body):
            raise refuse(file, "is one JSON list; expected one object a line, without brackets or commas around them")
    warnings = missing_headers(file, headers, n_data + n_bad)
    return Staged(data, malformed if n_bad else None, headers, n_data + n_bad, warnings)


def _sights(con: duckdb.DuckDBPyConnection, body: str, shapes: Path) -> tuple[list[Sight], str]:
    """Where each sequence of keys was first seen, and a SELECT of the lines that are no objects.

    Nor is one that gives a key twice: nobody can say which value is meant. The shape of each line is written to
    `shapes`, so that none is parsed again to tell whether it is one.
    """
    shape = f"CASE WHEN NOT {IS_MARKED} AND {_IS_OBJECT} THEN hash(json_keys(text)) END AS shape"
    _write(con, f"SELECT line, {shape} FROM {body}", shapes)
    told = _scan(shapes)
    first = con.execute(f"SELECT min(line) FROM {told} WHERE shape IS NOT NULL GROUP BY shape").fetchall()
    query = f"SELECT line, json_keys(text) FROM {body} WHERE line IN (SELECT unnest(?))"
    sights = con.execute(query, [[line for (line,) in first]]).fetchall()
    twins = [line for line, keys in sights if len(set(keys)) < len(keys)]
    of_twins = f"SELECT shape FROM {told} WHERE list_contains({twins}::UINTEGER[], line)"
    return sights, f"(SELECT line FROM {told} WHERE shape IS NULL OR shape IN ({of_twins}))"


def _keys(sights: Iterable[Sight]) -> list[str]:
    """Every key of the file in the order of first sight; those without a name cannot be mapped and are left out."""
    return list(dict.fromkeys(key for _, keys in sorted(sights) for key in keys if clean_header(key)))


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


def _write_beside(
    con: duckdb.DuckDBPyConnection, plain: PlainLines, values: str, read: Collection[str], data: Path
) -> int:
    """Write the values of the odd lines, as a SELECT, beside the plain ones; the answer is how many lines these are.

    Only where odd lines hold a key that no plain one has are the latter written once more, with the new column.
    """
    rows, odd = plain.rows, plain.rows.out.with_suffix(".odd")
    n_odd = _write(con, values, odd)
    if {*pq.read_schema(odd).names} == {LINE, *rows.headers}:
        rows.append(odd)
        rows.close()
        rows.out.replace(data)
        return plain.n + n_odd
    rows.close()
    kept = "".join(f", {identifier(header)}" for header in rows.headers if header in read)
    both = (f"SELECT * FROM {_scan(odd)}", f"SELECT {LINE}{kept} FROM {_scan(rows.out)}")
    return _write(con, " UNION ALL BY NAME ".join(both), data)


def _is_list(con: duckdb.DuckDBPyConnection, body: str) -> bool:
    first = con.execute(f"SELECT text FROM {body} ORDER BY line LIMIT 1").fetchall()
    return bool(first) and first[0][0].lstrip().startswith("[")


def _undecodable(con: duckdb.DuckDBPyConnection, malformed: Path) -> int:
    query = "SELECT count(*) FROM read_parquet(?) WHERE reason = 'encoding'"
    return int(con.execute(query, [str(malformed)]).fetchall()[0][0])


def _scan(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"


def _write(con: duckdb.DuckDBPyConnection, query: str, out: Path) -> int:
    # many columns of text are a quarter quicker to write in the second version of the format
    options = "(FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION v2)"
    copied = con.execute(f"COPY ({query}) TO {literal(str(out))} {options}").fetchone()
    return int(copied[0]) if copied else 0

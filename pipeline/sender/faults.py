"""The sentence of every fault, next to its line: SQL over the faults and the sender's file as it was read."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.contract.mapping import Manifest
from pipeline.contract.staged import StagedFile
from pipeline.contract.tables import TABLES
from pipeline.engine.duckdb import quote_name, quote_text
from pipeline.sender.phrases import CELL, MATES, Fault, Origin, sentence

_CELL_SHOWN = 60
"""So many characters of a cell are told in a sentence; the cell itself stands beside it."""

_KIND = ("table_name", "reason", "column", "part", "scale")


def tell(con: duckdb.DuckDBPyConnection, faults: Path, file: StagedFile | None, manifest: Manifest | None) -> None:
    """Create the temporary table `told(place, line, table_name, header, reason, sentence, reference, token)`.

    `faults` is Parquet as landing writes it; without a file the cells are the tokens that the quarantine tells.
    """
    source = f"read_parquet({quote_text(str(faults))})"
    names = ", ".join(map(quote_name, _KIND))
    kinds = sorted(
        (Fault(*row) for row in con.execute(f"SELECT DISTINCT {names} FROM {source}").fetchall()), key=_order
    )
    origins = _origins(file, manifest)
    phrases = [_phrase(kind, origins.get(kind.table, Origin()), file) for kind in kinds]
    _install(con, kinds, phrases)
    on = " AND ".join(f"p.{quote_name(n)} IS NOT DISTINCT FROM f.{quote_name(n)}" for n in _KIND)
    cell, data = "f.token", ""
    if file is not None:
        headers = sorted({header for header, _ in phrases if header is not None})
        cell = _cell(headers)
        data = f"LEFT JOIN ({_cells(headers, file, source)}) d ON d.line = f.line"
    shown = f"left(trim(regexp_replace(coalesce({cell}, ''), '\\s+', ' ', 'g')), {_CELL_SHOWN})"
    number = "f.file" if file is None else "0"
    con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE told AS
SELECT p.place, {number} AS file, f.line, f.table_name, coalesce(p.header, f."column") AS header, f.reason,
  replace({_said(shown)}, {quote_text(MATES)}, coalesce(f.mates, '')) AS sentence,
  f.reference, f.token, p.header IS NOT NULL AS is_cell
FROM {source} f JOIN phrases p ON {on} {data}
"""
    )


def _order(kind: Fault) -> tuple[object, ...]:
    """Tables and columns in the order of the contract."""
    native = TABLES[kind.table].names
    column = native.index(kind.column) if kind.column in native else -1
    return list(TABLES).index(kind.table), column, kind.part or "", kind.reason, kind.scale or ""


def _origins(file: StagedFile | None, manifest: Manifest | None) -> Mapping[str, Origin]:
    if file is None:
        return {}
    return {mapping.table: Origin(manifest, mapping, file.headers) for mapping in file.tables}


def _phrase(kind: Fault, origin: Origin, file: StagedFile | None) -> tuple[str | None, str]:
    header = origin.header(kind)
    return (header if file is not None and header in file.headers else None), sentence(kind, origin)


def _install(con: duckdb.DuckDBPyConnection, kinds: list[Fault], phrases: list[tuple[str | None, str]]) -> None:
    """The temporary table `phrases`: one row per kind of fault, in the order in which they are told."""
    columns = {
        "table_name": [k.table for k in kinds],
        "reason": [k.reason for k in kinds],
        "column": [k.column for k in kinds],
        "part": [k.part for k in kinds],
        "scale": [k.scale for k in kinds],
        "header": [header for header, _ in phrases],
        "phrase": [phrase for _, phrase in phrases],
        "place": list(range(len(kinds))),
    }
    schema = pa.schema([(n, pa.int32() if n == "place" else pa.string()) for n in columns])
    frame = pa.table(columns, schema=schema)
    con.register("phrase_rows", frame)
    con.execute("CREATE OR REPLACE TEMP TABLE phrases AS SELECT * FROM phrase_rows")
    con.unregister("phrase_rows")


def _said(shown: str) -> str:
    """The phrase with the cell in it; where nobody may or can tell the cell, it is `the value`."""
    plain = "p.phrase"
    for place in (f"'{CELL}'", CELL):
        plain = f"replace({plain}, {quote_text(place)}, 'the value')"
    return f"CASE WHEN {shown} = '' THEN {plain} ELSE replace(p.phrase, {quote_text(CELL)}, {shown}) END"


def _cell(headers: list[str]) -> str:
    if not headers:
        return "NULL"
    cases = " ".join(f"WHEN {quote_text(h)} THEN d.{quote_name(h)}" for h in headers)
    return f"CASE p.header {cases} END"


def _cells(headers: list[str], file: StagedFile, source: str) -> str:
    """The cells of each faulty line. A response may be several rows: where they differ, no cell is told."""
    cells = [f"CASE WHEN min({n}) = max({n}) THEN min({n}) END AS {n}" for n in map(quote_name, headers)]
    picked = ", ".join(['"__line" AS line', *cells])
    rows = f"read_parquet({quote_text(str(file.data))})"
    return f'SELECT {picked} FROM {rows} WHERE "__line" IN (SELECT line FROM {source}) GROUP BY "__line"'


def by_line(con: duckdb.DuckDBPyConnection) -> dict[int, str]:
    """What is told of each line, with the references of its entries behind."""
    found = con.execute(
        """
WITH s AS (SELECT line, sentence, min(place) AS place FROM told GROUP BY line, sentence),
w AS (SELECT line, string_agg(sentence, '; ' ORDER BY place, sentence) AS why FROM s GROUP BY line),
r AS (SELECT line, string_agg(DISTINCT '[ref ' || reference || ']', ' ' ORDER BY '[ref ' || reference || ']') AS refs
  FROM told WHERE reference IS NOT NULL GROUP BY line)
SELECT w.line, concat_ws(' ', w.why, r.refs) FROM w LEFT JOIN r ON r.line = w.line ORDER BY w.line
"""
    ).fetchall()
    return {int(line): str(why) for line, why in found}


def cells_at_fault(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, str]]:
    """(line, header) of every cell that a sentence names."""
    found = con.execute("SELECT DISTINCT line, header FROM told WHERE is_cell ORDER BY line, header").fetchall()
    return ((int(line), str(header)) for line, header in found)

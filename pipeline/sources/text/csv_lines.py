"""A CSV file taken apart line by line, in SQL: what is a record, what is not, and why."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.contract.staged import ANSWERS, REFERENCE, is_why_not_taken
from pipeline.sources.staged import LINE, identifier, literal
from pipeline.sources.text.csv_rules import IS_BLANK, IS_MARKED, IS_UNDECODABLE, NOT_READ, Layout, read_sql
from pipeline.sources.text.csv_spans import GOOD, SPANS, find_spans
from pipeline.sources.text.line_sieve import ODD, Sieved
from pipeline.sources.text.text_rows import TextRows

_NEWLINE = "\\n"


@dataclass(frozen=True)
class LineCounts:
    """The account of a file's physical records."""

    records: int
    n_malformed: int
    n_undecodable: int


def split_lines(con: duckdb.DuckDBPyConnection, layout: Layout, work: Path, data: Path, malformed: Path) -> LineCounts:
    """Sort `work`/lines.parquet (line, text) into records of cells and malformed lines."""
    body = _body(con, layout, work / "lines.parquet")
    has_spans = find_spans(con, layout, body, work)
    whole, broken = _sorted(layout, work, body, has_spans)
    n_data = _write_cells(con, layout, whole, work / "kept.csv", data)
    return _counted(con, n_data, broken, malformed)


def split_odd(
    con: duckdb.DuckDBPyConnection, layout: Layout, work: Path, rows: TextRows, malformed: Path, sieved: Sieved
) -> LineCounts:
    """The same with what the sieve has left: the odd lines are sorted, and the records among them added to `rows`."""
    body = _scan(work / ODD)
    has_spans = find_spans(con, layout, body, work, sieved.last)
    whole, broken = _sorted(layout, work, body, has_spans)
    if has_spans:
        broken += (
            f" UNION ALL SELECT line AS {LINE}, 'malformed_line' AS reason FROM {_lost(work)} "
            f"AS lost ANTI JOIN {body} AS odd USING (line)"
        )
    kept = work / "kept.parquet"
    n_data = sieved.n_plain + _write_cells(con, layout, whole, work / "kept.csv", kept)
    rows.append(kept)
    rows.close()
    if has_spans:
        n_data -= _leave_swallowed(con, work, rows.out)
    return _counted(con, n_data, broken, malformed)


def _leave_swallowed(con: duckdb.DuckDBPyConnection, work: Path, data: Path) -> int:
    """Leave out the plain lines inside a spanned record, which may be none of their own; the answer is how many."""
    inside = f"(SELECT line FROM {_scan(work / SPANS)} AS s ANTI JOIN {_scan(work / ODD)} AS odd USING (line))"
    ((n_inside,),) = con.execute(f"SELECT count(*) FROM {inside}").fetchall()
    if n_inside:
        _write(con, f"SELECT * FROM {_scan(data)} AS p ANTI JOIN {inside} AS i ON i.line = p.{LINE}", work / "outside")
        (work / "outside").replace(data)
    return int(n_inside)


def _sorted(layout: Layout, work: Path, body: str, has_spans: bool) -> tuple[str, str]:
    """(the texts that are records with their first lines, the lines that are none with the reason) as SELECTs."""
    spans, good = _scan(work / SPANS), _scan(work / GOOD)
    alone = f"(SELECT * FROM {body} ANTI JOIN {spans} USING (line))" if has_spans else body
    fine = f"NOT {IS_BLANK} AND NOT {IS_MARKED} AND {layout.is_record}"
    reason = f"CASE WHEN {IS_UNDECODABLE} THEN 'encoding' ELSE 'malformed_line' END AS reason"
    if any(map(is_why_not_taken, layout.headers)):  # its cells cannot be told apart, but what it answers can
        reason += f", regexp_extract_all(text, {literal(REFERENCE)}, 1) AS {ANSWERS}"
    whole = f"SELECT line, text FROM {alone} WHERE {fine}"
    broken = f"SELECT line AS {LINE}, {reason} FROM {alone} WHERE NOT {IS_BLANK} AND NOT coalesce({fine}, false)"
    if has_spans:
        lost = f"{body} SEMI JOIN {_lost(work)} AS lost USING (line)"
        whole += f" UNION ALL SELECT first AS line, text FROM {good}"
        broken += f" UNION ALL SELECT line AS {LINE}, {reason} FROM {lost} WHERE NOT {IS_BLANK}"
    return whole, broken


def _lost(work: Path) -> str:
    """The lines of spanned records that are no good."""
    return f"(SELECT line FROM {_scan(work / SPANS)} ANTI JOIN {_scan(work / GOOD)} USING (first))"


def _counted(con: duckdb.DuckDBPyConnection, n_data: int, broken: str, malformed: Path) -> LineCounts:
    n_malformed = _write(con, broken, malformed)
    n_undecodable = con.execute(f"SELECT count(*) FROM {_scan(malformed)} WHERE reason = 'encoding'").fetchall()[0][0]
    return LineCounts(n_data + n_malformed, n_malformed, n_undecodable)


def _write_kept(con: duckdb.DuckDBPyConnection, layout: Layout, whole: str, kept: Path) -> int:
    """Write the texts that are records once more, their line number in front."""
    numbered = f"SELECT line || {literal(layout.delimiter)} || text FROM ({whole})"
    raw = f"COPY ({numbered}) TO {literal(str(kept))} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '')"
    return _count(con.execute(raw).fetchone())


def _write_cells(con: duckdb.DuckDBPyConnection, layout: Layout, whole: str, kept: Path, data: Path) -> int:
    """The cells of the texts that are records. DuckDB's own reader is the fast way to cut them, so the records are
    written out once more; what it will not read (very long lines) is cut in SQL.
    """
    n_kept = _write_kept(con, layout, whole, kept)
    try:
        rows = read_sql(layout, kept, (LINE, *layout.headers), 0, _NEWLINE)
        if _write(con, f"SELECT * REPLACE (CAST({LINE} AS UINTEGER) AS {LINE}) FROM {rows}", data) == n_kept:
            return n_kept
    except NOT_READ:
        pass  # the slow cut below reads every record that the rules admit
    cells = ", ".join(f"cells[{place}] AS {identifier(name)}" for place, name in enumerate(layout.headers, start=1))
    return _write(
        con, f"SELECT line AS {LINE}, {cells} FROM (SELECT line, {layout.cells} AS cells FROM ({whole}))", data
    )


def _body(con: duckdb.DuckDBPyConnection, layout: Layout, lines: Path) -> str:
    """The lines between header and footer, blank ones included, as a subquery."""
    below = f"FROM {_scan(lines)} WHERE line > {layout.header_end}"
    if not layout.skip_footer:
        return f"(SELECT line, text {below})"
    footer = f"SELECT line {below} AND NOT {IS_BLANK} ORDER BY line DESC LIMIT {layout.skip_footer}"
    first = con.execute(f"SELECT coalesce(min(line), 0) FROM ({footer})").fetchall()[0][0]
    return f"(SELECT line, text {below} AND line < {first})"


def _scan(path: Path) -> str:
    return f"(FROM read_parquet({literal(str(path))}))"


def _write(con: duckdb.DuckDBPyConnection, query: str, out: Path) -> int:
    return _count(con.execute(f"COPY ({query}) TO {literal(str(out))} (FORMAT parquet, COMPRESSION snappy)").fetchone())


def _count(copied: tuple[object, ...] | None) -> int:
    return int(str(copied[0])) if copied else 0

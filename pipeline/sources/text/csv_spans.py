"""Records that span physical lines, because a quoted cell holds a line break or a quote was never closed.

Read from the top, a line begins either outside or inside a quoted cell, and turns that state into the state of
the next line. Each line's own turn can be told from its text alone (both ways); running over the turns gives the
state everywhere, and with it where each spanned record begins and ends.
"""

from pathlib import Path

import duckdb

from pipeline.sources.staged import literal
from pipeline.sources.text.csv_rules import IS_MARKED, Layout

SPANS = "spans.parquet"
"""`line`, `first` (first line of its record) and `is_closed` for each line of a spanned record."""

GOOD = "good.parquet"
"""`first` and `text` (all lines joined) of the spanned records that are fine."""


def find_spans(con: duckdb.DuckDBPyConnection, layout: Layout, body: str, work: Path, last: int | None = None) -> bool:
    """Write SPANS and GOOD into `work`; False, and nothing written, where no line opens a quoted cell.

    `last` is the file's last line where `body` lacks the plain lines, each of which would be a record of its own.
    """
    if not layout.quote or not con.execute(f"SELECT 1 FROM {body} WHERE {layout.may_open} LIMIT 1").fetchall():
        return False
    _write(con, _spans_sql(layout, body, last), work / SPANS)
    spans = f"(FROM read_parquet({literal(str(work / SPANS))}))"
    _write(con, _good_sql(layout, body, spans), work / GOOD)
    return True


def _spans_sql(layout: Layout, body: str, last: int | None) -> str:
    """A turn that ignores the state before it is an anchor; between anchors only the parity of toggles counts.

    `outside` and `inside` are the states after a line that began outside or inside; 1 is inside. A line that
    makes no sense inside a quoted cell ends that record, so that the harm stops there. An anchor carries its line
    above the parity, so that the greatest is the latest. (Sums, since a running count with FILTER took quadratic time.)
    """
    end = f"(SELECT max(line) FROM {body})" if last is None else str(last)
    return f"""
        WITH turns AS (
            SELECT line, {layout.opens} AS outside, {layout.stays} OR {layout.reopens} AS inside,
                   {layout.closes} AS closes
            FROM {body} WHERE {layout.has_quote}),
        toggles AS (SELECT *, sum((outside AND NOT inside)::INT) OVER above AS n_toggles
                    FROM turns WINDOW above AS (ORDER BY line ROWS UNBOUNDED PRECEDING)),
        anchors AS (SELECT *, max(CASE WHEN outside = inside THEN 2 * line + (n_toggles + outside::INT) % 2 END)
                              OVER (ORDER BY line ROWS UNBOUNDED PRECEDING) AS anchor FROM toggles),
        states AS (SELECT line, closes, (coalesce(anchor, 0) + n_toggles) % 2 <> 0 AS after FROM anchors),
        steps AS (SELECT *, lag(after, 1, false) OVER (ORDER BY line) AS before FROM states),
        marked AS (SELECT *, sum((after AND NOT before)::INT) OVER above AS span
                   FROM steps WINDOW above AS (ORDER BY line ROWS UNBOUNDED PRECEDING)),
        spans AS (
            SELECT min(line) AS first, min(line) FILTER (before AND NOT after) AS last,
                   coalesce(bool_or(closes) FILTER (before AND NOT after), false) AS is_closed
            FROM marked WHERE before OR after GROUP BY span)
        SELECT unnest(range(first, coalesce(last, {end}) + 1))::UINTEGER AS line,
               first, is_closed
        FROM spans"""


def _good_sql(layout: Layout, body: str, spans: str) -> str:
    """Spanned records that swallowed nothing: no line of theirs could be a record of its own, and no cell that
    matters is broken. The first line may have all delimiters where only its last cell is open, or where some of them
    stand in closed quotes: it is suspicious if the open cell holds one.
    """
    n = layout.n_columns
    own = f"{layout.n_delimiters} = {n - 1}"
    breaks = [f"contains(cells[{i}], chr(10))" for i, used in enumerate(layout.used, start=1) if used]
    quote = literal(layout.quote)
    return f"""
        WITH lines AS (SELECT line, first, is_closed, text FROM {body} JOIN {spans} USING (line)),
        bad AS (
            SELECT first FROM lines WHERE NOT is_closed OR {IS_MARKED} OR (line > first AND {own})
            UNION ALL
            SELECT first FROM {spans} ANTI JOIN {body} AS b USING (line)
            UNION ALL
            SELECT first FROM (SELECT first, text || {quote} AS text FROM lines WHERE line = first AND {own})
            WHERE len({layout.cells}) <> {n} AND contains({layout.cells}[-1], {literal(layout.delimiter)})),
        joined AS (
            SELECT first, string_agg(text, chr(10) ORDER BY line) AS text
            FROM lines ANTI JOIN bad USING (first) GROUP BY first)
        SELECT first, text FROM (SELECT first, text, {layout.cells} AS cells FROM joined WHERE {layout.is_record})
        WHERE NOT ({" OR ".join(breaks) or "false"})"""


def _write(con: duckdb.DuckDBPyConnection, query: str, out: Path) -> None:
    con.execute(f"COPY ({query}) TO {literal(str(out))} (FORMAT parquet, COMPRESSION snappy)")

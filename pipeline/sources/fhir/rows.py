"""From answers to the rows of a table: a response is one row, or one per repetition of a group.

Where a group (or a question whose answers hold items) is repeated, and what the mapping names stands inside it, each
repetition is a row; what stands outside belongs to all of them. Two answers where one is meant, and two groups that
repeat side by side, cannot be told apart: such a response is ambiguous, and none of it is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.sources.fhir.items import Items
from pipeline.sources.staged import identifier, literal

_NOT_REPEATED = "''"


@dataclass(frozen=True)
class Rows:
    """`rows` is Parquet: line, nth (repetition, from 1), and one column per name. `ambiguous` are lines."""

    rows: Path
    ambiguous: Path


def place(
    con: duckdb.DuckDBPyConnection, items: Items, lines: str, names: Sequence[str], work: Path, stem: str
) -> Rows:
    """Make the rows of one table: for the responses in `lines`, of the answers to `names`."""
    out = Rows(work / f"rows-{stem}.parquet", work / f"ambiguous-{stem}.parquet")
    placed, cells = work / f"placed-{stem}.parquet", work / f"cells-{stem}.parquet"
    _copy(con, _placed_sql(items, lines, names), placed)
    _copy(con, _cells_sql(placed), cells)
    _copy(con, _ambiguous_sql(placed, cells), out.ambiguous)
    _copy(con, _rows_sql(lines, cells, names), out.rows)
    return out


def _placed_sql(items: Items, lines: str, names: Sequence[str]) -> str:
    """Each answer with the path of the repetitions that it stands in; NULL where its response repeats nothing."""
    wanted = ", ".join(map(literal, names)) or "NULL"
    return f"""
        WITH a AS (SELECT line, name, value, steps, own FROM {items.answers} SEMI JOIN ({lines}) USING (line)
            WHERE name IN ({wanted})),
        s AS (SELECT DISTINCT line, step.shape AS shape, step.spot AS spot, step.up AS up
            FROM (SELECT line, unnest(steps) AS step FROM a WHERE len(steps) > 0)),
        repeated AS (SELECT line, list(DISTINCT shape) AS shapes
            FROM (SELECT line, shape FROM s GROUP BY line, up, shape HAVING count(*) > 1) GROUP BY line)
        SELECT a.line, name, value, CASE WHEN shapes IS NOT NULL
            THEN list_filter(list_append(steps, own), lambda step: list_contains(shapes, step.shape)) END AS path
        FROM a LEFT JOIN repeated ON repeated.line = a.line"""


def _tops(placed: Path) -> str:
    """The innermost repetitions of each response that repeats anything: they are the rows."""
    paths = f"(SELECT DISTINCT line, path FROM {_scan(placed)} WHERE len(path) > 0)"
    within = f"(SELECT DISTINCT line, unnest(path[:-2]).spot AS spot FROM {paths})"
    return (
        f"(SELECT p.line, p.path FROM {paths} p ANTI JOIN {within} w ON w.line = p.line AND w.spot = p.path[-1].spot)"
    )


def _cells_sql(placed: Path) -> str:
    """The answers by row: `key` is the path of the repetition, empty where nothing is repeated."""
    return f"""
        SELECT line, {_NOT_REPEATED} AS key, name, value FROM {_scan(placed)} WHERE path IS NULL
        UNION ALL
        SELECT r.line, r.key, p.name, p.value
        FROM (SELECT line, path[-1].spot AS key, unnest(list_append([step.spot FOR step IN path], '')) AS spot
            FROM {_tops(placed)}) r
        JOIN (SELECT *, coalesce(path[-1].spot, '') AS spot FROM {_scan(placed)} WHERE path IS NOT NULL) p
        ON p.line = r.line AND p.spot = r.spot"""


def _ambiguous_sql(placed: Path, cells: Path) -> str:
    """Lines in which a row has two answers to a question, or rows are repetitions of different groups."""
    return f"""
        SELECT DISTINCT line FROM (
            SELECT line FROM {_scan(cells)} GROUP BY line, key, name HAVING count(*) > 1
            UNION ALL
            SELECT line FROM (
                SELECT line, path[-1].shape AS shape, max_by(shape, len(shape)) OVER (PARTITION BY line) AS longest
                FROM {_tops(placed)}) WHERE NOT starts_with(longest, shape))"""


def _rows_sql(lines: str, cells: Path, names: Sequence[str]) -> str:
    """One row per response or repetition; a response without an answer is a row as well, for it was sent."""
    columns = [f"max(value) FILTER (name = {literal(name)}) AS {identifier(name)}" for name in names]
    picked = "".join(f", c.{identifier(name)}" for name in names)
    wide = f"SELECT {', '.join(['line', 'key', *columns])} FROM {_scan(cells)} GROUP BY line, key"
    return f"""
        SELECT l.line, row_number() OVER (PARTITION BY l.line ORDER BY c.key) AS nth{picked}
        FROM ({lines}) l LEFT JOIN ({wide}) c ON c.line = l.line"""


def _scan(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"


def _copy(con: duckdb.DuckDBPyConnection, query: str, out: Path) -> None:
    con.execute(f"COPY ({query}) TO {literal(str(out))} (FORMAT parquet, COMPRESSION snappy)")

"""The items of FHIR responses, unfolded level by level in SQL: one row per answer to a question that a mapping names.

An item may hold items, and so may each of its answers. `steps` are the items above an answer, from the outside in:
`shape` is the path of linkIds, `spot` the path of places in the document, `up` the `spot` of the step before. Two steps
of one shape under the same `up` are repetitions. `own` is the step that the answer itself would be.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.sources.fhir.values import VALUE, VALUE_SHAPE, is_broken_value
from pipeline.sources.staged import literal

MAX_DEPTH = 32
"""Items nested deeper are no form that anybody filled in."""

TICK = "___"
"""`link___code` is a tick-box: 1 where the code is among the answers to the question `link`."""

_END = "chr(31)"
"""Behind every part of a path."""

_STEPS = "STRUCT(shape VARCHAR, spot VARCHAR, up VARCHAR)[]"
_NODE = literal('{"linkId": "VARCHAR", "answer": ["JSON"], "item": ["JSON"]}')
_LIST = literal('["JSON"]')


@dataclass(frozen=True)
class Items:
    """What a file's items hold, as table functions.

    `answers` has line, name, value, steps, own; `links` line, link and is_question of every item;
    `broken` the lines in which an item or a named answer is not as FHIR R4 has it.
    """

    answers: str
    links: str
    broken: str


def unfold(con: duckdb.DuckDBPyConnection, heads: Path, names: Iterable[str], work: Path) -> Items:
    """Unfold the items of all rows of `heads` without a reason, and read the answers to `names`."""
    _install(con, names)
    top = f"[]::{_STEPS} AS steps, '' AS shape, '' AS up, json_transform(item, {_LIST}) AS listed"
    source = f"SELECT line, {top} FROM {_scan(heads)} WHERE reason IS NULL"
    levels, answers = [work / "nodes-00.parquet"], list[Path]()
    while _write(con, _nodes_sql(source), levels[-1]) or not answers:
        answers.append(work / f"answers-{len(levels):02d}.parquet")
        _write(con, _answers_sql(levels[-1]), answers[-1])
        source = _below_sql(levels[-1])
        levels.append(work / f"nodes-{len(levels):02d}.parquet")
        if len(levels) > MAX_DEPTH:  # what lies deeper is not looked into
            _write(con, f"SELECT line, '' AS link, false AS is_question, true AS is_broken FROM ({source})", levels[-1])
            break
    given, links = _scan(*answers), _scan(*levels)
    lost = " UNION ALL ".join(f"SELECT line FROM {part} WHERE is_broken" for part in (given, links))
    return Items(given, links, f"(SELECT DISTINCT line FROM ({lost}))")


def named_links(con: duckdb.DuckDBPyConnection, items: Items) -> dict[str, bool]:
    """Every linkId with an answer, in the order of first sight, and whether a name stands for it."""
    query = f"""
        SELECT l.link, bool_or(n.link IS NOT NULL) FROM {items.links} l LEFT JOIN fhir_names n ON n.link = l.link
        WHERE l.is_question AND NOT l.is_broken GROUP BY l.link ORDER BY min(l.line), l.link"""
    return dict(con.execute(query).fetchall())


def _install(con: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
    """`fhir_names(name, link, code)`: the linkId of each name, and the code for which a tick-box stands."""
    con.execute("CREATE OR REPLACE TEMP TABLE fhir_names (name VARCHAR, link VARCHAR, code VARCHAR)")
    rows: list[list[str | None]] = []
    for name in names:
        link, _, code = name.rpartition(TICK)
        rows += [[name, name, None]] + ([[name, link, code]] if link and code else [])
    if rows:
        con.executemany("INSERT INTO fhir_names VALUES (?, ?, ?)", rows)


def _nodes_sql(source: str) -> str:
    """The items of one level: their linkId, answers and items, and whether they are what they should be."""
    no_list = " OR ".join(f"coalesce(json_type(node, '$.{part}'), 'ARRAY') <> 'ARRAY'" for part in ("answer", "item"))
    return f"""
        SELECT line, steps, shape, up, place, nfc_normalize(trim(n.linkId)) AS link,
            n.answer AS answers, n.item AS items, coalesce(len(n.answer), 0) > 0 AS is_question,
            coalesce(len(json_extract(node, '$.answer[*].item')), 0) > 0 AS is_nested,
            json_type(node) <> 'OBJECT' OR coalesce(trim(n.linkId), '') = '' OR {no_list} AS is_broken
        FROM (SELECT *, json_transform(node, {_NODE}) AS n FROM (
            SELECT line, steps, shape, up, unnest(listed) AS node, generate_subscripts(listed, 1) AS place
            FROM ({source})))"""


def _answers_sql(nodes: Path) -> str:
    """The answers of one level to questions that are named, as text."""
    own = f"{{'shape': {_shape()}, 'spot': {_spot('nth')}, 'up': up}} AS own"
    return f"""
        SELECT line, name, steps, {own}, CASE WHEN code IS NULL THEN {VALUE} ELSE '1' END AS value,
            {is_broken_value("answer")} AS is_broken
        FROM (SELECT *, json_transform(answer, {VALUE_SHAPE}) AS a FROM (
            SELECT line, name, code, steps, shape, up, place, link,
                unnest(answers) AS answer, generate_subscripts(answers, 1) AS nth
            FROM {_scan(nodes)} JOIN fhir_names USING (link) WHERE is_question))
        WHERE code IS NULL OR a.valueCoding.code = code"""


def _below_sql(nodes: Path) -> str:
    """The items within the items of one level, and within their answers."""
    step = "steps || [{{'shape': {shape}, 'spot': {spot}, 'up': up}}] AS steps, {shape} AS shape, {spot} AS up"
    grouped = step.format(shape=_shape(), spot=_spot("0"))
    answered = step.format(shape=_shape(), spot=_spot("nth"))
    return f"""
        SELECT line, {grouped}, items AS listed FROM {_scan(nodes)} WHERE len(items) > 0
        UNION ALL
        SELECT line, {answered}, json_transform(json_extract(answer, '$.item'), {_LIST}) AS listed
        FROM (
            SELECT line, steps, shape, up, place, link,
                unnest(answers) AS answer, generate_subscripts(answers, 1) AS nth
            FROM {_scan(nodes)} WHERE is_nested)
        WHERE json_type(answer, '$.item') = 'ARRAY'"""


def _shape() -> str:
    return f"shape || link || {_END}"


def _spot(nth: str) -> str:
    """Padded, so that paths sort in the order of the document."""
    return f"up || printf('%06d.%06d', place, {nth}) || {_END}"


def _scan(*paths: Path) -> str:
    return f"read_parquet([{', '.join(literal(str(path)) for path in paths)}], union_by_name = true)"


def _write(con: duckdb.DuckDBPyConnection, query: str, out: Path) -> int:
    return int(
        con.execute(f"COPY ({query}) TO {literal(str(out))} (FORMAT parquet, COMPRESSION snappy)").fetchall()[0][0]
    )

"""The quick way for the records that are written as the contract has it, which are most of a long file.

One pass reads them into a table of the run's private memory: typed, pseudonymised, keyed. A record is plain where
every cell is spelled in the usual way and nothing is wrong with it. Of any other its cells are set aside as they are,
and the admission query (`pipeline.landing.projection`), which understands every spelling and knows every fault, reads
those. Both ways put the same expressions over the same tokens: what is quick is to tell a token from a cell.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import duckdb

from pipeline.contract import reference
from pipeline.contract.columns import Column
from pipeline.contract.words import MISSING_TOKENS
from pipeline.landing import flags, projection, sql, variants
from pipeline.landing.reading import Context

LEAST_RECORDS = 50_000
"""Of a shorter file the admission query reads every record: two queries would cost more than they save."""

LEAST_SHARE = 0.5
"""With a smaller share of plain records in its beginning, a file gains nothing by being read twice."""

_BEGINNING = 5_000
_PREFIX = "plain_of_"

_INDIFFERENT = ("code", "integer", "decimal", "boolean", "person", "date", "lag")
"""Kinds whose reading, given a cell with blanks around it or a word for nothing, finds no value or the same one."""

_SERVED = (*_INDIFFERENT, "identity", "reference", "hashed", "clinic", "token", "flag")
_EMPTY = ("", "NA")
"""Cells that say nothing, as most programs write it. Other spellings are left to the admission query."""

_NOTHING = sorted({len(word.encode()) for word in MISSING_TOKENS if word})


@dataclass(frozen=True)
class Plain:
    """A table of this connection with one row for each of the file's rows.

    `cells` is NULL where the row was plain: then its columns hold the record.
    """

    name: str
    context: Context
    headers: tuple[str, ...]
    file: int
    n_rows: int

    def records(self) -> str:
        """A SELECT of the plain records, in the shape of the admission query's result."""
        stored = [n for n, _ in self.context.table.stored if n != "participant"]
        there = _kept(projection.admission(self.context))
        absent = "".join(
            f", CAST(NULL AS {kind}) AS {sql.name(n)}"
            for n, kind in self.context.table.stored
            if n in stored and n not in there  # the flags may ask for it
        )
        relative = "true" if self.context.relative else "false"
        return f"""SELECT CAST({self.file} AS UINTEGER) AS file, rowid AS place, line, '' AS part, participant,
  false AS is_withdrawn,  {relative} AS relative_days, false AS is_orphan, false AS is_refused, record,
  {", ".join(map(sql.name, stored))}, '' AS found,
  CAST(NULL AS STRUCT(name VARCHAR, token VARCHAR)[]) AS tokens, {flags.select(self.context.table)} AS flags
FROM (SELECT *, rowid{absent} FROM {self.name} WHERE cells IS NULL)"""

    def others(self) -> str:
        """The rows that are not plain as they stand in the file, for the admission query."""
        cells = "".join(f", cells[{i}] AS {sql.name(h)}" for i, h in enumerate(self.headers, start=1))
        return f'(SELECT line AS "__line"{cells} FROM {self.name} WHERE cells IS NOT NULL)'


def serves(context: Context, headers: tuple[str, ...]) -> bool:
    """Whether every column of the file can be read the quick way."""
    table, mapping = context.table, context.mapping
    given = [c for c in table.columns if context.reads(c) or (c.kind == "date" and f"{c.stem}_day" in context.given)]
    is_wide = bool(mapping.instruments or mapping.effects or mapping.where)
    return (
        table.name != "participants"
        and not is_wide
        and "participant_id" in variants.natives(table, mapping, headers).values()
        and all(c.kind in _SERVED for c in given)
        and "age_band" not in context.given
        and all(_is_spelled_small(c) for c in given if c.name in mapping.values)
    )


def read(
    con: duckdb.DuckDBPyConnection, rows: str, context: Context, headers: tuple[str, ...], file: int
) -> Plain | None:
    """Read the rows of a file (`__line` and a text per header); None where too few at its beginning are plain."""
    context = replace(context, is_plain=True)
    used = tuple(h for h in headers if h in variants.used_headers(context.table, context.mapping, headers))
    beginning = _select(f"(FROM {rows} LIMIT {_BEGINNING})", context, used)
    ((share,),) = con.execute(f"SELECT avg(CAST(cells IS NULL AS INTEGER)) FROM ({beginning})").fetchall()
    if share is None or share < LEAST_SHARE:
        return None
    name = f"{_PREFIX}{file}_{context.table.name}"
    made = con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {_select(rows, context, used)}").fetchall()
    return Plain(name, context, used, file, int(made[0][0]))


def _is_spelled_small(column: Column) -> bool:
    """Whether it holds codes that are all written in small letters, as the sender's words are compared."""
    return column.kind == "code" and all(t.code == t.code.lower() for t in reference.vocabulary(str(column.vocabulary)))


def clear(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what an earlier drop has left: its records lie in landing by now."""
    for (name,) in con.execute(f"SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '{_PREFIX}%'").fetchall():
        con.execute(f"DROP TABLE {sql.name(name)}")


def _select(rows: str, context: Context, headers: tuple[str, ...]) -> str:
    """Line, participant, record, what is stored, and `cells`."""
    query = projection.admission(context)
    faults = projection.any_of(query.checks)
    plain = f"w.is_clean AND w.participant IS NOT NULL AND NOT ({query.is_withdrawn}) AND NOT coalesce({faults}, false)"
    cells = ", ".join(f"w.c{i}" for i in range(len(headers)))
    columns = "".join(f", {e} AS {sql.name(n)}" for n, e in _kept(query).items())
    refused = "coalesce(w.is_refused, false)"
    return f"""
WITH w AS ({query.parsed(_tokens(rows, context, headers))}
)
SELECT w.line, w.participant, {query.record} AS record{columns},
  CASE WHEN {plain} AND NOT {refused} THEN NULL
    ELSE CAST([{cells}] AS VARCHAR[]) END AS cells
FROM w"""


def _kept(query: projection.Admission) -> dict[str, str]:
    """What is stored of the columns the file speaks of, the codes as enumerations."""
    types = dict(query.context.table.stored)
    coded = {c.name for c in query.context.table.columns if c.kind == "code"}
    said = {n: e for n, e in query.stored.items() if e != f"CAST(NULL AS {types[n]})"}
    return {n: e if n in coded else f"CAST({e} AS {types[n]})" for n, e in said.items()}


def _tokens(rows: str, context: Context, headers: tuple[str, ...]) -> str:
    """A SELECT of the tokens: the cells, where these are spelled in the usual way."""
    mapping, kinds = context.mapping, {c.name: c.kind for c in context.table.columns}
    native = variants.natives(context.table, mapping, headers)
    tokens = variants.constants(mapping) | {n: _token(h, mapping.values.get(n, {})) for h, n in native.items()}
    named = [f"{e} AS {sql.name(n)}" for n, e in tokens.items()]
    keys = [f"{_token(h, {})} AS k{i}" for i, h in enumerate(mapping.key)]
    cells = [f"{sql.name(h)} AS c{i}" for i, h in enumerate(headers)]
    strict = [h for h in headers if h in mapping.key or kinds.get(native.get(h, ""), "person") not in _INDIFFERENT]
    clean = " AND ".join(map(_is_clean, strict)) or "true"
    picked = ", ".join(["\"__line\" AS line, '' AS part", f"{clean} AS is_clean", *keys, *named, *cells])
    return f"SELECT {picked} FROM {rows}"


def _token(header: str, values: Mapping[str, str]) -> str:
    """The sender's words for codes in the spelling of the mapping, and every cell but an empty one as it is."""
    cell = sql.name(header)
    plain = f"CASE WHEN {cell} IN {sql.texts(_EMPTY)} THEN NULL ELSE {cell} END"
    if not values:
        return plain
    words: dict[str, str] = {}
    for k, code in values.items():  # of two that differ by case the first counts
        words.setdefault(k.strip().lower(), code)
        words.setdefault(k.strip(), words[k.strip().lower()])
    cases = " ".join(f"WHEN {sql.text(k)} THEN {sql.text(v)}" for k, v in words.items())
    return f"CASE coalesce({cell}, '') {cases} ELSE {plain} END"


def _is_clean(header: str) -> str:
    """Whether a cell is its own token: without blanks, and no word for nothing."""
    cell = sql.name(header)
    blanks = " OR ".join(f"contains({cell}, {sql.text(blank)})" for blank in sql.BLANKS)
    short = f"strlen({cell}) IN ({', '.join(map(str, _NOTHING))})"
    word = f"NOT {short} OR lower({cell}) NOT IN {sql.texts(MISSING_TOKENS)}"
    return f"({cell} IS NULL OR {cell} IN {sql.texts(_EMPTY)} OR NOT ({blanks}) AND ({word}))"

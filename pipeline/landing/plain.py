"""The quick way for the records that are written as the contract has it, which are most of a long file.

One pass reads them into a table of the run's private memory: typed, pseudonymised, keyed. A record is plain where
every cell is spelled in the usual way and nothing is wrong with it. Any other is read as it stands in the file by the
admission query (`pipeline.landing.projection`), which understands every spelling and knows every fault. Both ways put
the same expressions over the same tokens: what is quick is to tell a token from a cell, and to let the reader of a
format that may (`Scan.typed`) turn the cell into its value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import duckdb

from pipeline.contract import reference
from pipeline.contract.columns import Column
from pipeline.contract.staged import LEAST_RECORDS, NOTHING, StagedFile
from pipeline.contract.words import MISSING_TOKENS
from pipeline.engine import arrow
from pipeline.errors import NeedlingError
from pipeline.landing import flags, projection, sql, variants
from pipeline.landing.reading import Context

LEAST_SHARE = 0.5
"""With a smaller share of plain records in its beginning, a file gains nothing by being read twice."""

_BEGINNING = 5_000
_BATCH = 1 << 20
_PREFIX = "plain_of_"

_INDIFFERENT = ("code", "integer", "decimal", "boolean", "person", "date", "lag")
"""Kinds whose reading, given a cell with blanks around it or a word for nothing, finds no value or the same one."""

_SERVED = (*_INDIFFERENT, "identity", "reference", "hashed", "clinic", "token", "flag")
_NOTHING = sorted({len(word.encode()) for word in MISSING_TOKENS if word})


@dataclass(frozen=True)
class Plain:
    """A table of this connection with the `n` plain records of a file. `others` is SQL for the `n_others` rows left."""

    name: str
    n: int
    context: Context
    file: int
    others: str
    n_others: int

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
FROM (SELECT *, rowid{absent} FROM {self.name})"""


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


def read(con: duckdb.DuckDBPyConnection, file: StagedFile, number: int, context: Context) -> Plain | None:
    """Read the records of a long file; None where there is none, or too few at its beginning are plain."""
    scan, headers = file.scan, file.headers
    if scan is None or file.records < LEAST_RECORDS or not serves(context, headers):
        return None
    context = replace(context, is_plain=True, key=scan.key)
    used = tuple(h for h in headers if h in variants.used_headers(context.table, context.mapping, headers))
    beginning = _select(f"(FROM {scan.rows} LIMIT {_BEGINNING})", context, used)
    n_plain, n_read = _count(con, f"SELECT count(*) FROM ({beginning})"), min(_BEGINNING, scan.n_records)
    if n_plain < LEAST_SHARE * n_read or n_read == 0:
        return None
    typed = scan.typed({} if _names_nothing(context) else _wanted(context, used))
    native = variants.natives(context.table, context.mapping, headers)
    context = replace(context, typed=frozenset(native[h] for h in typed.headers))
    context = replace(context, bare=_bare(context, native.values()))
    name = f"{_PREFIX}{number}_{context.table.name}"
    n_rows = _count(con, f"CREATE OR REPLACE TEMP TABLE {name} AS {_select(typed.rows, context, used)}")
    keys = con.sql(f'SELECT "{scan.key}" FROM {name}').to_arrow_reader(_BATCH)
    others, n_others = scan.without(arrow.numbers(batch.column(0)) for batch in keys)
    if n_rows + n_others != scan.n_records:
        told = f"{n_rows + n_others} of the {scan.n_records} plain rows of {file.name} were read"
        raise NeedlingError(f"{told}; nothing was stored; see that its scratch folder is left alone, and run again")
    return Plain(name, n_rows, context, number, others, n_others)


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(con.execute(query).fetchall()[0][0])


def _wanted(context: Context, headers: tuple[str, ...]) -> dict[str, str]:
    """The type in which a reader may give each header: the one that the plain reading of its text would end in."""
    mapping, columns = context.mapping, {c.name: c for c in context.table.columns}
    native = variants.natives(context.table, mapping, headers)
    free = [h for h in headers if h not in mapping.key and native.get(h) in columns and native[h] not in mapping.values]
    types = {h: _type(columns[native[h]], context) for h in free}
    return {h: kind for h, kind in types.items() if kind}


def _bare(context: Context, given: Iterable[str]) -> frozenset[str]:
    """The columns whose cells need not be made tokens: what says nothing is no value of theirs either."""
    columns = [c for c in context.table.columns if c.name in given and c.name not in context.typed]
    is_pointed = context.manifest.decimal == "."
    read = ("code", "boolean", *(("integer", "decimal") if is_pointed else ()))
    return frozenset(c.name for c in columns if c.kind in read and c.name not in context.mapping.values)


def _type(column: Column, context: Context) -> str | None:
    if column.kind in ("integer", "decimal"):
        return sql.NUMBER if context.manifest.decimal == "." else None
    if column.kind in ("date", "lag"):
        return "DATE" if context.manifest.dates is None else None
    if column.kind == "code":
        return sql.enumeration(str(column.vocabulary))
    return "BOOLEAN" if column.kind == "boolean" else None


def _names_nothing(context: Context) -> bool:
    """Whether the mapping gives a cell that says nothing a meaning, so that it may not be read as NULL."""
    said = {word.strip().lower() for values in context.mapping.values.values() for word in values}
    return any(word.lower() in said for word in NOTHING)


def _is_spelled_small(column: Column) -> bool:
    """Whether it holds codes that are all written in small letters, as the sender's words are compared."""
    return column.kind == "code" and all(t.code == t.code.lower() for t in reference.vocabulary(str(column.vocabulary)))


def clear(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what an earlier drop has left: its records lie in landing by now."""
    for (name,) in con.execute(f"SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '{_PREFIX}%'").fetchall():
        con.execute(f"DROP TABLE {sql.name(name)}")


def _select(rows: str, context: Context, headers: tuple[str, ...]) -> str:
    """Line, participant, record, and what is stored of the plain records."""
    query = projection.admission(context)
    faults = projection.any_of(query.checks)
    plain = f"w.is_clean AND w.participant IS NOT NULL AND NOT ({query.is_withdrawn}) AND NOT coalesce({faults}, false)"
    columns = "".join(f", {e} AS {sql.name(n)}" for n, e in _kept(query).items())
    return f"""
WITH w AS ({query.parsed(_tokens(rows, context, headers))}
)
SELECT w.line, w."{context.key}", w.participant, {query.record} AS record{columns}
FROM w WHERE {plain} AND NOT coalesce(w.is_refused, false)"""


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
    told = {
        n: sql.name(h) if n in context.typed | context.bare else _token(h, mapping.values.get(n, {}))
        for h, n in native.items()
    }
    tokens = variants.constants(mapping) | told
    named = [f"{e} AS {sql.name(n)}" for n, e in tokens.items()]
    keys = [f"{_token(h, {})} AS k{i}" for i, h in enumerate(mapping.key)]
    strict = [h for h in headers if h in mapping.key or kinds.get(native.get(h, ""), "person") not in _INDIFFERENT]
    clean = " AND ".join(map(_is_clean, strict)) or "true"
    picked = ", ".join([f'"__line" AS line, "{context.key}", \'\' AS part', f"{clean} AS is_clean", *keys, *named])
    return f"SELECT {picked} FROM {rows}"


def _token(header: str, values: Mapping[str, str]) -> str:
    """The sender's words for codes in the spelling of the mapping, and every cell but an empty one as it is."""
    cell = sql.name(header)
    plain = f"CASE WHEN {cell} IN {sql.texts(NOTHING)} THEN NULL ELSE {cell} END"
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
    word = f"NOT {short} OR lower({cell}) NOT IN {sql.texts(MISSING_TOKENS)} OR {cell} IN {sql.texts(NOTHING)}"
    return f"({cell} IS NULL OR NOT ({blanks}) AND ({word}))"

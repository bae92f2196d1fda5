"""The reference tables as lookup tables of one connection, keyed by lower-case token."""

from collections.abc import Sequence

import duckdb

from pipeline.contract import reference
from pipeline.contract.instruments import Instrument, instruments
from pipeline.contract.tables import TABLES
from pipeline.landing import sql


def install(con: duckdb.DuckDBPyConnection) -> None:
    """Create voc_<vocabulary>, known_words, stage_tokens, instruments, unit_tokens and age_bands in memory."""
    _install_vocabularies(con)
    _install_stages(con)
    _install_instruments(con)
    bands = [(r["code"], int(r["low"]), int(r["high"])) for r in reference.rows("age_bands")]
    _table(con, "age_bands", "code VARCHAR, low INTEGER, high INTEGER", bands)


def _install_vocabularies(con: duckdb.DuckDBPyConnection) -> None:
    """All words in one table, a view and an enumeration per vocabulary, and the words that each column may hold."""
    columns = {(c.name, c.vocabulary) for t in TABLES.values() for c in t.columns if c.vocabulary}
    names = sorted({vocabulary for _, vocabulary in columns})
    words = {name: _words(name) for name in names}
    _table(con, "words", "vocabulary VARCHAR, token VARCHAR, code VARCHAR", [w for n in names for w in words[n]])
    for name in names:
        codes = sql.texts(dict.fromkeys(code for _, _, code in words[name]))
        con.execute(f"CREATE TYPE IF NOT EXISTS {sql.enumeration(name)} AS ENUM {codes}")
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW voc_{name} AS SELECT token, code FROM words WHERE vocabulary = '{name}'"
        )
    _table(con, "word_columns", "name VARCHAR, vocabulary VARCHAR", sorted(columns))
    con.execute(
        "CREATE OR REPLACE TEMP VIEW known_words AS "
        "SELECT name, token AS word FROM word_columns c JOIN words w ON w.vocabulary = c.vocabulary"
    )


def _words(vocabulary: str) -> list[tuple[str, str, str]]:
    if vocabulary == "instrument":
        pairs = {t.lower(): i.code for i in instruments().values() for t in (*i.synonyms, i.label, i.code)}
    else:
        terms = reference.vocabulary(vocabulary)
        pairs = {t.lower(): term.code for term in terms for t in (*term.synonyms, term.label, term.code)}
    return [(vocabulary, token, code) for token, code in pairs.items()]


def _install_stages(con: duckdb.DuckDBPyConnection) -> None:
    tokens = {
        (r["scale"], token.lower()): (r["scale"], token.lower(), r["code"], int(r["rank"]))
        for r in reference.rows("stages")
        for token in (*(s for s in r["synonyms"].split("|") if s), r["label"], r["code"])
    }
    _table(con, "stage_tokens", "scale VARCHAR, token VARCHAR, code VARCHAR, rank INTEGER", list(tokens.values()))


def _install_instruments(con: duckdb.DuckDBPyConnection) -> None:
    staged = {r["scale"] for r in reference.rows("stages")}
    known = instruments().values()
    _table(
        con,
        "instruments",
        "code VARCHAR, unit VARCHAR, scale VARCHAR, scaled_low DOUBLE, scaled_high DOUBLE, needs_area BOOLEAN, "
        "has_stages BOOLEAN, n_units INTEGER, diagnoses VARCHAR[]",
        [_instrument(i, i.code in staged) for i in known],
    )
    factors = [
        (i.code, u.name, token.lower(), u.factor * 10**i.decimals)
        for i in known
        for u in i.units
        for token in (*u.synonyms, u.name)
    ]
    _table(con, "unit_tokens", "instrument VARCHAR, unit VARCHAR, token VARCHAR, scaled_factor DECIMAL(18,8)", factors)


def _instrument(i: Instrument, has_stages: bool) -> tuple[object, ...]:
    low, high = i.low * 10**i.decimals, i.high * 10**i.decimals
    return i.code, i.unit, i.scale, low, high, i.needs_area, has_stages, len(i.units), list(i.diagnoses)


def _table(con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    if not rows:
        return
    values = [list(column) for column in zip(*rows, strict=True)]
    con.execute(f"INSERT INTO {name} SELECT {', '.join('unnest(?)' for _ in values)}", values)

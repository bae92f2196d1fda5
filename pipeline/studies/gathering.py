"""The people of a question put together once, for whoever reads them several times: in tables of the connection's own.

Words are kept as enumerations: one byte a person, which numpy reads as it stands.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import duckdb

from pipeline.engine.duckdb import quote_text
from pipeline.studies.characteristics import LEVELS, UNKNOWN
from pipeline.studies.population import Population
from pipeline.studies.reading import fetch, run
from pipeline.studies.visits import visits_sql

VISITS, PEOPLE = "study_visits", "study_people"


@contextmanager
def visits_at_hand(con: duckdb.DuckDBPyConnection, population: Population) -> Iterator[Population]:
    """The same population, what was seen at each visit put side by side: as good for every other landmark."""
    sql = visits_sql(population.instrument, population.window.week)
    with _table(con, VISITS, sql, population):
        yield replace(population, visits=VISITS)


@contextmanager
def gathered(con: duckdb.DuckDBPyConnection, population: Population) -> Iterator[Population]:
    """The same population, everybody with all that a study asks of them."""
    name = f"{PEOPLE}_{population.window.landmark}"
    with _table(con, name, f"{population.sql} SELECT *{_enumerated(con, population)} FROM person", population):
        yield replace(population, gathered=name)


@contextmanager
def _table(con: duckdb.DuckDBPyConnection, name: str, sql: str, population: Population) -> Iterator[None]:
    run(con, f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}", population.parameters)
    try:
        yield
    finally:
        con.execute(f"DROP TABLE temp.{name}")


def _enumerated(con: duckdb.DuckDBPyConnection, population: Population) -> str:
    """SQL that turns every word into an enumeration of its levels."""
    words = {name: _levels(con, name, sql) for name, sql in population.characteristics.words.items()}
    casts = [
        f"{name}::ENUM({', '.join(quote_text(level) for level in levels)}) AS {name}"
        for name, levels in words.items()
        if levels
    ]
    return f" REPLACE ({', '.join(casts)})" if casts else ""


def _levels(con: duckdb.DuckDBPyConnection, name: str, sql: str) -> tuple[str, ...]:
    if name in LEVELS:
        return LEVELS[name]
    found = fetch(con, f"SELECT DISTINCT coalesce({sql}, '{UNKNOWN}') AS level FROM participants p ORDER BY level", {})
    return tuple(level for (level,) in found)

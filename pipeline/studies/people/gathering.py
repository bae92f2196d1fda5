"""The people of a question put together once, for whoever reads them several times: in tables of the connection's own.

Words are kept as enumerations: one byte a person, which numpy reads as it stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import duckdb

from pipeline.engine.duckdb import quote_text
from pipeline.studies.people.at_hand import AtHand
from pipeline.studies.people.characteristics import LEVELS, OF_EXPOSURE, UNKNOWN
from pipeline.studies.people.person_rows import MILLI
from pipeline.studies.people.population import Population
from pipeline.studies.people.reading import fetch, run
from pipeline.studies.protocols.window import weeks_until

START, PEOPLE = "study_start", "study_people"


@contextmanager
def start_at_hand(con: duckdb.DuckDBPyConnection, population: Population) -> Iterator[Population]:
    """The same population, what does not hang on the landmark put together: as good for every other landmark."""
    known = population.characteristics.words
    words = {f"known_{name}": f"coalesce({sql}, '{UNKNOWN}')" for name, sql in known.items() if name not in OF_EXPOSURE}
    words |= {"clinic_id": "p.clinic_id", "clinic": "coalesce(p.clinic_id, p.source)"}
    levels = {name: _there(con, sql) for name, sql in words.items()}
    with own_table(con, START, f"SELECT *{_enumerations(levels)} FROM ({population.start_sql})", population):
        told = tuple(name for name in known if name not in OF_EXPOSURE)
        yield replace(population, start=AtHand(con, START, _known_at_start(population), told))


def _known_at_start(population: Population) -> str:
    """SELECT of what a study asks of people that is the same at every landmark."""
    known, weeks = population.characteristics, weeks_until(population.window.week)[:-1]
    words = [name for name in known.words if name not in OF_EXPOSURE]
    columns = ["participant_id", "clinic", *(f"known_{name} AS {name}" for name in words)]
    columns += [in_unit(f"w{week}", f"w{week}") for week in weeks]
    columns += [in_unit(f"known_{name}", name) for name in known.numbers]
    return ", ".join(columns)


def in_unit(column: str, name: str) -> str:
    """SQL: a number in its unit, NaN where there is none, as numpy has it."""
    return f"coalesce({column}::DOUBLE / {MILLI}, 'nan'::DOUBLE) AS {name}"


@contextmanager
def gathered(con: duckdb.DuckDBPyConnection, population: Population) -> Iterator[Population]:
    """The same population, whose start is at hand, everybody with all that hangs on the landmark."""
    known, weeks = population.characteristics, weeks_until(population.window.week)[:-1]
    words = [name for name in known.words if name not in OF_EXPOSURE]
    same = ", ".join(("clinic", *(f"w{week}" for week in weeks), *words, *known.numbers))
    sql = f"{population.sql} SELECT * EXCLUDE ({same}){enumerated(con, population)} FROM person"
    with own_table(con, PEOPLE, sql, population):
        yield replace(population, gathered=PEOPLE)


@contextmanager
def own_table(con: duckdb.DuckDBPyConnection, name: str, sql: str, population: Population) -> Iterator[None]:
    """A table of the connection's own, for as long as it is needed."""
    run(con, f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}", population.parameters)
    try:
        yield
    finally:
        con.execute(f"DROP TABLE temp.{name}")


def enumerated(con: duckdb.DuckDBPyConnection, population: Population) -> str:
    """What to put behind the star of a SELECT of people, so that every word is an enumeration of its levels; nothing
    where they are put together."""
    if population.gathered:
        return ""
    levels = {"arm": tuple(arm.id for arm in population.protocol.arms)}
    for name, sql in population.characteristics.words.items():
        if name in OF_EXPOSURE or not population.start:
            levels[name] = levels_of(con, name, sql)
    return _enumerations(levels)


def _enumerations(levels: Mapping[str, Sequence[str]]) -> str:
    enumerated = [f"{_enumeration(name, known)} AS {name}" for name, known in levels.items() if known]
    return f" REPLACE ({', '.join(enumerated)})" if enumerated else ""


def _enumeration(name: str, levels: Sequence[str]) -> str:
    """SQL: the word as one of its levels. A cast looks at every row, a place in a list at each different word once."""
    words = ", ".join(quote_text(level) for level in levels)
    return f"list_extract([{words}]::ENUM({words})[], list_position([{words}]::VARCHAR[], {name}))"


def levels_of(con: duckdb.DuckDBPyConnection, name: str, sql: str) -> tuple[str, ...]:
    """The levels of a word in order: those that are known beforehand, else what participants `p` have."""
    return LEVELS[name] if name in LEVELS else _there(con, f"coalesce({sql}, '{UNKNOWN}')")


def _there(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[str, ...]:
    """The different words that participants `p` have."""
    found = fetch(con, f"SELECT DISTINCT {sql} AS level FROM participants p WHERE level IS NOT NULL ORDER BY level", {})
    return tuple(level for (level,) in found)

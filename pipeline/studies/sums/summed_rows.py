"""The people whose sums are taken, one row each, in a table of the connection's own: whole numbers alone.

A cell is whoever shares arm, every word, and which numbers are known. Its number is made of their places, of a word
where the participants are read: there each different word is looked up once, and a number is all that is joined.
Where somebody has no number or result stands nought, so that what is added up needs no question; what it was counts
from is taken off the sums, which are exact.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from pipeline.engine.duckdb import quote_text
from pipeline.studies.estimators.effect import Codes
from pipeline.studies.people.characteristics import OF_EXPOSURE, UNKNOWN
from pipeline.studies.people.gathering import levels_of, own_table
from pipeline.studies.people.person_rows import PersonRows, every_visit
from pipeline.studies.people.population import MEASURED_CHANGE, Population
from pipeline.studies.people.reading import fetch, run
from pipeline.studies.people.visits import same_stratum, shown_sql, visits_sql
from pipeline.studies.protocols.arms import arm_place_sql

ROWS = "study_rows"

AT_A_TIME = 1_000_000
"""Numbers of participants joined at a time: what is joined then stays small, however many people there are."""


@dataclass(frozen=True)
class SummedRows:
    """Table ROWS: `cell`; `pattern`, of which bit k tells that visit k of all was seen; numbers and w<week> in
    thousandths. `levels` are those of each word, in order."""

    con: duckdb.DuckDBPyConnection
    people: PersonRows
    arms: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]

    @property
    def sizes(self) -> dict[str, int]:
        """What a cell's number is made of, the first counting most: how many arms, levels, and known or not."""
        words = {name: len(self.levels[name]) for name in self.people.words}
        return {"arm": len(self.arms), **words, **{f"{name}_known": 2 for name in self.people.numbers}}

    @property
    def weights(self) -> dict[str, int]:
        """How much one more of each adds to the number."""
        found, weight = dict[str, int](), 1
        for name, size in reversed(self.sizes.items()):
            found[name], weight = weight, weight * max(size, 1)
        return found

    def places(self, cell: Codes) -> dict[str, Codes]:
        """Of what each cell is made."""
        return {name: cell // self.weights[name] % max(size, 1) for name, size in self.sizes.items()}

    def varying(self, number: str) -> list[int]:
        """The cells in which a number is not the same for all."""
        sql = f"SELECT cell FROM temp.{ROWS} GROUP BY cell HAVING min({number}) < max({number})"
        return [cell for (cell,) in fetch(self.con, sql, {})]


@contextmanager
def rows_at_hand(con: duckdb.DuckDBPyConnection, population: Population) -> Iterator[SummedRows]:
    """Everybody whose visit has passed, seen then or not."""
    levels = {name: levels_of(con, name, sql) for name, sql in population.characteristics.words.items()}
    arms = tuple(arm.id for arm in population.protocol.arms)
    rows = SummedRows(con, every_visit(population), arms, levels)
    ends = "SELECT coalesce(min(participant_id), 0), coalesce(max(participant_id), 0) FROM participants"
    first, last = fetch(con, ends, {})[0]
    parts = [_sql(population, rows, (k, k + AT_A_TIME - 1)) for k in range(first, last + 1, AT_A_TIME)]
    with own_table(con, ROWS, parts[0], population):
        for part in parts[1:]:
            run(con, f"INSERT INTO {ROWS} {part}", population.parameters)
        yield rows


def _sql(population: Population, rows: SummedRows, among: tuple[int, int]) -> str:
    """SELECT of the rows of the participants from the first to the last of `among`."""
    known, weight, weeks = population.characteristics, rows.weights, rows.people.weeks
    words = {name: f"{_place(rows.levels[name], sql)} * {weight[name]}" for name, sql in known.words.items()}
    kind = " + ".join(["0::BIGINT", *(sql for name, sql in words.items() if name not in OF_EXPOSURE)])
    numbers = "".join(f", ({sql})::BIGINT AS known_{name}" for name, sql in known.numbers.items())
    cell = [f"p.kind + ({arm_place_sql(population.protocol.arms)}) * {weight['arm']}"]
    cell += [sql for name, sql in words.items() if name in OF_EXPOSURE]
    cell += [f"(p.known_{name} IS NOT NULL)::BIGINT * {weight[f'{name}_known']}" for name in known.numbers]
    values = [f"coalesce(p.known_{name}, 0) AS {name}" for name in known.numbers]
    values += [f"coalesce(s.w{week}, 0) AS w{week}" for week in weeks]
    seen = " + ".join(f"(s.w{week} IS NOT NULL)::BIGINT * {1 << k}" for k, week in enumerate(weeks))
    return f"""
WITH visit AS ({visits_sql(population.instrument, weeks[-1], population.hypothetical, f"AND {_within('o', among)}")}),
shown AS (SELECT p.participant_id, {shown_sql(weeks[-1])} FROM visit p),
person AS ({_start(population, kind, numbers, among)})
SELECT {" + ".join(cell)} AS cell, {seen} AS pattern, {", ".join(values)}
FROM person p
LEFT JOIN exposure e ON e.participant_id = p.participant_id AND e.landmark_days = $landmark AND {_within("e", among)}
LEFT JOIN shown s ON s.participant_id = p.participant_id
WHERE {" AND ".join(f"({asked})" for _, asked in population.steps[:-1])}"""


def _start(population: Population, kind: str, numbers: str, among: tuple[int, int]) -> str:
    """SELECT of participants with what the steps ask of them, and what is known of them at time zero."""
    is_change = population.instrument.is_change
    return f"""
  SELECT p.*, {"m" if is_change else "b"}.participant_id IS NOT NULL AS is_measured{numbers}
  FROM (SELECT p.*, {kind} AS kind FROM participants p WHERE {_within("p", among)}) p
  LEFT JOIN baseline b ON b.participant_id = p.participant_id AND b.instrument = $instrument AND {same_stratum("b")}
    AND {_within("b", among)}
  {f"LEFT JOIN ({MEASURED_CHANGE}) m ON m.participant_id = p.participant_id" if is_change else ""}"""


def _within(alias: str, among: tuple[int, int]) -> str:
    return f"{alias}.participant_id BETWEEN {among[0]:d} AND {among[1]:d}"


def _place(levels: Sequence[str], sql: str) -> str:
    """SQL: the place of a word among its levels, from nought. Of a column each different word is looked up once."""
    place = f"list_position([{', '.join(quote_text(level) for level in levels)}]::VARCHAR[], {sql})::BIGINT - 1"
    return f"coalesce({place}, {levels.index(UNKNOWN)})" if UNKNOWN in levels else f"({place})"

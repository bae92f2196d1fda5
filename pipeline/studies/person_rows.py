"""One row per person whose visit has come, as SQL: arm, clinic, results, and what was known at time zero.

Every number is a whole thousandth of its unit and every word is there, so that rows can be fetched, or counted and
summed where they lie, and both tell the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.studies.population import Population
from pipeline.studies.visits import weeks_until

MIN_VISIT_SHARE = 0.5
"""An earlier visit counts as one if at least this share as many were seen then as at the horizon. Rarer ones are
visits that only some clinics keep, and would make everybody else a person who skipped (judgement)."""

MILLI = 1000


@dataclass(frozen=True)
class PersonRows:
    """`sql` is a table expression `row`: participant_id, arm, clinic, counted, tied, doses, w<week>, then `names`.

    `words` and `numbers` are names in it; `names` holds both in the order in which they are adjusted for.
    """

    sql: str
    parameters: Mapping[str, Any]
    weeks: tuple[int, ...]
    names: tuple[str, ...]
    words: tuple[str, ...]
    numbers: tuple[str, ...]


def every_visit(population: Population) -> PersonRows:
    """The people of the protocol's arms for whom the visit has passed, seen then or not; with every visit up to the
    horizon, whether or not enough people were seen then: see `with_enough`."""
    weeks, known = weeks_until(population.window.week), population.characteristics
    visits, names = ", ".join(f"w{week}" for week in weeks), "".join(f", {name}" for name in known.names)
    sql = f"""{population.due_sql}, row AS (
SELECT participant_id, arm, clinic, counted, tied, depth, frequency, {visits}{names} FROM person)"""
    return PersonRows(sql, population.parameters, weeks, known.names, tuple(known.words), tuple(known.numbers))


def with_enough(weeks: Sequence[int], seen: Sequence[int]) -> tuple[int, ...]:
    """The horizon, and before it each visit at which enough of the people were seen."""
    least = max(MIN_VISIT_SHARE * seen[-1], 1)
    return (*(week for week, n in zip(weeks[:-1], seen[:-1], strict=True) if n >= least), weeks[-1])

"""What is told of each person whose visit has come: results, and what was known at time zero.

Rows can be fetched, or counted and summed where they lie, and both tell the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.studies.people.population import Population
from pipeline.studies.protocols.window import weeks_until

MIN_VISIT_SHARE = 0.5
"""An earlier visit counts as one if at least this share as many were seen then as at the horizon. Rarer ones are
visits that only some clinics keep, and would make everybody else a person who skipped (judgement)."""

MILLI = 1000


@dataclass(frozen=True)
class PersonRows:
    """What is told of each person: results at `weeks` (w<week>), `words` and `numbers`; `names` holds both in the
    order in which they are adjusted for."""

    weeks: tuple[int, ...]
    names: tuple[str, ...]
    words: tuple[str, ...]
    numbers: tuple[str, ...]


def every_visit(population: Population) -> PersonRows:
    """With every visit up to the horizon, whether or not enough people were seen then: see `with_enough`."""
    known = population.characteristics
    return PersonRows(weeks_until(population.window.week), known.names, tuple(known.words), tuple(known.numbers))


def with_enough(weeks: Sequence[int], seen: Sequence[int]) -> tuple[int, ...]:
    """The horizon, and before it each visit at which enough of the people were seen."""
    least = max(MIN_VISIT_SHARE * seen[-1], 1)
    return (*(week for week, n in zip(weeks[:-1], seen[:-1], strict=True) if n >= least), weeks[-1])

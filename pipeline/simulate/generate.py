"""The simulation from end to end: people part by part, their rows, native drops, and the truth."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.random import Generator

from pipeline.errors import UsageError
from pipeline.simulate import (
    adjuncts,
    costs,
    events,
    exposure,
    native,
    outcomes,
    people,
    safety,
    sessions,
    visits,
    write,
)
from pipeline.simulate.assumptions import DEFAULT, Assumptions
from pipeline.simulate.draws import Flags, Integers, generator
from pipeline.simulate.response import World
from pipeline.simulate.sites import Site, plan
from pipeline.simulate.spoil import spoil
from pipeline.simulate.truth import Tally
from pipeline.simulate.visits import Seen

PART = 20_000
"""People made at a time: what bounds the memory."""

MOST_SOURCES = 500
EXTRACTED_ON = date(2026, 6, 30)

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class _Run:
    """What stays the same through one simulation, and the sums it gathers."""

    seed: int
    out: Path
    extracted_on: date
    assumptions: Assumptions
    tally: Tally


def simulate(
    participants: int,
    seed: int,
    out: Path,
    extracted_on: date = EXTRACTED_ON,
    sources: int = 12,
    progress: Progress | None = None,
    assumptions: Assumptions = DEFAULT,
) -> dict[str, object]:
    """Write native drops of invented people below `out`, with their known truth in truth.json.

    The same arguments give the same bytes. Returns a summary. Raises UsageError where a number is out of
    range or `out` holds anything that is not an earlier simulation.
    """
    _check(participants, seed, sources)
    write.prepare(out)
    run = _Run(seed, out, extracted_on, assumptions, Tally())
    sites, done = plan(participants, sources, seed, assumptions), 0
    for site in sites:
        for part, first in enumerate(range(1, site.people + 1, PART), start=1):
            done += _make_part(run, site, first, part)
            if progress is not None:
                progress("people", done, participants)
        write.write_manifest(out, site, extracted_on)
    drops = [site.id for site in sites]
    truth = run.tally.told(seed=seed, participants=participants, extracted_on=extracted_on, drops=drops, a=assumptions)
    write.write_truth(out, truth)
    return {
        "participants": participants,
        "seed": seed,
        "out": str(out),
        "drops": [str(out / name) for name in drops],
        "rows": truth["rows"],
        "bad_rows": truth["bad_rows"],
        "truth": str(out / write.TRUTH),
    }


def _make_part(run: _Run, site: Site, first: int, part: int) -> int:
    """Make the people of a source from number `first` on, as many as fit a part, and return how many."""
    n = min(PART, site.people - first + 1)
    rng = generator(run.seed, site.index + 1, part)
    world, seen = draw_world(rng, site, first, n, run.extracted_on, run.assumptions)
    run.tally.add(world, seen)
    _write_part(run, site, part, world, seen, rng)
    return n


def draw_world(
    rng: Generator, site: Site, first: int, n: int, extracted_on: date, assumptions: Assumptions
) -> tuple[World, Seen]:
    """Some people of a source with all they do, and who of them is seen when."""
    some = people.draw(rng, site, first, n, extracted_on, assumptions)
    needling = exposure.draw(rng, some, assumptions)
    world = World(some, needling, adjuncts.draw(rng, some, needling.start, assumptions), assumptions)
    return world, visits.follow(rng, world)


def draw_tables(rng: Generator, world: World, seen: Seen) -> dict[str, pl.DataFrame]:
    """All rows of some people, as native tables with `person` as last column."""
    some = world.people
    performed = sessions.draw(rng, world, seen)
    done = np.bincount(performed["person"].to_numpy(), minlength=some.n)
    logged, why = sessions.logged(rng, world, performed), events.reasons(rng, world, seen)
    frames = {
        "participants": people.rows(rng, some),
        "courses": sessions.courses(world, seen, done, why),
        "sessions": logged,
        "treatments": adjuncts.rows(rng, some, world.adjuncts, seen.last, world.assumptions),
        "outcomes": outcomes.rows(rng, world, seen),
        "side_effects": safety.rows(rng, world, seen, logged),
        "events": events.rows(rng, world, seen, why),
        "costs": costs.rows(rng, world, seen, logged),
    }
    return {table: native.shaped(table, frame, some) for table, frame in frames.items()}


def _write_part(run: _Run, site: Site, part: int, world: World, seen: Seen, rng: Generator) -> None:
    """Spoil, count and write the rows of some people."""
    can_be_admitted = world.people.is_admissible
    for table, clean in draw_tables(rng, world, seen).items():
        is_parent = table == "participants"
        share = run.assumptions.bad_people if is_parent else run.assumptions.bad_rows
        whose = clean["person"].to_numpy()
        frame, counts, hit = spoil(rng, table, clean, site, can_be_admitted[whose], share)
        _count(run.tally, table, world, whose, can_be_admitted)
        run.tally.bad_rows[table] += counts
        if is_parent:
            can_be_admitted = can_be_admitted & ~hit
        write.write_part(run.out, site, table, part, frame.drop("person"))


def _count(tally: Tally, table: str, world: World, whose: Integers, can_be_admitted: Flags) -> None:
    """Rows of people who cannot be admitted: their person is refused, or was never admitted."""
    some, counts = world.people, tally.bad_rows[table]
    tally.rows[table] += len(whose)
    if table == "participants":
        counts["minor"] += int(some.is_minor.sum())
        tally.not_consented[table] += int((~some.has_consent).sum())
        return
    tally.not_consented[table] += int((~some.is_admissible)[whose].sum())
    counts["unknown_participant"] += int((some.is_admissible & ~can_be_admitted)[whose].sum())


def _check(participants: int, seed: int, sources: int) -> None:
    for name, got, low, high in (
        ("--participants", participants, 1, 100_000_000),
        ("--seed", seed, 0, 2**63 - 1),
        ("--sources", sources, 1, MOST_SOURCES),
    ):
        if not low <= got <= high:
            raise UsageError(f"{name} is {got}, expected a whole number from {low} to {high}")

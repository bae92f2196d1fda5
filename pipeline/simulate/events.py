"""Rows of events: leaving and stopping with their reasons, which are not always told."""

import numpy as np
import polars as pl
from numpy.random import Generator

from pipeline.simulate.draws import Flags, Integers, happens, pick, words
from pipeline.simulate.response import World
from pipeline.simulate.visits import Seen

ENDS = ("course_completed", "stopped_side_effect", "stopped_no_effect", "stopped_cost", "other")
"""Why needling ended, in the order of `reasons`."""

_LEAVINGS = ("lost", "moved", "stopped_no_effect", "other")
_RARE = ("hair_transplant", "pregnancy", "shaved_or_dyed")


def reasons(rng: Generator, world: World, seen: Seen) -> Integers:
    """Index into ENDS: the plan was fulfilled, or why it was given up; deep needles hurt, and no gain disappoints."""
    e = world.exposure
    shares = np.where(e.is_deep[:, None], (0.35, 0.3, 0.25, 0.1), (0.1, 0.45, 0.25, 0.2))
    shares[:, 1] *= np.where(seen.last_gain < 5.0, 1.5, 0.5)
    return np.where(e.end_week < e.planned_weeks, 1 + pick(rng, shares, world.people.n), 0)


def rows(rng: Generator, world: World, seen: Seen, why: Integers) -> pl.DataFrame:
    """Ends of needling (for the reasons `why`), ends of reporting and rare events, by person and day."""
    parts = [_ended(rng, world, seen, why), _left(rng, world, seen), _rare(rng, world, seen)]
    frame = pl.concat(parts).sort("person", "occurred_day", maintain_order=True)
    number = pl.int_range(pl.len()).cast(pl.String).str.zfill(6)
    return frame.with_columns((pl.lit(f"{world.people.site.prefix}-v{world.people.first}-") + number).alias("event_id"))


def _ended(rng: Generator, world: World, seen: Seen, why: Integers) -> pl.DataFrame:
    """Needling ended while reporting went on; not everybody says so."""
    e = world.exposure
    day = e.first + (7 * e.end_week).astype(np.int64)
    told = happens(rng, 0.75 if world.people.site.is_clinic else 0.4, world.people.n)
    return _frame(e.is_needling & (day <= seen.last) & told, day, words(ENDS, why))


def _left(rng: Generator, world: World, seen: Seen) -> pl.DataFrame:
    """The last that was heard of people who left; most apps never learn why."""
    n = world.people.n
    told = happens(rng, 0.65 if world.people.site.is_clinic else 0.15, n)
    disappointed = np.where(seen.last_gain < 0.0, 0.4, 0.08)
    shares = np.column_stack([np.full(n, 0.55), np.full(n, 0.15), disappointed, np.full(n, 0.1)])
    return _frame(seen.has_left & told, seen.last, words(_LEAVINGS, pick(rng, shares, n)))


def _rare(rng: Generator, world: World, seen: Seen) -> pl.DataFrame:
    n = world.people.n
    kind = pick(rng, np.where(world.people.is_female[:, None], (0.1, 0.4, 0.5), (0.4, 0.0, 0.6)), n)
    day = 20 + (rng.random(n) * 500).astype(np.int64)
    return _frame(happens(rng, 0.02, n) & (day <= seen.last), day, words(_RARE, kind))


def _frame(which: Flags, day: Integers, event: pl.Series) -> pl.DataFrame:
    frame = pl.DataFrame({"person": np.arange(len(day)), "occurred_day": day, "event": event})
    return frame.filter(pl.Series(which))

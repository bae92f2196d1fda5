"""Who is seen when: skipped visits, leaving that depends on what was seen, and the end of observation."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from pipeline.simulate import response
from pipeline.simulate.assumptions import WEEKS
from pipeline.simulate.draws import Flags, Floats, Integers, happens, logistic, whole
from pipeline.simulate.people import read
from pipeline.simulate.response import World

_REFERENCE_GAP = 8.0
"""Weeks that the chance of leaving in the assumptions refers to."""

_JITTER_DAYS = 10
"""Visits are kept at most this far from their week, well inside every visit window."""


@dataclass(frozen=True)
class Seen:
    """Follow-up of some people; columns are the visits of WEEKS.

    `day` counts from enrolment, `change` is the true change in density, `reading` the density as
    recorded at clinics, `gain` what was noticed (reading less measured baseline; in apps an
    impression). `last` is the last day of reporting; `has_left` tells leaving from the end of data.
    """

    day: Integers
    is_seen: Flags
    change: Floats
    reading: Floats
    gain: Floats
    last: Integers
    has_left: Flags
    last_gain: Floats


def follow(rng: Generator, world: World) -> Seen:
    """Walk through the visits; after each, some leave for good."""
    people, n = world.people, world.people.n
    day = _days(rng, world)
    shift = response.change(world, (day - world.exposure.start[:, None]).T / 7.0).T
    reading = np.column_stack([read(rng, people.baseline + c, people.heaps_to, world.assumptions) for c in shift.T])
    impression = shift + 10.0 * rng.standard_normal(shift.shape)
    gain = np.where(people.has_density[:, None], reading - people.measured[:, None], impression)
    is_seen, last_gain = np.zeros(shift.shape, dtype=np.bool_), np.zeros(n)
    leaving, present = people.observed.copy(), np.ones(n, dtype=np.bool_)
    for k in range(-1, len(WEEKS)):
        here = day[:, k] if k >= 0 else np.zeros(n, dtype=np.int64)
        if k >= 0:
            is_seen[:, k] = present & (here <= people.observed) & ~happens(rng, world.assumptions.skip_visit, n)
            last_gain = np.where(is_seen[:, k], gain[:, k], last_gain)
        then = day[:, k + 1] if k + 1 < len(WEEKS) else here + 90
        goes = present & happens(rng, _chance(world, last_gain, then - here), n)
        leaving = np.where(goes, here + 1 + whole(rng.random(n) * (then - here - 2)), leaving)
        present &= ~goes
    last = np.minimum(leaving, people.observed)
    return Seen(day, is_seen, shift, reading, gain, last, leaving < people.observed, last_gain)


def _days(rng: Generator, world: World) -> Integers:
    target = world.exposure.start[:, None] + 7 * np.array(WEEKS)[None, :]
    jitter = np.clip(whole(rng.normal(0.0, 4.0, target.shape)), -_JITTER_DAYS, _JITTER_DAYS)
    return np.asarray(target + jitter, dtype=np.int64)


def _chance(world: World, last_gain: Floats, days: Integers) -> Floats:
    """Chance of leaving within `days`: the less gain was seen the likelier, the more so with deep needles."""
    a, deep = world.assumptions, world.exposure.is_deep
    base = a.leave_clinic if world.people.site.is_clinic else a.leave_app
    by_gain = (
        a.outcome_dropout * (a.leave_per_gain + a.leave_per_gain_deep * deep) * np.clip(last_gain / 20.0, -2.5, 2.5)
    )
    odds = np.log(base / (1 - base)) + a.outcome_dropout * a.leave_deep * deep - by_gain
    per_gap = np.log1p(-logistic(odds)) * days / 7.0 / _REFERENCE_GAP
    return np.asarray(-np.expm1(per_gap), dtype=np.float64)

"""Rows of sessions and courses."""

import numpy as np
import polars as pl
from numpy.random import Generator

from pipeline.simulate.draws import Flags, Floats, Integers, happens, maybe, pick, words
from pipeline.simulate.events import ENDS
from pipeline.simulate.exposure import DEVICES, HOME, SETTINGS
from pipeline.simulate.response import World
from pipeline.simulate.visits import Seen

_REGIONS = ("crown", "whole_scalp", "hairline", "mid_scalp", "temporal")
_ENDPOINTS = ("none", "mild_erythema", "uniform_erythema", "pinpoint_bleeding")
_PRIOR_DAYS = 85
"""Prevalent users have sessions from at most this many days before enrolment."""

_SUMMARY_SHARE = 0.1
"""Share of people with a course whose single sessions were not logged."""


def draw(rng: Generator, world: World, seen: Seen) -> pl.DataFrame:
    """One row per session done and logged, in the order of people and days."""
    person, day = _calendar(rng, world, seen)
    e, site = world.exposure, world.people.site
    n = len(person)
    mm = np.where(day >= e.switch_day[person], e.switched_mm[person], e.needle_mm[person])
    at_home, device = e.setting[person] == HOME, e.device[person]
    is_pen = device == DEVICES.index("pen_motorised")
    logged = pl.Series(np.arange(n)).cast(pl.String).str.zfill(7)
    return pl.DataFrame(
        {
            "person": person,
            "session_id": f"{site.prefix}-s{world.people.first}-" + logged,
            "performed_day": day,
            "device": words(DEVICES, device),
            "needle_length_mm": mm,
            "depth_basis": words(("nominal", "dial"), is_pen.astype(np.int64)),
            "setting": words(SETTINGS, e.setting[person]),
            "operator": words(("trained", "self"), at_home.astype(np.int64)),
            "region": words(_REGIONS, pick(rng, (0.35, 0.35, 0.15, 0.1, 0.05), world.people.n)[person]),
            "passes": maybe(rng.integers(3, 7, n), happens(rng, 0.8, n)),
            "endpoint": words(_ENDPOINTS, _endpoints(rng, mm)),
            "pain_nrs": maybe(_pain(rng, mm), happens(rng, 0.6, n)),
            "topical_delay_h": _delay(rng, world, person),
            "new_cartridge": maybe(~at_home | happens(rng, 0.7, n), is_pen),
            "shared_device": maybe(happens(rng, 0.004, n), at_home),
            "course_id": _course_ids(world, person),
            "recorded_day": day + rng.geometric(np.where(at_home, 0.45, 0.8)) - 1,
        }
    )


def courses(world: World, seen: Seen, done: Integers, why: Integers) -> pl.DataFrame:
    """One row per course planned; `done` counts each person's sessions, `why` tells how needling ended (see ENDS)."""
    e = world.exposure
    who = np.flatnonzero(e.is_needling & (e.first <= seen.last)) if world.people.site.has_courses else np.array([], int)
    end = e.first[who] + np.asarray(7 * e.end_week[who], dtype=np.int64)
    ended = end <= seen.last[who]
    n_planned = np.maximum(1, np.asarray(7 * e.planned_weeks[who] / e.interval[who], dtype=np.int64))
    return pl.DataFrame(
        {
            "person": who,
            "course_id": _course_ids(world, who),
            "started_day": e.first[who],
            "ended_day": maybe(end, ended),
            "planned_interval_days": np.round(e.interval[who], 1),
            "planned_sessions": n_planned,
            "done_sessions": done[who],
            "needle_length_mm": e.needle_mm[who],
            "device": words(DEVICES, e.device[who]),
            "setting": words(SETTINGS, e.setting[who]),
            "end_reason": words(ENDS, np.where(ended, why[who], -1)),
        }
    )


def logged(rng: Generator, world: World, sessions: pl.DataFrame) -> pl.DataFrame:
    """The sessions without those of people for whom only the summary of the course was kept."""
    if not world.people.site.has_courses:
        return sessions
    summary = happens(rng, _SUMMARY_SHARE, world.people.n)
    return sessions.filter(pl.Series(~summary[sessions["person"].to_numpy()]))


def _calendar(rng: Generator, world: World, seen: Seen) -> tuple[Integers, Integers]:
    """(person, day) of every session: as scheduled, a little late or early, some left out, sometimes a gap."""
    e, people = world.exposure, world.people
    stop = np.minimum(np.minimum(e.first + 7 * e.end_week, seen.last), e.first + 7 * 78)
    after = np.where(e.is_needling & (e.first <= seen.last), np.floor((stop - e.first) / e.interval) + 1, 0)
    before = np.where(people.is_prevalent & e.is_needling, rng.integers(14, _PRIOR_DAYS, people.n) / e.interval, 0)
    before, total = before.astype(np.int64), (after.astype(np.int64) + before.astype(np.int64))
    person = np.repeat(np.arange(people.n), total)
    step = np.arange(len(person)) - np.repeat(np.cumsum(total) - total, total) - before[person]
    reach = np.where(e.interval[person] < 7, 0, np.where(e.interval[person] < 14, 1, 2))
    jitter = np.where(step == 0, 0, _jitter(rng, reach))
    day = e.first[person] + np.floor(step * e.interval[person]).astype(np.int64) + jitter
    kept = _kept(rng, world, person, step, day) & (day <= seen.last[person])
    return person[kept], day[kept]


def _jitter(rng: Generator, reach: Integers) -> Integers:
    """Whole days between minus and plus `reach`."""
    return np.asarray(np.floor(rng.random(len(reach)) * (2 * reach + 1)) - reach, dtype=np.int64)


def _kept(rng: Generator, world: World, person: Integers, step: Integers, day: Integers) -> Flags:
    e = world.exposure
    skipped = happens(rng, world.assumptions.skip_session, len(person))
    in_gap = (day >= e.gap_day[person]) & (day < e.gap_day[person] + e.gap_days[person])
    return np.asarray((step == 0) | (~skipped & ~in_gap), dtype=np.bool_)


def _endpoints(rng: Generator, mm: Floats) -> Integers:
    height = mm + 0.35 * rng.standard_normal(len(mm))
    return np.asarray(np.digitize(height, (0.2, 0.7, 1.4)), dtype=np.int64)


def _pain(rng: Generator, mm: Floats) -> Integers:
    return np.clip(np.rint(0.5 + 2.2 * mm + 1.2 * rng.standard_normal(len(mm))), 0, 10).astype(np.int64)


def _delay(rng: Generator, world: World, person: Integers) -> pl.Series:
    hours = np.array([0.0, 12.0, 24.0, 48.0])[pick(rng, (0.15, 0.35, 0.4, 0.1), len(person))]
    return maybe(hours, world.adjuncts.at_zero[person] & happens(rng, 0.4, len(person)))


def _course_ids(world: World, person: Integers) -> pl.Series:
    if not world.people.site.has_courses:
        return pl.repeat(None, len(person), dtype=pl.String, eager=True)
    return pl.Series(world.people.ids()).gather(person) + "-c1"

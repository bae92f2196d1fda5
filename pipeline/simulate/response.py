"""How hair density changes: the one place where a treatment has an effect, so the truth is known exactly."""

from dataclasses import dataclass

import numpy as np

from pipeline.simulate import adjuncts as treatments
from pipeline.simulate.adjuncts import Adjuncts, Curve
from pipeline.simulate.assumptions import Assumptions
from pipeline.simulate.draws import Floats, Integers
from pipeline.simulate.exposure import Exposure, arm_gain, end_weeks
from pipeline.simulate.people import People


@dataclass(frozen=True)
class World:
    """Some people with what they do: all that their change in density depends on."""

    people: People
    exposure: Exposure
    adjuncts: Adjuncts
    assumptions: Assumptions

    @property
    def curve(self) -> Curve:
        return Curve(self.assumptions.curve_weeks)


def expected_change(world: World, arm: Integers, week: Floats, keeps_going: bool = False) -> Floats:
    """Expected change in density (hairs/cm2) by `week` after time zero, had each person had `arm`.

    Needling that ends keeps what it gained until then; `keeps_going` asks what would be, had nobody
    ended it.
    """
    end = np.full(world.people.n, np.inf) if keeps_going else end_weeks(arm, world.people, world.exposure.planned_weeks)
    return _without_needling(world, week) + _needling(world, arm, np.minimum(week, end))


def change(world: World, week: Floats) -> Floats:
    """The change that does happen, the person's own deviation included."""
    own = world.assumptions.response_sd * world.people.deviation * world.curve.at(week)
    return expected_change(world, world.exposure.arm, week) + own


def minoxidil_effect(world: World, week: float) -> Floats:
    """What starting minoxidil at time zero adds by `week` in people who do not needle."""
    return np.full(world.people.n, world.assumptions.minoxidil_gain * float(world.curve.at(np.array([week]))[0]))


def _without_needling(world: World, week: Floats) -> Floats:
    a, people = world.assumptions, world.people
    decline = (a.decline_per_year + a.decline_by_stage * people.severity) * week / 52.0
    minoxidil = treatments.gain(world.adjuncts, world.exposure.start, week, Curve(a.curve_weeks, a.minoxidil_gain))
    return minoxidil - decline + people.site.effect * world.curve.at(week)


def _needling(world: World, arm: Integers, week: Floats) -> Floats:
    a, people = world.assumptions, world.people
    by_stage = 1.0 - a.stage_slope * people.severity
    with_minoxidil = 1.0 + a.minoxidil_synergy * world.adjuncts.at_zero
    to_come = np.where(people.is_prevalent, a.prevalent_share, 1.0)
    return np.asarray(arm_gain(arm) * by_stage * with_minoxidil * to_come * world.curve.at(week), dtype=np.float64)

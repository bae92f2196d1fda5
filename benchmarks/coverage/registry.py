"""Every world that is simulated: what it breaks, at which sizes, and what is asked in it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.coverage import other_shapes, single_shapes, two_arms, worlds
from benchmarks.coverage.found import Replicate

SIZES = (100, 250, 1000, 2000)
FEWER = (100, 1000)
BROKEN = (100, 1000, 2000)
JUDGED_FROM = 1000
"""People per arm from which the headline has to keep its promise where its assumptions hold."""


@dataclass(frozen=True)
class World:
    """`title` says in plain words what is so in it. `sizes` are people per arm, who come before anybody leaves.

    `is_assumed`: what the headline supposes holds, so that its interval has to keep its promise; None where
    nothing stands in a headline. `is_harmless`: nothing is wrong, so that a warning is a false alarm.
    """

    name: str
    title: str
    replicate: Callable[[np.random.Generator, int, float], Replicate]
    is_assumed: bool | None
    sizes: tuple[int, ...] = FEWER
    arms: int = 2
    is_harmless: bool = False
    with_effect: bool = True


def _two(draw: worlds.Draw, extra: two_arms.Extra = "completers") -> Callable[..., Replicate]:
    return partial(two_arms.replicate, draw, extra)


WORLDS: tuple[World, ...] = (
    World("linear", "Straight lines, and half leave on what was seen", _two(worlds.linear), True, SIZES),
    World("complete", "Straight lines, and nobody leaves", _two(worlds.complete, "nobody_left"), True, SIZES),
    World(
        "tossed",
        "A coin settles the arm, and nobody leaves",
        _two(worlds.tossed, "nobody_left"),
        True,
        (30, 50, *SIZES),
        is_harmless=True,
    ),
    World(
        "tossed-leaving",
        "A coin settles the arm, and half leave on what was seen",
        _two(worlds.tossed_leaving),
        True,
        SIZES,
        is_harmless=True,
    ),
    World(
        "small-clinics",
        "A coin settles the arm, and most clinics have a single person",
        _two(worlds.tossed_in_small_clinics),
        True,
        is_harmless=True,
    ),
    World("skipping", "Half leave, and a third of the others skipped a visit", _two(worlds.skipping), True, SIZES),
    World(
        "hardly-overlapping",
        "Stage and age nearly settle the arm of many",
        _two(worlds.hardly_overlapping),
        True,
        BROKEN,
    ),
    World("curved-choice", "Who goes deeper bends with age", _two(worlds.curved_choice), True, SIZES),
    World(
        "curved-outcome", "What grows, and what needling adds, bend with age", _two(worlds.curved_outcome), True, SIZES
    ),
    World("curved-both", "Choice and outcome bend with age", _two(worlds.curved_both), False, BROKEN),
    World("not-at-random", "Half leave, on what they do not come to show", _two(worlds.not_at_random), False, BROKEN),
    World(
        "faintly-hidden", "Something unrecorded moves choice and outcome a little", _two(worlds.faintly_hidden), False
    ),
    World("hidden", "Something unrecorded moves choice and outcome", _two(worlds.hidden), False, BROKEN),
    World(
        "clinics",
        "People of 40 clinics resemble each other, and clinics have their say in the arm",
        _two(worlds.clinics, "clinics"),
        False,
    ),
    World(
        "clinics-recorded",
        "The same in 12 sources, the source being adjusted for",
        _two(worlds.clinics_recorded, "clinics"),
        True,
    ),
    World(
        "clinics-decide",
        "Eight clinics, each with nearly everybody in the same arm",
        _two(worlds.clinics_decide, "clinics"),
        False,
    ),
    World(
        "handful",
        "A few people, skewed, twice the spread in one arm, by the toss of a coin",
        other_shapes.handful,
        True,
        (3, 5, 10, 20, 30, 50),
    ),
    World(
        "three-arms",
        "Three arms, worse stage goes deeper, half leave on what was seen",
        other_shapes.many,
        True,
        FEWER,
        3,
    ),
    World(
        "ordered",
        "Five ordered steps; people leave on what was recorded at the start",
        partial(other_shapes.steps, by_early=False),
        True,
        SIZES,
    ),
    World(
        "ordered-leaving",
        "Five ordered steps; people leave on the step they saw",
        partial(other_shapes.steps, by_early=True),
        True,
        SIZES,
    ),
    World(
        "wins", "Five ordered steps by the toss of a coin: who did better", other_shapes.wins, None, (10, 30, 100, 1000)
    ),
    World("counts", "Side effects counted, and a response seen only at visits", other_shapes.counts, None),
    World("response", "Straight lines, half leave: who responds by week 24", other_shapes.response, None, SIZES),
    World("doses", "Seven depths with a plateau and a slight decline", other_shapes.doses, None, FEWER, 7),
    World("comb", "Hairs in the comb counted, and who still loses many leaves", other_shapes.comb, True, SIZES),
    World("one-arm", "One arm alone, half leave on what was seen", single_shapes.one_arm, None),
    World("spreads", "People differ more in one arm", single_shapes.spreads, None, (30, 100, 1000)),
    World("shares", "Sessions of people who differ", single_shapes.shares, None, (30, 100, 1000), 1, with_effect=False),
    World(
        "recoveries",
        "Redness that is over when somebody asks",
        single_shapes.recoveries,
        None,
        (100, 1000),
        1,
        with_effect=False,
    ),
    World("trials", "3, 5 or 20 trials whose own truths differ", single_shapes.trials, None, (3, 5, 20), 1),
    World("looks", "Fifty looks while people come in", other_shapes.looks, None, (100, 500, 2000), with_effect=False),
)
BY_NAME = {world.name: world for world in WORLDS}

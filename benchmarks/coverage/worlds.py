"""People whose true effects are known: worse stage goes deeper, gains less, and those who gain little leave.

Three visits. In `linear` everything is as the estimators suppose, so that one that models what it should is right,
and one that forgets confounding or leaving is not; each other world breaks one thing. Pure arrays; nothing here knows
an estimator.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Seen = npt.NDArray[np.bool_]
Target = Literal["ate", "ato", "att"]
Draw = Callable[[np.random.Generator, int, float], "Study"]
"""(random numbers, people in all, effect: 1 as told, 0 none) -> the people."""

GAIN = np.array([2.0, 4.0, 7.0])
"""Of the deep arm at stage 0, in hairs/cm2 at each visit."""
LESS_PER_STAGE = np.array([0.3, 0.6, 1.0])
GROWTH = np.array([0.3, 0.6, 1.0])
"""How much of the last visit's change there is at each visit."""
STAGE, AGE, SEX, COUNT = range(4)
CLINICS = 40
TRUTH_FROM = 1_000_000
"""People from whom a truth is computed: a standard error of about 0.002 hairs/cm2."""


@dataclass(frozen=True)
class Study:
    """`y` are changes (people x visits, NaN where not seen), `complete` the same had nobody left, `x` what is recorded.

    `gain` (people x visits) is what the deep arm does for each, `chance` their chance of it. `clinic` is None
    where there is one; `is_recorded` where the clinic is among what is adjusted for.
    """

    y: Array
    arm: Codes
    x: Array
    complete: Array
    gain: Array
    chance: Array
    clinic: Codes | None = None
    is_recorded: bool = False


class Truth(NamedTuple):
    """Mean effect at the last visit among everybody, those who could be in either arm, and the deep arm's people."""

    ate: float
    ato: float
    att: float


def people_of(rng: np.random.Generator, n: int) -> Array:
    stage = rng.integers(0, 5, n)
    age, count = rng.normal(0, 1, n), rng.normal(0, 1, n) - 0.3 * stage
    return np.column_stack([stage, age, rng.integers(0, 2, n), count]).astype(np.float64)


def _choice(x: Array, strength: float = 1.0) -> Array:
    """On the logit scale."""
    return strength * (0.5 * (x[:, STAGE] - 2) + 0.4 * x[:, AGE])


def untreated(x: Array) -> Array:
    """Change at the last visit without the deep arm."""
    return np.asarray(-1.5 * x[:, STAGE] - x[:, AGE] + x[:, SEX] - 1.5 * x[:, COUNT])


def gains(x: Array) -> Array:
    return np.asarray(GAIN - LESS_PER_STAGE * x[:, [STAGE]])


def _curve(x: Array) -> Array:
    """What no straight line in age follows; nought on average."""
    return np.asarray(x[:, AGE] ** 2 - 1)


Leave = Callable[[np.random.Generator, Array, Codes, Array], Array]
"""(random numbers, complete, arm, x) -> the same with NaN where somebody is not seen."""


def _nobody(_: np.random.Generator, complete: Array, __: Codes, ___: Array) -> Array:
    return complete


def _leave(rng: np.random.Generator, complete: Array, arm: Codes, told: Array, skipped: Seen | None = None) -> Array:
    """The chance of staying rises with `told` (people x visits), twice as fast in the deep arm."""
    y, gone = complete.copy(), np.zeros(len(arm), dtype=np.bool_)
    for k in range(complete.shape[1]):
        settled = 2.6 if k == 0 else 1.3
        gone |= rng.random(len(y)) > special.expit(settled + (0.08 + 0.08 * arm) * told[:, k] - 0.4 * arm)
        y[gone, k] = np.nan
    return y if skipped is None else np.where(skipped, np.nan, y)


def _before(complete: Array) -> Array:
    """The change seen at the visit before, nought at the first."""
    return np.column_stack([np.zeros(len(complete)), complete[:, :-1]])


def after_little_gain(rng: np.random.Generator, complete: Array, arm: Codes, _: Array) -> Array:
    """At random: on what was seen."""
    return _leave(rng, complete, arm, _before(complete))


def _after_what_nobody_saw(rng: np.random.Generator, complete: Array, arm: Codes, _: Array) -> Array:
    """Not at random: on the change that they do not come to show."""
    return _leave(rng, complete, arm, complete)


def _and_skips(rng: np.random.Generator, complete: Array, arm: Codes, x: Array) -> Array:
    """Early visits are skipped, more often at a bad stage; whoever leaves goes by the last change that was seen."""
    skipped = rng.random(complete.shape) < 0.1 + 0.04 * x[:, [STAGE]]
    skipped[:, -1] = False
    told = np.zeros(complete.shape)
    for k in range(1, complete.shape[1]):
        told[:, k] = np.where(skipped[:, k - 1], told[:, k - 1], complete[:, k - 1])
    return _leave(rng, complete, arm, told, skipped)


def _people(
    rng: np.random.Generator, x: Array, usual: Array, gain: Array, logit: Array, leave: Leave = after_little_gain
) -> Study:
    chance = np.asarray(special.expit(logit))
    arm = (rng.random(len(x)) < chance).astype(np.int64)
    person = rng.normal(0, 6, (len(x), 1)) * GROWTH**0.5
    complete = usual[:, None] * GROWTH + arm[:, None] * gain + person + rng.normal(0, 5, (len(x), 3))
    return Study(leave(rng, complete, arm, x), arm, x, complete, gain, chance)


def linear(rng: np.random.Generator, n: int, effect: float = 1.0, leave: Leave = after_little_gain) -> Study:
    """All is linear, half leave, and on what was seen."""
    x = people_of(rng, n)
    return _people(rng, x, untreated(x), effect * gains(x), _choice(x), leave)


def complete(rng: np.random.Generator, n: int, effect: float = 1.0) -> Study:
    """Nobody leaves."""
    return linear(rng, n, effect, _nobody)


def not_at_random(rng: np.random.Generator, n: int, effect: float = 1.0) -> Study:
    """Half leave, on the change that they do not come to show."""
    return linear(rng, n, effect, _after_what_nobody_saw)


def skipping(rng: np.random.Generator, n: int, effect: float = 1.0) -> Study:
    """Half leave, and a third of those who stay skipped a visit."""
    return linear(rng, n, effect, _and_skips)


def tossed(rng: np.random.Generator, n: int, effect: float = 1.0, leave: Leave = _nobody) -> Study:
    """A coin settles the arm, in eight clinics of unequal size."""
    x = people_of(rng, n)
    found = _people(rng, x, untreated(x), effect * gains(x), np.zeros(n), leave)
    return replace(found, clinic=np.minimum(rng.geometric(0.3, n), 8))


def tossed_leaving(rng: np.random.Generator, n: int, effect: float = 1.0) -> Study:
    """A coin settles the arm, and half leave on what was seen."""
    return tossed(rng, n, effect, after_little_gain)


def tossed_in_small_clinics(rng: np.random.Generator, n: int, effect: float = 1.0) -> Study:
    """A coin settles the arm, and most clinics have a single person."""
    return replace(tossed(rng, n, effect), clinic=rng.integers(0, 3 * n, n))


def hardly_overlapping(rng: np.random.Generator, n: int, effect: float = 1.0) -> Study:
    """Stage and age settle the arm of many; half leave on what was seen."""
    x = people_of(rng, n)
    return _people(rng, x, untreated(x), effect * gains(x), _choice(x, 2.0))


def curved_outcome(rng: np.random.Generator, n: int, effect: float = 1.0) -> Study:
    """What grows, and what needling adds, bend with age; choice and leaving are as supposed."""
    x = people_of(rng, n)
    gain = gains(x) - 0.8 * _curve(x)[:, None] * GROWTH
    return _people(rng, x, untreated(x) + 2 * _curve(x), effect * gain, _choice(x))


def curved_choice(rng: np.random.Generator, n: int, effect: float = 1.0) -> Study:
    """Who goes deeper bends with age; the outcome is as supposed."""
    x = people_of(rng, n)
    return _people(rng, x, untreated(x), effect * gains(x), _choice(x) + 0.5 * _curve(x))


def curved_both(rng: np.random.Generator, n: int, effect: float = 1.0) -> Study:
    """Both bend with age: nothing that supposes straight lines is right."""
    x = people_of(rng, n)
    gain = gains(x) - 0.8 * _curve(x)[:, None] * GROWTH
    return _people(rng, x, untreated(x) + 2 * _curve(x), effect * gain, _choice(x) + 0.5 * _curve(x))


def hidden(rng: np.random.Generator, n: int, effect: float = 1.0, strength: float = 0.6) -> Study:
    """Motivation, which nobody recorded, moves the choice and the outcome."""
    x, motivation = people_of(rng, n), rng.normal(0, 1, n)
    usual = untreated(x) + 4 * strength * motivation
    return _people(rng, x, usual, effect * gains(x), _choice(x) + strength * motivation)


def faintly_hidden(rng: np.random.Generator, n: int, effect: float = 1.0) -> Study:
    """The same at half the strength."""
    return hidden(rng, n, effect, 0.3)


def clinics(
    rng: np.random.Generator, n: int, effect: float = 1.0, choice: float = 1.0, how_many: int = CLINICS
) -> Study:
    """People of a clinic resemble each other, and the clinic has its say in the arm; nobody leaves.

    The effect is the same for all, so that what is seen is the clustering alone.
    """
    x, clinic = people_of(rng, n), rng.integers(0, how_many, n)
    usual = untreated(x) + rng.normal(0, 2, how_many)[clinic]
    gain = effect * np.tile(GAIN - 2 * LESS_PER_STAGE, (n, 1))
    found = _people(rng, x, usual, gain, _choice(x) + choice * rng.normal(0, 1, how_many)[clinic], _nobody)
    return replace(found, clinic=clinic)


def clinics_recorded(rng: np.random.Generator, n: int, effect: float = 1.0) -> Study:
    """The same in twelve sources, the source being adjusted for."""
    return replace(clinics(rng, n, effect, how_many=12), is_recorded=True)


def clinics_decide(rng: np.random.Generator, n: int, effect: float = 1.0) -> Study:
    """Nearly everybody of a clinic is in the same arm."""
    return clinics(rng, n, effect, choice=8.0, how_many=8)


@cache
def truth(draw: Draw, effect: float = 1.0) -> Truth:
    """By a large computation; nought without an effect."""
    if effect == 0:
        return Truth(0.0, 0.0, 0.0)
    people = draw(np.random.default_rng(0), TRUTH_FROM, effect)
    gain, chance = people.gain[:, -1], people.chance
    each = (np.ones(len(gain)), chance * (1 - chance), chance)
    return Truth(*(float(weight @ gain / weight.sum()) for weight in each))

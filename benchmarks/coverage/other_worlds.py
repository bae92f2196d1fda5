"""Worlds of another shape: three arms, an ordered scale, counts, many depths, a handful of people."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import special

from benchmarks.coverage.worlds import (
    AGE,
    STAGE,
    TRUTH_FROM,
    Array,
    Codes,
    after_little_gain,
    gains,
    people_of,
    untreated,
)

ODDS = 0.8
"""Log odds ratio of a better step."""
RATE = 0.4
"""Log rate ratio."""
HAZARD = 0.5
"""Log hazard ratio of a response."""
STEPS = np.array([-1.5, -0.3, 0.8, 2.0])
"""Thresholds of five ordered steps."""
DEPTHS = np.array([0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5])
BY_DEPTH = np.array([-1.53, 0.0, 1.88, 3.55, 5.38, 5.39, 4.67])
"""A plateau and a slight decline, against 0.5 mm (statistics of the plan, section 5)."""


@dataclass(frozen=True)
class Arms:
    """Three arms; `gain` and `chance` are people x arms, at the last visit."""

    y: Array
    arm: Codes
    x: Array
    gain: Array
    chance: Array


def three_arms(rng: np.random.Generator, n: int, effect: float = 1.0) -> Arms:
    """None, half a millimetre, one and a half: worse stage goes deeper, and half leave on what was seen."""
    x = people_of(rng, n)
    push = np.column_stack([np.zeros(n), 0.3 * (x[:, STAGE] - 2), 0.5 * (x[:, STAGE] - 2) + 0.3 * x[:, AGE]])
    chance = special.softmax(push, axis=1)
    arm = (rng.random((n, 1)) > np.cumsum(chance, axis=1)).sum(axis=1).clip(0, 2).astype(np.int64)
    share = effect * np.array([0.0, 0.6, 1.0])
    growth = np.array([0.3, 0.6, 1.0])
    person = rng.normal(0, 6, (n, 1)) * growth**0.5
    gain = gains(x)
    whole = untreated(x)[:, None] * growth + share[arm][:, None] * gain + person + rng.normal(0, 5, (n, 3))
    return Arms(after_little_gain(rng, whole, (arm > 0).astype(np.int64), x), arm, x, gain[:, [-1]] * share, chance)


@cache
def truth_of_arms(effect: float = 1.0) -> dict[tuple[int, int, str], float]:
    """(arm, reference, among whom) -> difference: `all`, those who could be in any (`overlap`), the `pair`'s own."""
    people = three_arms(np.random.default_rng(0), TRUTH_FROM if effect else 1, effect)
    found = dict[tuple[int, int, str], float]()
    for arm, reference in ((1, 0), (2, 0), (2, 1)):
        apart = people.gain[:, arm] - people.gain[:, reference]
        either = people.chance[:, arm] + people.chance[:, reference]
        found[arm, reference, "all"] = float(apart.mean())
        found[arm, reference, "pair"] = float(either @ apart / either.sum())
        overlap = 1 / (1 / people.chance).sum(axis=1)
        found[arm, reference, "overlap"] = float(overlap @ apart / overlap.sum())
    return found


@dataclass(frozen=True)
class Ordered:
    """`value` 0 to 4; `early` the step at a visit before; `seen` at the last."""

    value: Codes
    early: Codes
    seen: Codes
    arm: Codes
    x: Array


def ordered(rng: np.random.Generator, n: int, effect: float = 1.0, by_early: bool = False) -> Ordered:
    """Five steps, one odds ratio for all. People leave on what is recorded or (`by_early`) on what they saw."""
    x = people_of(rng, n)
    arm = (rng.random(n) < special.expit(0.5 * (x[:, STAGE] - 2) + 0.4 * x[:, AGE])).astype(np.int64)
    better = ODDS * effect * arm - 0.3 * x[:, STAGE] - 0.3 * x[:, AGE]
    noise = rng.logistic(size=n)
    value = (better + 0.6 + noise > STEPS[:, None]).sum(axis=0)
    early = (0.5 * better + 0.6 + 0.5 * noise + 0.7 * rng.logistic(size=n) > STEPS[:, None]).sum(axis=0)
    stays = special.expit(1.2 * (early - 2) * (0.5 + arm) if by_early else 0.3 * x[:, AGE] + 0.3 * arm)
    return Ordered(value, early, (rng.random(n) < stays).astype(np.int64), arm, x)


@dataclass(frozen=True)
class Counted:
    """Events per person over `exposure`; `visit` is the one (1 to 3) of the first response, 0 for none."""

    count: Array
    exposure: Array
    visit: Codes
    arm: Codes
    x: Array


def counted(rng: np.random.Generator, n: int, effect: float = 1.0) -> Counted:
    """Counts spread twice as far as Poisson's; a response whose hazard is proportional, seen only at visits."""
    x = people_of(rng, n)
    arm = (rng.random(n) < special.expit(0.5 * (x[:, STAGE] - 2))).astype(np.int64)
    exposure = rng.uniform(0.5, 2, n)
    mean = exposure * np.exp(RATE * effect * arm - 0.2 * x[:, AGE])
    time = rng.exponential(size=n) * np.exp(-HAZARD * effect * arm + 0.3 * x[:, AGE]) * 3
    visit = np.where(time < 3, np.ceil(time), 0).astype(np.int64)
    return Counted(rng.poisson(mean * rng.gamma(1, 1, n)).astype(np.float64), exposure, visit, arm, x)


@dataclass(frozen=True)
class Combed:
    """Hairs counted (people x 2 visits, NaN where not seen), arm, covariates."""

    count: Array
    arm: Codes
    x: Array


def combed(rng: np.random.Generator, n: int, effect: float = 1.0) -> Combed:
    """Hairs in the comb: one ratio for all, spread far beyond Poisson's; who still loses many leaves."""
    x = people_of(rng, n)
    arm = (rng.random(n) < special.expit(0.5 * (x[:, STAGE] - 2) + 0.4 * x[:, AGE])).astype(np.int64)
    own = rng.gamma(2, 0.5, n)
    mean = 12 * np.exp(-RATE * effect * arm + 0.1 * x[:, STAGE] - 0.2 * x[:, AGE])
    count = np.column_stack([rng.poisson(own * mean**share) for share in (0.9, 1.0)]).astype(np.float64)
    stays = special.expit(0.7 - 0.04 * count[:, 0] * (0.5 + arm))
    count[rng.random(n) > stays, 1] = np.nan
    return Combed(count, arm, x)


def depths(rng: np.random.Generator, n: int, effect: float = 1.0) -> tuple[Array, Array, Array]:
    """(change, depth, covariates), seven depths, worse stage deeper."""
    x = people_of(rng, n)
    push = 0.15 * (x[:, [STAGE]] - 2) * np.arange(len(DEPTHS))
    pick = (rng.random((n, 1)) > np.cumsum(special.softmax(push, axis=1), axis=1)).sum(axis=1).clip(0, 6)
    return untreated(x) + effect * BY_DEPTH[pick] + rng.normal(0, 8, n), DEPTHS[pick], x


def few(rng: np.random.Generator, n: int, effect: float = 1.0) -> tuple[Array, Codes, Array]:
    """(change, arm, covariates): n / 2 a side by the toss of a coin, skewed, twice the spread in the deep arm."""
    arm = np.arange(n) % 2
    skewed = (rng.gamma(2, 1, n) - 2) / np.sqrt(2)
    return 5 * effect * arm + skewed * np.where(arm == 1, 8, 4), arm, people_of(rng, n)

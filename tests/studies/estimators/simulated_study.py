"""People whose true effects are known: worse stage goes deeper, gains less, and those who gain little leave.

Three visits; about half are seen at the last. Everything is linear, so that an estimator that models what it
should is right, and one that forgets confounding or leaving is not.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import special

from pipeline.studies.estimators.effect import Array, Codes

GAIN = np.array([2.0, 4.0, 7.0])
"""Of the deep arm at stage 0, in hairs/cm2 at each visit."""
LESS_PER_STAGE = np.array([0.3, 0.6, 1.0])


@dataclass(frozen=True)
class Study:
    """Changes (people x visits, NaN where not seen), arm, covariates, and the same changes had nobody left."""

    y: Array
    arm: Codes
    x: Array
    complete: Array


def _covariates(rng: np.random.Generator, n: int) -> Array:
    stage = rng.integers(0, 5, n)
    age, count = rng.normal(0, 1, n), rng.normal(0, 1, n) - 0.3 * stage
    return np.column_stack([stage, age, rng.integers(0, 2, n), count]).astype(np.float64)


def _chance_of_deep(x: Array) -> Array:
    return np.asarray(special.expit(0.5 * (x[:, 0] - 2) + 0.4 * x[:, 1]))


def study(seed: int, n: int, randomised: bool = False) -> Study:
    """Arms as people choose them, or by the toss of a coin."""
    rng = np.random.default_rng(seed)
    x = _covariates(rng, n)
    arm = (rng.random(n) < (0.5 if randomised else _chance_of_deep(x))).astype(np.int64)
    usual = -1.5 * x[:, 0] - x[:, 1] + x[:, 2] - 1.5 * x[:, 3]
    effect = arm[:, None] * (GAIN - LESS_PER_STAGE * x[:, :1])
    growth = np.array([0.3, 0.6, 1.0])
    person = rng.normal(0, 6, (n, 1)) * growth**0.5
    complete = usual[:, None] * growth + effect + person + rng.normal(0, 5, (n, 3))
    return Study(_with_leavers(complete, arm, rng), arm, x, complete)


def _with_leavers(complete: Array, arm: Codes, rng: np.random.Generator) -> Array:
    """The chance of staying rises with the last gain seen, twice as fast in the deep arm."""
    y = complete.copy()
    gone = rng.random(len(y)) < 0.1
    y[gone, 0] = np.nan
    for k in (1, 2):
        stays = special.expit(0.9 + (0.08 + 0.08 * arm) * complete[:, k - 1] - 0.4 * arm)
        gone |= rng.random(len(y)) > stays
        y[gone, k] = np.nan
    return y


@cache
def truth(overlap: bool = False) -> float:
    """Mean effect at the last visit among everybody, or among those who could have been in either arm."""
    x = _covariates(np.random.default_rng(0), 1_000_000)
    chance = _chance_of_deep(x)
    weight = chance * (1 - chance) if overlap else np.ones(len(x))
    return float(weight @ (GAIN[2] - LESS_PER_STAGE[2] * x[:, 0]) / weight.sum())

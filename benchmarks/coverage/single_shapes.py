"""Estimators of one arm, of how far people differ, of shares of sessions, and of trials taken together."""

from functools import cache

import numpy as np

from benchmarks.coverage.found import Found, Replicate, of_result
from benchmarks.coverage.worlds import TRUTH_FROM, Array, tossed_leaving
from pipeline.studies.estimators.clustered_share import ClusterTotals, Share, ratio_of_totals
from pipeline.studies.estimators.effect import Withheld
from pipeline.studies.estimators.one_arm import doubly_robust_mean, repeated_measures_mean
from pipeline.studies.estimators.random_effects import random_effects
from pipeline.studies.estimators.spread import bonett_ratio
from pipeline.studies.estimators.time_to_recovery import GROUPS, Spans, recovery

SPREAD = 0.5
"""Log ratio of variances."""
HOURS = np.array([0, 24, 48, 96, 168])
"""When people are asked whether it is over."""
OVER_BY = 48
BETWEEN = 1.0
"""Standard deviation of the trials' own truths."""


def one_arm(rng: np.random.Generator, n: int, effect: float) -> Replicate:
    """Half leave, on what was seen: the mean of those who needle deep, had nobody left."""
    people = tossed_leaving(rng, 2 * n, effect)
    own = people.arm == 1
    y, x, true = people.y[own], people.x[own], _mean_of_arm(effect)
    return Replicate((
        of_result("mean of one arm, doubly robust", doubly_robust_mean(y, x), true),
        of_result("mean of one arm, repeated measures", repeated_measures_mean(y, x), true),
    ))  # fmt: skip


@cache
def _mean_of_arm(effect: float) -> float:
    people = tossed_leaving(np.random.default_rng(0), TRUTH_FROM, effect)
    without = people.complete - people.arm[:, None] * people.gain
    return float((without + people.gain)[:, -1].mean())


def spreads(rng: np.random.Generator, n: int, effect: float) -> Replicate:
    """Whether people differ more in one arm: values with heavy tails, and skewed ones."""
    half, wider = n // 2, np.exp(effect * SPREAD / 2)
    found = []
    for name, draw in (("heavy tails", _heavy), ("skewed", _skewed)):
        result = bonett_ratio(wider * draw(rng, half), draw(rng, half))
        found.append(of_result(f"log ratio of variances, {name}", result, effect * SPREAD))
    return Replicate(tuple(found))


def _heavy(rng: np.random.Generator, n: int) -> Array:
    return rng.standard_t(8, n)


def _skewed(rng: np.random.Generator, n: int) -> Array:
    return rng.gamma(4, 1, n)


def shares(rng: np.random.Generator, n: int, _: float) -> Replicate:
    """Sessions of people who differ: the share of sessions with a common and with a rare side effect."""
    sessions, found = rng.integers(1, 30, n), []
    for name, share in (("one session in five", 0.2), ("one in two hundred", 0.005)):
        own = rng.beta(10 * share, 10 * (1 - share), n)
        y = rng.binomial(sessions, own)
        totals = ClusterTotals(
            n, int(sessions.sum()), int(y.sum()), int(sessions @ sessions), int(sessions @ y), int(y @ y)
        )
        found.append(_of_share(f"share of sessions, {name}", ratio_of_totals(totals), share))
    return Replicate(tuple(found))


def _of_share(name: str, share: Share | None, true: float) -> Found:
    if share is None:
        return Found(name, reason="one_person")
    low, high = share.interval()
    return Found(name, share.estimate - true, share.std_error, low <= true <= high)


def recoveries(rng: np.random.Generator, n: int, _: float) -> Replicate:
    """Three sessions of each person; redness lasts some hours, and is seen to be over when they are next asked."""
    person = np.repeat(np.arange(n), 3)
    slow = np.exp(rng.normal(0, 0.5, n))[person]
    hours = 60 * slow * rng.weibull(1.2, len(person))
    place = np.searchsorted(HOURS, hours)
    low, high = HOURS[np.maximum(place - 1, 0)], np.append(HOURS, 10**6)[np.maximum(place, 1)]
    found = recovery(Spans(person % GROUPS, low, high, np.ones(len(person), dtype=np.int64), n))
    name = f"share over by {OVER_BY} hours"
    if isinstance(found, Withheld):
        return Replicate((Found(name, reason=found.reason),))
    return Replicate((_of_share(name, found.by(OVER_BY).most, _over_by()),))


@cache
def _over_by() -> float:
    rng = np.random.default_rng(0)
    slow = np.exp(rng.normal(0, 0.5, TRUTH_FROM))
    return float((60 * slow * rng.weibull(1.2, TRUTH_FROM) <= OVER_BY).mean())


def trials(rng: np.random.Generator, n: int, effect: float) -> Replicate:
    """Trials of unequal size whose own truths differ; `n` is how many there are."""
    error = rng.uniform(0.4, 2.0, n)
    estimates = rng.normal(3 * effect + rng.normal(0, BETWEEN, n), error)
    pooled = random_effects(estimates, error, 100 * n)
    name = "several trials together"
    if isinstance(pooled, Withheld):
        return Replicate((Found(name, reason=pooled.reason),))
    return Replicate((of_result(name, pooled.effect, 3 * effect),))

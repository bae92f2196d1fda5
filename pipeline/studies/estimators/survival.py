"""Time to a response: Kaplan-Meier with weights for choice of arm and for leaving, and what is read off it.

A row is a stretch of one person's time under one weight, so that weights may change from visit to visit.
Standard errors come from each person's influence on the curve, weights taken as known; without weights
they are Greenwood's.

Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete observations. JASA 53, 457-481.
Robins, J. M. and Finkelstein, D. M. (2000). Correcting for noncompliance and dependent censoring with
inverse probability of censoring weighted log-rank tests. Biometrics 56, 779-788. Xie, J. and Liu, C. (2005).
Adjusted Kaplan-Meier estimator and log-rank test with inverse probability of treatment weighting.
Statistics in Medicine 24, 3089-3110. Royston, P. and Parmar, M. K. B. (2013). Restricted mean survival
time. BMC Medical Research Methodology 13, 152.
"""

import math
from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.effect import Array, Codes, Result, Withheld, effect
from pipeline.studies.estimators.student import two_sided
from pipeline.studies.estimators.weighting import effective_n


@dataclass(frozen=True)
class Spells:
    """Rows of people at risk over (start, stop]; `event` 1 where it happened at stop, `weight` of that row."""

    person: Codes
    start: Array
    stop: Array
    event: Codes
    weight: Array

    @classmethod
    def of_people(cls, time: Array, event: Codes, weight: Array | None = None) -> "Spells":
        """One row per person, from time 0."""
        n = len(time)
        known = np.ones(n) if weight is None else weight
        return cls(np.arange(n), np.zeros(n), time.astype(np.float64), event, known)

    @property
    def people(self) -> int:
        return len(np.unique(self.person))

    @property
    def n_effective(self) -> float:
        """Kish, with each person's mean weight."""
        _, person, rows = np.unique(self.person, return_inverse=True, return_counts=True)
        return effective_n(np.bincount(person, weights=self.weight) / rows)


@dataclass(frozen=True)
class Curve:
    """At each distinct `time` of an event: weighted number `at_risk`, of `events`, share `free` of it afterwards."""

    spells: Spells
    time: Array
    at_risk: Array
    events: Array
    free: Array

    @property
    def hazard(self) -> Array:
        return self.events / self.at_risk

    def free_at(self, day: float) -> float:
        """Share to whom it has not happened by the day, that day included."""
        before = np.searchsorted(self.time, day, side="right")
        return float(self.free[before - 1]) if before else 1.0

    def median(self) -> float | None:
        """First time by which half have had it; None where it never gets that far."""
        reached = np.flatnonzero(self.free <= 0.5 + 1e-12)
        return float(self.time[reached[0]]) if len(reached) else None

    def area(self, day: float) -> float:
        """Mean time without it up to the day."""
        edges = np.concatenate([[0.0], self.time[self.time < day], [day]])
        return float(np.diff(edges) @ np.concatenate([[1.0], self.free[self.time < day]]))


def kaplan_meier(spells: Spells) -> Curve:
    """The weighted product-limit curve."""
    happened = spells.event == 1
    time, which = np.unique(spells.stop[happened], return_inverse=True)
    events = np.bincount(which, weights=spells.weight[happened], minlength=len(time)).astype(np.float64)
    at_risk = _weight_from(spells.stop, spells.weight, time) - _weight_from(spells.start, spells.weight, time)
    free = np.cumprod(np.maximum(1 - events / at_risk, 0.0)).astype(np.float64)
    return Curve(spells, time, at_risk, events, free)


def _weight_from(edge: Array, weight: Array, time: Array) -> Array:
    """Weight of rows whose edge lies at or after each time."""
    order = np.argsort(edge, kind="stable")
    total = np.concatenate([[0.0], np.cumsum(weight[order])])
    return np.asarray(total[-1] - total[np.searchsorted(edge[order], time, side="left")])


def _variance(curve: Curve, gain: Array) -> float:
    """Of a quantity that changes by -gain_j per unit of hazard at time j, from each person's influence."""
    left = 1 - curve.hazard
    slope = np.where(gain == 0, 0.0, gain / (curve.at_risk * np.where(left > 0, left, 1.0)))
    spells = curve.spells
    expected = np.concatenate([[0.0], np.cumsum(slope * curve.hazard)])
    upto, since = (np.searchsorted(curve.time, edge, side="right") for edge in (spells.stop, spells.start))
    influence = expected[since] - expected[upto]
    happened = np.flatnonzero(spells.event == 1)
    influence[happened] += slope[np.searchsorted(curve.time, spells.stop[happened])]
    _, person = np.unique(spells.person, return_inverse=True)
    return float((np.bincount(person, weights=influence * spells.weight) ** 2).sum())


def happened_by(spells: Spells, day: float) -> Result:
    """Share to whom it has happened by the day, with its standard error."""
    curve = kaplan_meier(spells)
    if wrong := _problem(curve, day):
        return wrong
    free = curve.free_at(day)
    variance = free**2 * _variance(curve, (curve.time <= day).astype(np.float64))
    return effect(1 - free, variance, math.inf, spells.people, spells.n_effective, 1.0)


def mean_time_free(spells: Spells, day: float) -> Result:
    """Restricted mean: average time without it up to the day."""
    curve = kaplan_meier(spells)
    if wrong := _problem(curve, day):
        return wrong
    area = curve.area(day)
    gain = np.array([area - curve.area(t) if t < day else 0.0 for t in curve.time])
    return effect(area, _variance(curve, gain), math.inf, spells.people, spells.n_effective, 1.0)


def difference(arm: Result, reference: Result) -> Result:
    """Of two independent arms: shares (a risk difference) or mean times."""
    if isinstance(arm, Withheld):
        return arm
    if isinstance(reference, Withheld):
        return reference
    variance = arm.std_error**2 + reference.std_error**2
    n_effective = arm.n_effective + reference.n_effective
    return effect(arm.estimate - reference.estimate, variance, math.inf, arm.n + reference.n, n_effective, 1.0)


def log_rank(time: Array, event: Codes, arm: Codes) -> tuple[float, float] | Withheld:
    """Chi-squared with one degree of freedom, and its p-value, for two arms without weights. Mantel (1966)."""
    both = kaplan_meier(Spells.of_people(time, event))
    one = Spells.of_people(time[arm == 1], event[arm == 1])
    if not len(one.person) or len(one.person) == len(time):
        return Withheld("no_arm")
    at_risk = _weight_from(one.stop, one.weight, both.time)
    expected = at_risk * both.hazard
    others = np.maximum(both.at_risk - 1, 1)
    variance = float((expected * (1 - at_risk / both.at_risk) * (both.at_risk - both.events) / others).sum())
    if variance <= 0:
        return Withheld("no_events")
    statistic = (float(one.event.sum()) - float(expected.sum())) / math.sqrt(variance)
    return statistic**2, two_sided(statistic, math.inf)


def _problem(curve: Curve, day: float) -> Withheld | None:
    spells = curve.spells
    if not len(spells.person):
        return Withheld("no_arm")
    if spells.people == 1:
        return Withheld("one_person")
    if not len(curve.time) or curve.time[0] > day:
        return Withheld("no_events")
    return Withheld("beyond_follow_up") if spells.stop.max() < day else None

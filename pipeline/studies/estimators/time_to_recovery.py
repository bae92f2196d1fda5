"""How soon something is over that is seen only when somebody asks: over by then, still there, or over in between.

The nonparametric maximum likelihood of interval-censored times by self-consistency. It says how much mass lies
in each innermost interval, not where in it: the share over by an hour has a lower and an upper bound, which meet
wherever times are told exactly or the hour is one at which people were asked.

Turnbull, B. W. (1976). The empirical distribution function with arbitrarily grouped, censored and truncated data.
JRSS B 38, 290-295. The spread between people, several sessions each, by leaving out one group
of people after the other: Kott, P. S. (2001). The delete-a-group jackknife. Journal of Official Statistics 17, 521-526.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.clustered_share import Share, share_of
from pipeline.studies.estimators.effect import Array, Codes, Withheld

NEVER = 10**6
"""The upper end of what was not seen to end, in hours."""

GROUPS = 100
"""People are dealt into as many groups; the spread between those is that of people."""

SETTLED, MAX_STEPS = 1e-6, 2000
"""Largest change of a share in the last step; ten times less moved no figure in its fourth digit."""


@dataclass(frozen=True)
class Spans:
    """Rows of `n` things of one group of people that were over after `low` and by `high` hours (whole, low < high)."""

    group: Codes
    low: Codes
    high: Codes
    n: Codes
    people: int


@dataclass(frozen=True)
class OverBy:
    """The share over by an hour: at least and at most, where the data do not say more."""

    least: Share
    most: Share


@dataclass(frozen=True)
class Recovery:
    """Mass in each innermost interval (`low`, `high`], for everybody (row 0) and without each group."""

    low: Codes
    high: Codes
    mass: Array
    n: int
    people: int

    def by(self, hour: int) -> OverBy:
        """The share over by that hour, with the uncertainty of people."""
        least = self.mass[:, self.high <= hour].sum(axis=1)
        most = self.mass[:, self.low < hour].sum(axis=1)
        return OverBy(self._share(least), self._share(most))

    def median(self) -> int | None:
        """Hours by which half are over at the latest; None where less than half ever were seen to be."""
        reached = np.cumsum(self.mass[0]) >= 0.5
        hour = int(self.high[int(np.argmax(reached))])
        return hour if hour < NEVER else None

    def _share(self, found: Array) -> Share:
        groups = len(found) - 1
        variance = float((groups - 1) / groups * ((found[1:] - found[1:].mean()) ** 2).sum())
        return share_of(float(found[0]), variance, self.n, self.people, groups - 1)


def recovery(spans: Spans) -> Recovery | Withheld:
    """From spans of hours to shares. At least two people."""
    if spans.people < 2 or len(spans.n) == 0:
        return Withheld("no_arm" if spans.people == 0 else "one_person")
    low, high = _innermost(spans.low, spans.high)
    pairs, place = np.unique(np.column_stack([spans.low, spans.high]), axis=0, return_inverse=True)
    _, group = np.unique(spans.group, return_inverse=True)
    counts = np.zeros((int(group.max()) + 1, len(pairs)))
    np.add.at(counts, (group, place.ravel()), spans.n)
    whole = counts.sum(axis=0)
    inside = (pairs[:, [0]] <= low) & (high <= pairs[:, [1]])
    width = inside.astype(np.float64)
    all_ = _self_consistent(whole[None, :], width, np.full((1, len(low)), 1 / len(low)))
    mass = np.vstack([all_, _self_consistent(whole - counts, width, np.repeat(all_, len(counts), axis=0))])
    return Recovery(low, high, mass, int(spans.n.sum()), spans.people)


def _innermost(low: Codes, high: Codes) -> tuple[Codes, Codes]:
    """Turnbull's intervals: a lower end followed by an upper one with no other end in between."""
    lows, highs = np.unique(low), np.unique(high)
    ends, is_low = np.concatenate([lows, highs]), np.repeat([1, 0], [len(lows), len(highs)])
    order = np.lexsort((is_low, ends))  # an upper end belongs to its interval, a lower one does not: it comes after
    ends, is_low = ends[order], is_low[order]
    starts = np.flatnonzero((is_low[:-1] == 1) & (is_low[1:] == 0))
    return ends[starts], ends[starts + 1]


def _self_consistent(counts: Array, inside: Array, mass: Array) -> Array:
    """Replicates x intervals: each thing's one, shared out over the intervals it may have ended in, again and again.

    `mass` is where to begin; for groups left out, what everybody gave.
    """
    total = counts.sum(axis=1, keepdims=True)
    for _ in range(MAX_STEPS):
        chance = mass @ inside.T
        shared = mass * (np.divide(counts, chance, out=np.zeros_like(counts), where=chance > 0) @ inside) / total
        change = np.abs(shared - mass).max()
        mass = shared
        if change < SETTLED:
            break
    return mass

"""All arms of a question in one population, so that every contrast is about the same people.

Compared pair by pair, each contrast is about its own two arms, and two contrasts may differ because the people do.
Here one model holds all arms: the generalised propensity (Imbens 2000, Biometrika 87, 706-710) and means standardised
to everybody (Li and Li 2019, Annals of Applied Statistics 13, 2389-2415). An arm with too few people takes no part.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.studies.contrasts.adjusted import MIN_LEVEL, Pair, coded, distinct, of_all
from pipeline.studies.contrasts.diagnostics import UNBALANCED, is_worth_enough
from pipeline.studies.contrasts.headline import MIN_ADJUSTED, Method, headline
from pipeline.studies.estimators.balance import standardised_differences
from pipeline.studies.estimators.dropout import Seen, skipped_share
from pipeline.studies.estimators.effect import Array, Codes, Withheld
from pipeline.studies.estimators.inputs import Covariates
from pipeline.studies.estimators.once import once
from pipeline.studies.estimators.propensity import clipped, hardly_possible, outside_overlap, propensity
from pipeline.studies.estimators.weighting import Target, balancing_weights
from pipeline.studies.estimators.words import Words
from pipeline.studies.people.frame import Frame, chosen_of

MIN_ARMS = 3
"""Two arms are a pair."""


@dataclass(frozen=True)
class Joint:
    """Arms in one population: `arm` indexes `arms`, the first being the reference; `y` is people x visits.

    `given` are the covariates, those of `sloped` with slopes of each arm's own; `chance` is people x arms, unclipped;
    `alone` people of each arm were left out, being of a kind that not every arm has; `kept` tells who of the
    frame is in.
    """

    arms: tuple[str, ...]
    arm: Codes
    y: Array
    given: Covariates
    sloped: tuple[int, ...]
    clinic: Words
    alone: tuple[int, ...]
    chance: Array
    kept: Seen | None = None

    @once
    def seen(self) -> Seen:
        return np.isfinite(self.y[:, -1])

    @once
    def n(self) -> tuple[int, ...]:
        """People with a result, by arm."""
        return tuple(np.bincount(self.arm[self.seen], minlength=len(self.arms)).tolist())

    def weight(self, target: Target) -> Array:
        return balancing_weights(clipped(self.chance), self.arm, target)

    @once
    def outside(self) -> float:
        return outside_overlap(self.chance)

    @property
    def method(self) -> Method:
        """The headline by the rule, the smallest arm deciding."""
        skipped, complete = skipped_share(self.y), bool(self.seen.all())
        return headline(min(self.n), self.y.shape[1], skipped, self.outside, is_ordinal=False, is_complete=complete)

    def two(self, code: str) -> "OfMany":
        """One arm and the reference, as they stand in the common population."""
        one = self.arms.index(code)
        own = (self.arm == one) | (self.arm == 0)
        given = Covariates(self.given.design.chosen(own), self.given.names, self.given.left_out)
        clinic = self.clinic.chosen(own)
        n_alone = self.alone[one] + self.alone[0]
        return OfMany((self.arm[own] == one).astype(np.int64), self.y[own], given, clinic, n_alone, self, own)


@dataclass(frozen=True)
class OfMany(Pair):
    """Two arms of a `Joint`: weighted towards everybody of all arms, not towards each other."""

    joint: Joint
    own: Seen

    def weight(self, target: Target) -> Array:
        return self.joint.weight(target)[self.own]

    @property
    def outside(self) -> float:
        return self.joint.outside


def joint_with(frame: Frame, arms: Sequence[str], least: int = MIN_ARMS) -> tuple[Joint | None, dict[str, Withheld]]:
    """The largest common population of these arms, the first being the reference, and why an arm has no part in it.

    While they have none, one arm leaves: one that can be told without exception; of those that cannot be made to
    resemble the others, that in which most people could hardly have been; else the smallest. None where fewer than
    `least` arms would be left. No result of anybody is looked at, but whether there is one.
    """
    left, gone = list(arms), dict[str, Withheld]()
    while len(left) >= least:
        found = _joint(frame, left)
        if isinstance(found, Joint):
            misfit = _misfit(found)
            if misfit is None:
                return found, gone
            found = misfit, Withheld("no_overlap")
        code, reason = found
        left.remove(code)
        gone[code] = reason
    return None, gone


def _joint(frame: Frame, arms: Sequence[str]) -> Joint | tuple[str, Withheld]:
    """The people of these arms who are of kinds that all of them have; or the arm that has to leave."""
    place = [frame.arms.index(code) for code in arms]
    kept = of_all(frame, *(frame.arm == code for code in place))
    number = np.full(len(frame.arms), -1)
    number[place] = np.arange(len(arms))
    arm, seen = number[frame.arm[kept]], np.isfinite(frame.horizon[kept])
    n = np.bincount(arm[seen], minlength=len(arms))
    smallest = arms[1 + int(n[1:].argmin())]
    if n.min() < MIN_ADJUSTED:
        return smallest, Withheld("too_few_of_a_kind")
    at_visits = np.isfinite(frame.visits[kept]).T
    given = coded(chosen_of(frame.covariates, kept), seen)
    given = distinct(given, *at_visits)
    chance = propensity(arm, given.design, len(arms))
    if isinstance(chance, Withheld):
        return next((arms[a] for a in range(1, len(arms)) if _stands_apart(arm == a, given)), smallest), chance
    sloped = _sloped(given, [seen & (arm == a) for a in range(len(arms))])
    clinic = frame.clinic.chosen(kept)
    alone = tuple(int(((frame.arm == code) & ~kept).sum()) for code in place)
    return Joint(tuple(arms), arm, frame.visits[kept], given, sloped, clinic, alone, chance, kept)


def _stands_apart(own: Seen, given: Covariates) -> bool:
    """Whether what is known of people tells who is in this arm without exception."""
    return isinstance(propensity(own.astype(np.int64), given.design), Withheld)


def _misfit(joint: Joint) -> str | None:
    """The arm that weighting cannot make resemble the others: nobody of it stands for too many, or it differs still."""
    weight = joint.weight("ato" if joint.method == "seq_dr_overlap" else "ate")
    hardly = hardly_possible(joint.chance).mean(axis=0)
    failing = [a for a in range(1, len(joint.arms)) if not _resembles(joint, weight, a)]
    return joint.arms[max(failing, key=lambda a: float(hardly[a]))] if failing else None


def _resembles(joint: Joint, weight: Array, arm: int) -> bool:
    two = (joint.arm == arm) | (joint.arm == 0)
    own = (joint.arm[two] == arm).astype(np.int64)
    apart = standardised_differences(joint.given.design.chosen(two), own, weight[two])
    return bool(np.abs(apart).max(initial=0.0) <= UNBALANCED) and all(
        is_worth_enough(weight[joint.arm == a]) for a in (arm, 0)
    )


def _sloped(given: Covariates, arms: Sequence[Seen]) -> tuple[int, ...]:
    """Columns that may have a slope in every arm: there are enough people of a kind in each, and none follows from
    the others in one of them. The rest has one slope for all arms."""
    x = given.design
    told = [k for k in range(x.shape[1]) if _is_told_in(x.column(k), arms)]
    names = tuple(given.names[place] for place in told)
    own = distinct(Covariates(x.columns(told), names, ()), *arms)
    return tuple(given.names.index(name) for name in own.names)


def _is_told_in(column: Array, arms: Sequence[Seen]) -> bool:
    """In each arm a number, or a word that enough people have and enough have not."""
    counts = (np.unique(column[own], return_counts=True)[1] for own in arms)
    return all(len(count) > 2 or (len(count) == 2 and int(count.min()) >= MIN_LEVEL) for count in counts)

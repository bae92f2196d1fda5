"""How much likelier a response by a day is in one arm, had nobody chosen the arm or left: IPTW x IPCW Kaplan-Meier.

Somebody responds at the first visit that shows it. Each visit's people at risk carry a weight for the arm
they are in and for still being seen (see `survival` for the papers).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.dropout import Seen, Staying, staying_until_left
from pipeline.studies.estimators.effect import Array, Codes, Result, Withheld
from pipeline.studies.estimators.inputs import problem
from pipeline.studies.estimators.survival import Spells, difference, happened_by


@dataclass(frozen=True)
class Responses:
    """Per arm the share (0-1) that responded by the day; `spells` for the curve itself."""

    spells: tuple[Spells, ...]
    shares: tuple[Result, ...]

    def difference(self, arm: int, reference: int) -> Result:
        """Share in `arm` minus share in `reference`."""
        return difference(self.shares[arm], self.shares[reference])


def responses_by(
    responded: Seen,
    y: Array,
    days: Sequence[float],
    arm: Codes,
    x: Array | Design,
    chance: Array,
    assessed: Seen | None = None,
) -> Responses | Withheld:
    """By the last of `days`. `responded` and `y` (change, NaN where not seen) are people x visits at those days.

    `chance` is people x arms. Whoever skipped a visit and came back has not left; whoever left counts until the visit
    before. `assessed` tells at which visits it can be said of somebody still there whether they responded; everywhere
    if left out.
    """
    arms = chance.shape[1]
    if wrong := problem(np.arange(len(y), dtype=np.float64), arm, x, arms):
        return wrong
    stay = staying_until_left(y, arm, x, arms)
    if isinstance(stay, Withheld):
        return stay
    own = chance[np.arange(len(arm)), arm]
    there = stay.seen if assessed is None else stay.seen & assessed
    spells = tuple(_spells(responded & there, days, Staying(there, stay.chance), own, arm == a) for a in range(arms))
    return Responses(spells, tuple(happened_by(one, days[-1]) for one in spells))


def _spells(responded: Seen, days: Sequence[float], stay: Staying, chance: Array, own: Seen) -> Spells:
    """A row per person of the arm and visit reached without a response before."""
    before = np.zeros(responded.shape, dtype=np.bool_)
    before[:, 1:] = np.logical_or.accumulate(responded, axis=1)[:, :-1]
    person, visit = np.nonzero(stay.seen & ~before & own[:, None])
    edges = np.concatenate([[0.0], np.asarray(days, dtype=np.float64)])
    weight = 1 / (chance[person] * stay.chance[person, visit])
    event = responded[person, visit].astype(np.int64)
    return Spells(person, edges[visit], edges[visit + 1], event, weight)

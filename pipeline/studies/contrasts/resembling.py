"""Arms that can be made to resemble each other, in one population: what courses and times to response are drawn of.

Three arms or more by the rules of `joint`, two by those of a pair. An arm that cannot has a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.studies.contrasts.adjusted import pair_of
from pipeline.studies.contrasts.diagnostics import UNBALANCED, is_worth_enough
from pipeline.studies.contrasts.headline import MIN_ADJUSTED
from pipeline.studies.contrasts.joint import MIN_ARMS, joint_with
from pipeline.studies.estimators.balance import standardised_differences
from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.effect import Array, Codes, Withheld
from pipeline.studies.estimators.propensity import clipped
from pipeline.studies.people.frame import Frame


@dataclass(frozen=True)
class Resembling:
    """`arms` has the reference first, and `arm` indexes it; `y` is people x visits, `x` people x covariates, `chance`
    people x arms, clipped. `sloped` are the covariates with slopes of each arm's own, None where all have."""

    arms: tuple[str, ...]
    arm: Codes
    y: Array
    x: Design
    chance: Array
    sloped: Sequence[int] | None = None


def resembling(frame: Frame, against: str | None) -> tuple[Resembling | None, Mapping[str, str]]:
    """The arms with enough people, in one population; and why an arm is not among them."""
    seen = np.bincount(frame.arm[np.isfinite(frame.horizon)], minlength=len(frame.arms))
    enough = [code for a, code in enumerate(frame.arms) if seen[a] >= MIN_ADJUSTED]
    if len(enough) < 2 or (against is not None and against not in enough):
        return None, dict.fromkeys(frame.arms, "too_few_to_adjust")
    few = {code: "too_few_to_adjust" for code in frame.arms if code not in enough}
    first = against or max(enough, key=lambda code: seen[frame.arms.index(code)])
    codes = [first, *(code for code in enough if code != first)]
    if len(codes) < MIN_ARMS:
        return _two(frame, codes[1], first), few
    joint, left = joint_with(frame, codes)
    gone = few | {code: str(why.reason) for code, why in left.items()}
    if joint is None:
        return None, gone
    return Resembling(joint.arms, joint.arm, joint.y, joint.given.design, clipped(joint.chance), joint.sloped), gone


def _two(frame: Frame, arm: str, against: str) -> Resembling | None:
    pair = pair_of(frame, arm, against)
    weight = pair.weight("ate")
    if min(pair.n) < MIN_ADJUSTED or isinstance(weight, Withheld) or isinstance(pair.chance, Withheld):
        return None
    apart = standardised_differences(pair.x, pair.arm, weight)
    resemble = np.abs(apart).max(initial=0.0) <= UNBALANCED
    if not resemble or not all(is_worth_enough(weight[pair.arm == a]) for a in (0, 1)):
        return None
    return Resembling((against, arm), pair.arm, pair.y, pair.x, clipped(pair.chance))

"""A study's protocol: who, from when, which arms, which outcome, and what is to be estimated.

Every comparison has one: a file of the catalogue, a file of the home, or one made of what somebody asked for.
So every path runs the same code, and any view can be written down as a protocol.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple

Aim = Literal["difference", "equivalence", "course", "minimal", "variation", "interaction", "recovery", "cost"]
"""What a study is to show.

difference, equivalence  two arms differ, or do the same
course                   one arm before and after; nothing is compared
minimal                  the mean change of one arm lies under a limit
variation                people of an arm differ more than measurement error, or than those of another arm
interaction              the difference between two arms is larger among some people than among others
recovery                 side effects are over within some hours
cost                     one arm pays more a month than another, and for what
"""

Strategy = Literal["treatment_policy", "hypothetical"]
"""ICH E9(R1): what happens after the event counts as it is, or is taken as if the event had not happened."""

Words = tuple[str, ...]


class Range(NamedTuple):
    """Low end included, high end not."""

    low: float
    high: float


Condition = bool | Words | Range

STRATEGIES: Mapping[str, Strategy] = {
    "stopped_needling": "treatment_policy",
    "stopped_reporting": "hypothetical",
    "adjunct_started_later": "treatment_policy",
    "stopped_side_effect": "treatment_policy",
    "hair_transplant": "hypothetical",
    "pregnancy": "treatment_policy",
}
"""Events between time zero and the visit, and what is done about each where a protocol says nothing else.
A transplant adds hairs that no needle grew: what comes after it is taken as missing."""

CHOSEN_STRATEGIES = ("stopped_side_effect", "hair_transplant", "pregnancy")
"""Where a protocol may choose. About the others it may say only what is done: nobody who stopped reporting can be
followed, and a day on which needling ended or an adjunct began is often not known."""

COVARIATES = (
    "baseline", "age_band", "sex", "stage", "years_since_onset", "prior_minoxidil_response", "prior_microneedling",
    "minoxidil", "source",
)  # fmt: skip
"""What can be adjusted for, all known at time zero. `minoxidil` is its use then; `source` stands for clinic or app."""


@dataclass(frozen=True)
class ProtocolArm:
    """One arm: somebody whose exposure meets every condition belongs to it."""

    id: str
    label: str
    conditions: Mapping[str, Condition]


@dataclass(frozen=True)
class People:
    """Who takes part. `where` is the grammar of `compare --where`; `prevalent` lets in who needled already."""

    diagnosis: str
    where: Words = ()
    prevalent: bool = False
    needling: bool = False
    adjuncts_asked: bool = False


@dataclass(frozen=True)
class Outcome:
    """What is measured, and in which week from time zero. Where `measured_as` leaves region, side, rater or
    method out, the combination that most people were measured in is taken."""

    instrument: str
    week: int
    measured_as: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Contrast:
    """Two arms, the second being the reference; `margin` in the instrument's unit, None for the instrument's own.

    Where `arm` is empty, each other arm is compared with the reference. `reference` is empty where an arm is held
    against a number: the limit of a change that counts as minimal (`margin`), or the measurement error.
    """

    arm: str
    reference: str
    margin: float | None = None


@dataclass(frozen=True)
class Recovery:
    """Side effects over within so many hours, of more than such a share (0-1) of them, is what is asked.

    Sessions count from time zero to the outcome's week.
    """

    effects: Words
    within_hours: int
    more_than: float


_LATER = ("against", "recovery")
"""Fields that came after the first protocols were fixed: where one is None it takes no part in the digest."""


@dataclass(frozen=True)
class Protocol:
    """One study. `landmark_days` is the day from time zero by which arms are settled.

    `claim` is the field's claim (C1 to C9) it speaks to, None for one of a user's own. `against` is the second
    pair of arms of an interaction, `recovery` what is asked of side effects; None for every other aim.
    """

    id: str
    title: str
    people: People
    landmark_days: int
    arms: tuple[ProtocolArm, ...]
    outcome: Outcome
    aim: Aim
    contrast: Contrast | None
    covariates: Words = COVARIATES
    strategies: Mapping[str, Strategy] = field(default_factory=lambda: dict(STRATEGIES))
    claim: str | None = None
    note: str = ""
    against: Contrast | None = None
    recovery: Recovery | None = None

    @property
    def told_by(self) -> frozenset[str]:
        """What arms are told by. What the two arms of a pair of an interaction share tells nobody apart there."""
        told = {column for arm in self.arms for column in arm.conditions}
        if self.against is None or self.contrast is None:
            return frozenset(told)
        by_id = {arm.id: arm.conditions for arm in self.arms}
        pairs = [(by_id[pair.arm], by_id[pair.reference]) for pair in (self.contrast, self.against)]
        return frozenset(c for c in told if any(one.get(c) != other.get(c) for one, other in pairs))

    @property
    def document(self) -> dict[str, Any]:
        """As plain values, in the order of the fields."""
        return {key: value for key, value in asdict(self).items() if key not in _LATER or value is not None}

    @property
    def asked(self) -> dict[str, Any]:
        """The document without what takes no part in the question, title and note, as JSON has it: lists, no tuples."""
        asked = {key: value for key, value in self.document.items() if key not in ("title", "note")}
        return dict(json.loads(json.dumps(asked)))

    @property
    def digest(self) -> str:
        """SHA-256 of what is asked: whoever has the same one asked the same question."""
        return hashlib.sha256(json.dumps(self.asked, sort_keys=True).encode()).hexdigest()

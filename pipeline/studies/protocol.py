"""A study's protocol: who, from when, which arms, which outcome, and what is to be estimated.

Every comparison has one: a file of the catalogue, a file of the home, or one made of what somebody asked for.
So every path runs the same code, and any view can be written down as a protocol.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple

Aim = Literal["difference", "equivalence", "course"]
"""What the primary contrast is to show; `course` describes one arm before and after, and compares nothing."""

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
    """Two arms, the second being the reference; `margin` in the instrument's unit, None for the instrument's own."""

    arm: str
    reference: str
    margin: float | None = None


@dataclass(frozen=True)
class Protocol:
    """One study. `landmark_days` is the day from time zero by which arms are settled.

    `claim` is the field's claim (C1 to C9) it speaks to, None for one of a user's own.
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

    @property
    def document(self) -> dict[str, Any]:
        """As plain values, in the order of the fields."""
        return asdict(self)

    @property
    def digest(self) -> str:
        """SHA-256 of the protocol: whoever has the same one asked the same question. Title and note take no part."""
        asked = {key: value for key, value in self.document.items() if key not in ("title", "note")}
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

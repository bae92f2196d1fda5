"""What a dose-response, a depth x frequency map, a time to response and courses over the visits return.

A gap is None with a reason, never 0.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Level:
    """One arm, dose or cell against the reference: adjusted difference in improvement, above 0 is better.

    `ci_lower` and `ci_upper` hold alone, `all_lower` and `all_upper` for all levels at once (95%). `dose` is the mean
    of the people's doses. The reference itself has the difference 0 by definition and no interval: `is_reference`.
    """

    code: str
    label: str
    n: int
    n_observed: int
    is_reference: bool = False
    dose: float | None = None
    estimate: float | None = None
    std_error: float | None = None
    ci_lower: float | None = None
    ci_upper: float | None = None
    all_lower: float | None = None
    all_upper: float | None = None
    pooled: float | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Point:
    """One point of a curve, as `Level`."""

    dose: float
    estimate: float
    ci_lower: float
    ci_upper: float
    all_lower: float | None
    all_upper: float | None


@dataclass(frozen=True)
class Told:
    """What every answer of this kind says: version, what was asked, who was left, what to bear in mind."""

    version: str | None
    estimand: Mapping[str, Any]
    attrition: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...]
    reason: str | None

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "version": self.version,
            "estimand": dict(self.estimand),
            "attrition": [{"step": step, "n": n} for step, n in self.attrition],
            "warnings": list(self.warnings),
            "reason": self.reason,
        }


@dataclass(frozen=True)
class DoseResponse(Told):
    """`levels` in the order of the doses are the record; `curve` is a smooth line through them, empty where none is.

    `monotone` holds (dose, difference) of a line that may not turn, for whoever asks for it; it hides a decline.
    """

    levels: tuple[Level, ...] = ()
    curve: tuple[Point, ...] = ()
    curve_reason: str | None = None
    monotone: tuple[tuple[float, float], ...] | None = None

    def to_json(self) -> dict[str, Any]:
        return self.told() | {
            "levels": [level.to_json() for level in self.levels],
            "curve": [asdict(point) for point in self.curve],
            "curve_reason": self.curve_reason,
            "monotone": None if self.monotone is None else [list(point) for point in self.monotone],
        }


@dataclass(frozen=True)
class DepthFrequencyMap(Told):
    """A `Level` for every depth and frequency; `code` is "<depth band> <frequency band>". Nothing here ranks cells."""

    cells: tuple[Level, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return self.told() | {"cells": [cell.to_json() for cell in self.cells]}


@dataclass(frozen=True)
class Step:
    """By this week: people still at risk before it, who responded at it, and the adjusted share (0 to 1) by then."""

    week: int
    n_at_risk: int
    n_responded: int
    share: float | None
    ci_lower: float | None
    ci_upper: float | None


@dataclass(frozen=True)
class Course:
    """One arm's steps, `n` people whose visit has passed.

    `difference` is its share minus the reference's at the horizon, with limits and p-value.
    """

    arm: str
    label: str
    n: int
    steps: tuple[Step, ...] = ()
    is_reference: bool = False
    difference: float | None = None
    ci_lower: float | None = None
    ci_upper: float | None = None
    p_value: float | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class TimeToResponse(Told):
    """The share that responded, by arm and week; `rule` is what a response is."""

    rule: str = ""
    courses: tuple[Course, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return self.told() | {"rule": self.rule, "courses": [course.to_json() for course in self.courses]}


@dataclass(frozen=True)
class Visit:
    """One visit of an arm: `n_seen` of its people had a result, and their mean improvement had nobody stopped
    reporting, above 0 is better. `is_history`: it opened before the arms were settled."""

    week: int
    n_seen: int
    is_history: bool
    mean: float | None = None
    std_error: float | None = None
    ci_lower: float | None = None
    ci_upper: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Leaving:
    """Of an arm's people, by the window of visit `week`: how many stopped needling, and how many stopped reporting
    anything; `reasons` counts the latter by what was told, as (event, people), None where nothing was."""

    week: int
    n_due: int
    n_stopped_needling: int
    n_stopped_reporting: int
    reasons: tuple[tuple[str | None, int], ...]


@dataclass(frozen=True)
class Trajectory:
    """One arm over the visits: `n` people for whom the last of them has passed.

    `own` is about its own people. `alike` is about everybody of the arms that can be made to resemble each other, so
    that arms can be set side by side, `n_alike` of whom are this arm's; empty where this arm has no part in them, and
    `reason` says why. `leaving` is None where nobody of the arm is due at a visit for which leaving is recorded.
    """

    arm: str
    label: str
    n: int
    own: tuple[Visit, ...]
    alike: tuple[Visit, ...] = ()
    n_alike: int = 0
    reason: str | None = None
    leaving: Leaving | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Trajectories(Told):
    """Mean improvement by arm and visit, those who left counted; `n_alike` people are those of `alike`."""

    n_alike: int = 0
    arms: tuple[Trajectory, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return self.told() | {"n_alike": self.n_alike, "arms": [arm.to_json() for arm in self.arms]}

"""What a comparison returns, as types. A number that cannot be given is None with a reason, never 0.

The dashboard, the commands and the reports all print these; the JSON is the contract's `compare --json`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["headline", "sensitivity", "unadjusted"]
Gate = Literal["pass", "caution", "fail"]
Quantity = Literal[
    "mean", "difference", "win_probability", "odds_ratio", "rate_ratio", "difference_of_differences", "variance_ratio",
    "share", "cost_ratio", "cost_per_responder",
]  # fmt: skip

RATIOS: frozenset[Quantity] = frozenset(("odds_ratio", "rate_ratio", "variance_ratio", "cost_ratio"))
"""Quantities that are 1 where nothing differs."""

REASONS: dict[str, str] = {
    "before_landmark": "The visit opens before exposure could be settled, so it cannot be compared: "
    "people's arms would be decided by what came afterwards. Choose a later week.",
    "fewer_responders": "The dearer arm has fewer responders, so no sum of money stands for an additional one.",
    "control_imprecise": "Too few people, or too unlike each other, for this control to speak: its interval reaches "
    "further than what matters.",
    "failed_diagnostics": "The arms hold too different people for this estimate to be believed; the warnings say in "
    "what. It can be seen among the other methods, and stands in no headline.",
    "instrument_absent": "Nobody among these people was measured with this instrument.",
    "no_arm": "Nobody among these people belongs to this arm.",
    "no_confirmation": "Nobody was seen again after the visit, so no response could be confirmed.",
    "no_costs": "Nobody in one of the arms told what needling cost.",
    "no_measurement_error": "How far a measurement with this instrument errs is not known, so nothing can be held "
    "against it.",
    "no_baseline": "These people were measured with this instrument, but none of them before the needling began, so no "
    "change can be calculated.",
    "no_margin": "No margin is known that says how small a difference would matter.",
    "no_negative_control": "No negative control: nobody was measured where no session went, or twice before the start.",
    "no_curve_of_means": "This instrument counts or has steps, and such a curve is one of means; compare arms by it "
    "instead.",
    "no_next_visit": "There is no later visit that could confirm a response at this one; choose an earlier week.",
    "no_responder_rule": "For this instrument no change is known from which somebody counts as having responded.",
    "too_few_doses": "Fewer than three doses have enough people who resemble each other, so they cannot be set beside "
    "each other.",
    "no_multiplicity": "Only a headline's p-value is corrected for the number of comparisons.",
    "no_standard_error": "The interval does not reach equally far to both sides, so it has limits and no standard "
    "error.",
    "no_reference": "The arm chosen to compare against has nobody in it among these people.",
    "no_test": "One arm's own mean is not tested against anything.",
    "no_variation": "Everybody in the arm has the same value, so no uncertainty can be estimated.",
    "nobody_asked": "After none of these sessions was anybody asked about side effects.",
    "nothing_compared": "This study follows one arm and compares it with nobody, so no difference could be seen.",
    "not_for_diagnosis": "This instrument is not meant for the chosen kind of hair loss.",
    "not_yet_due": "For nobody in the arm has this visit passed yet.",
    "ordinal_instrument": "Steps of this scale are not equally wide, so a mean would mislead; "
    "the chance of a better result is given instead.",
    "under_half_asked": "People were asked about side effects after fewer than half of these sessions, so the "
    "answers may come mostly from those who had something to complain of.",
    "under_half_timed": "Of fewer than half of the sessions with a side effect it is known when it was over, or when "
    "it was still there.",
    "unknown_before_the_answers": "How large a difference could be seen depends on the answers themselves.",
    "responders_alike": "The arms may have equally many responders, so what an additional one costs cannot be said.",
    "several_arms": "Several arms are compared, and each pair of them has its own smallest difference.",
    "too_few_amounts": "Fewer than 30 people of an arm told what they paid in one currency and year: too few for sums "
    "that a few people decide.",
    "too_few_for_spread": "Fewer than 30 people of an arm have a result: too few to tell how much people differ.",
    "too_few_effective": "Weighted so that the arms resemble each other, one of them is worth too few people for this "
    "estimate to be believed. It can be seen among the other methods, and stands in no headline.",
    "too_few_to_adjust": "Fewer than 30 people of an arm have a result: too few to adjust for anything, so the "
    "arm has no part in the model of all arms.",
    "too_few": "Fewer than 10 people of at least one group have a result; a figure of so few is not shown.",
}
"""Why a number is missing, by code, as a plain sentence."""


@dataclass(frozen=True)
class Arm:
    """One compared group: `n` people, `n_due` of them whose visit has passed, `n_observed` of those with a result."""

    arm: str
    label: str
    n: int
    n_due: int
    n_observed: int

    @property
    def retention(self) -> float | None:
        """Share (0-1) of the people due who have a result; None where nobody was due."""
        return self.n_observed / self.n_due if self.n_due else None

    def to_json(self) -> dict[str, Any]:
        return {"arm": self.arm, "n": self.n, "n_observed": self.n_observed}


@dataclass(frozen=True)
class Estimate:
    """One number with its interval. `reference` is None where it is about one arm alone.

    Where `estimate` is None all other numbers are too and `reason` says why; where only a p-value or the standard
    error is missing, `reason` or else `gap` says why that is. `unit` is the instrument's, or "probability".
    """

    quantity: Quantity
    method: str
    arm: str
    reference: str | None
    unit: str
    estimate: float | None = None
    std_error: float | None = None
    ci_lower: float | None = None
    ci_upper: float | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    reason: str | None = None
    role: Role = "unadjusted"

    @property
    def contrast(self) -> str:
        """`<arm>` for an arm's own mean, `<arm> vs <reference>` for a comparison."""
        return self.arm if self.reference is None else f"{self.arm} vs {self.reference}"

    @property
    def is_given(self) -> bool:
        return self.estimate is not None

    @property
    def gap(self) -> str | None:
        """Why a number of the row is missing; None where all are given."""
        if self.reason is not None or not self.is_given:
            return self.reason
        if self.std_error is None:
            return "no_standard_error"
        return "no_multiplicity" if self.p_adjusted is None else None

    def to_json(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "role": self.role,
            "contrast": self.contrast,
            "estimate": _finite(self.estimate),
            "std_error": _finite(self.std_error),
            "ci_lower": _finite(self.ci_lower),
            "ci_upper": _finite(self.ci_upper),
            "p_value": _finite(self.p_value),
            "p_adjusted": _finite(self.p_adjusted),
            "unit": self.unit,
            "reason": self.gap,
        }


@dataclass(frozen=True)
class Distribution:
    """How many people of an arm improved by how much: `counts[i]` lie in [start + i x width, start + (i+1) x width).

    Values beyond the first and last bin are counted in them. `counts` is empty where too few people
    have a result.
    """

    arm: str
    start: float
    width: float
    counts: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        return {"arm": self.arm, "start": self.start, "width": self.width, "counts": list(self.counts)}


@dataclass(frozen=True)
class Comparison:
    """One comparison, with everything needed to trust or distrust it."""

    version: str | None
    study: str | None
    estimand: Mapping[str, Any]
    attrition: tuple[tuple[str, int], ...]
    arms: tuple[Arm, ...]
    estimates: tuple[Estimate, ...]
    distributions: tuple[Distribution, ...] = ()
    diagnostics: Mapping[str, Any] = field(default_factory=dict)
    gate: Gate = "caution"
    warnings: tuple[str, ...] = ()
    reason: str | None = None

    def of(self, quantity: Quantity) -> dict[str, Estimate]:
        """The estimates of one quantity, by arm."""
        return {e.arm: e for e in self.estimates if e.quantity == quantity}

    def to_json(self) -> dict[str, Any]:
        """The document of `compare --json`; holds no NaN and no infinity."""
        return {
            "version": self.version,
            "study": self.study,
            "estimand": dict(self.estimand),
            "attrition": [{"step": step, "n": n} for step, n in self.attrition],
            "arms": [arm.to_json() for arm in self.arms],
            "estimates": [estimate.to_json() for estimate in self.estimates],
            "diagnostics": {**self.diagnostics, "distribution": [d.to_json() for d in self.distributions]},
            "gate": self.gate,
            "warnings": list(self.warnings),
        }


def _finite(number: float | None) -> float | None:
    """The number, or None where JSON has no word for it."""
    return number if number is not None and math.isfinite(number) else None

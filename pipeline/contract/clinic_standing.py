"""Where a clinic stands among the others, and what few side effects leave possible: as it stands in clinic.duckdb."""

from dataclasses import dataclass
from typing import Literal

Side = Literal["above", "below", "within"]

STANDING_REASONS: dict[str, str] = {
    "no_result": "Too few patients of this clinic were measured at this visit for a result that can be shown.",
    "follow_up_hidden": "How many of the patients who were due were seen cannot be shown. A clinic "
    "that loses the dissatisfied looks better, so without it no result is compared.",
    "few_clinics": "Fewer than five other clinics show results by stage, too few to tell how much clinics differ "
    "anyway.",
    "case_mix_hidden": "For too many of the patients measured the result by stage of hair loss cannot be shown, and "
    "without it clinics with different patients would be compared.",
    "follow_up_gap": "Of the patients who were due far fewer were seen than elsewhere: over 20 points. Those who are "
    "missing may be the dissatisfied, so there is no verdict.",
}
"""Why a clinic has no place among the others, or no verdict there."""


@dataclass(frozen=True)
class Standing:
    """One clinic at one visit. Without a `reason` everything is given; else what could not be told is None.

    `difference` is observed less expected, in the unit of the results. `lower_...` and `upper_...` are limits around
    no difference for a clinic of so many people `n`. `side` is None where follow-up forbids a verdict.
    """

    clinic_id: str
    week: int
    own_followed: float | None = None
    others_followed: float | None = None
    n: int | None = None
    observed: float | None = None
    expected: float | None = None
    difference: float | None = None
    n_clinics: int | None = None
    over_dispersion: float | None = None
    lower_95: float | None = None
    upper_95: float | None = None
    lower_998: float | None = None
    upper_998: float | None = None
    side: Side | None = None
    is_signal: bool = False
    reason: str | None = None


@dataclass(frozen=True)
class SafetyLimit:
    """Of `n_asked` patients who were asked, `n` told of this kind of side effect; at most the share `upper` (0 to 1)
    of all such patients would, at a confidence of 95%."""

    clinic_id: str
    cell: str
    n: int
    n_asked: int
    upper: float

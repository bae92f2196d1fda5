"""Every magnitude of the simulation. All of them are assumptions: none was estimated from people.

A source such as F32 names an entry of evidence.py, from which the order of size was taken; "judgement"
says that nothing published was found.
"""

from dataclasses import dataclass, field, fields
from typing import Any

NOTE = "assumption"
"""Said beside every magnitude in truth.json."""

WEEKS = (4, 8, 12, 24, 36, 52)
"""Visits, in weeks from time zero."""

TRUTH_WEEKS = (12, 24, 52)
"""Weeks for which truth.json states potential outcomes."""

BANDS = ("none", "under_0_45", "0_45_to_0_60", "0_61_to_0_89", "0_90_to_1_39", "1_40_to_1_60", "over_1_60")
"""Depth bands in order of depth, `none` first."""


@dataclass(frozen=True)
class Arm:
    """One schedule that a person can follow from time zero.

    `share` is its share inside its depth band, the same for everybody, so that a band is one
    well-defined mixture. `gain` is what it adds in hairs/cm2 at week 24 at the mildest stage to a
    person without minoxidil; `weeks` the mean time until needling is given up.
    """

    code: str
    band: str
    frequency: str
    lengths_mm: tuple[float, ...]
    interval_days: float
    share: float
    gain: float
    weeks: float
    clinic_share: float


ARMS = (
    Arm("no_needling", "none", "none", (0.0,), 7.0, 1.0, 0.0, 1.0, 0.0),
    Arm("quarter_mm_thrice_weekly", "under_0_45", "over_twice_weekly", (0.25, 0.30), 7 / 3, 1.0, 7.0, 180.0, 0.0),
    Arm("half_mm_weekly", "0_45_to_0_60", "weekly", (0.5, 0.6), 7.0, 0.35, 11.0, 180.0, 0.5),
    Arm("half_mm_twice_weekly", "0_45_to_0_60", "twice_weekly", (0.5, 0.6), 3.5, 0.65, 16.0, 180.0, 0.1),
    Arm("three_quarter_mm_weekly", "0_61_to_0_89", "weekly", (0.75, 0.8), 7.0, 1.0, 14.5, 180.0, 0.5),
    Arm("one_mm_weekly", "0_90_to_1_39", "weekly", (1.0, 1.2), 7.0, 1.0, 18.0, 150.0, 0.6),
    Arm("one_and_half_mm_fortnightly", "1_40_to_1_60", "fortnightly", (1.5,), 14.0, 0.35, 17.0, 150.0, 0.7),
    Arm("one_and_half_mm_weekly", "1_40_to_1_60", "weekly", (1.5,), 7.0, 0.65, 22.0, 130.0, 0.6),
    Arm("two_mm_monthly", "over_1_60", "under_fortnightly", (2.0, 2.5), 28.0, 1.0, 18.0, 140.0, 0.95),
)
"""Arm 0 is not needling. Depths and intervals: F1, F2, F4, F7, F27; which one does more is judgement."""


def _assumed(default: float, meaning: str, source: str = "judgement") -> Any:
    return field(default=default, metadata={"meaning": meaning, "source": source})


@dataclass(frozen=True)
class Assumptions:
    """The scalars. Set `confounding` or `outcome_dropout` to 0 to switch that hard part off."""

    confounding: float = _assumed(1.0, "strength of choice by stage and measured baseline; 0 is a randomised world")
    outcome_dropout: float = _assumed(
        1.0, "strength with which the last seen gain drives leaving; 0 is leaving at random"
    )
    severity_on_depth: float = _assumed(5.0, "log odds of a two bands deeper needle, mildest to worst stage")
    baseline_on_depth: float = _assumed(
        0.5, "log odds of a two bands deeper needle per 20 hairs/cm2 measured below expected"
    )
    severity_on_minoxidil: float = _assumed(1.6, "log odds of minoxidil, mildest to worst stage")
    stage_slope: float = _assumed(0.9, "share of the needling gain lost from the mildest to the worst stage", "F83")
    prevalent_share: float = _assumed(0.4, "needling gain still to come in people who needled before time zero")
    curve_weeks: float = _assumed(14.0, "time constant of every gain, weeks", "F16 F19")
    decline_per_year: float = _assumed(6.0, "hairs/cm2 lost in a year at the mildest stage without treatment", "F81")
    decline_by_stage: float = _assumed(14.0, "further hairs/cm2 lost in a year at the worst stage", "F81")
    minoxidil_gain: float = _assumed(11.0, "hairs/cm2 at 24 weeks from starting minoxidil at time zero", "F76 F9")
    minoxidil_synergy: float = _assumed(0.15, "share added to the needling gain by minoxidil at time zero", "F32 F34")
    response_sd: float = _assumed(17.0, "between-person SD of the change at 24 weeks, hairs/cm2", "F9")
    reading_sd: float = _assumed(7.6, "SD of one density reading, hairs/cm2: a smallest detectable change of 21", "F76")
    clinic_sd: float = _assumed(2.0, "between-clinic SD of the change at 24 weeks, hairs/cm2")
    clinic_lean_sd: float = _assumed(0.5, "between-clinic SD of the log odds of a two bands deeper needle")
    density_mild: float = _assumed(190.0, "mean density at the mildest stage, hairs/cm2", "F84")
    density_drop: float = _assumed(90.0, "density lost from the mildest to the worst stage, hairs/cm2", "F5 F7")
    density_sd: float = _assumed(24.0, "between-person SD of density within a stage, hairs/cm2", "F9")
    leave_clinic: float = _assumed(0.08, "chance of leaving in 8 weeks at a clinic, shallow needle, no gain seen")
    leave_app: float = _assumed(0.11, "the same in an app")
    leave_per_gain: float = _assumed(0.9, "log odds of leaving per 20 hairs/cm2 less seen, shallow needle")
    leave_per_gain_deep: float = _assumed(0.6, "added to that from 1.4 mm on")
    leave_deep: float = _assumed(0.35, "log odds of leaving from 1.4 mm on")
    skip_visit: float = _assumed(0.08, "share of visits skipped by people who stay")
    skip_session: float = _assumed(0.07, "share of planned sessions not done")
    with_gap: float = _assumed(0.15, "share of people with one gap of 3 to 6 weeks")
    with_switch: float = _assumed(
        0.12, "share of people who change the needle length after week 13; no effect on outcome"
    )
    within_90_days: float = _assumed(0.09, "share of people who needle already at enrolment")
    no_needling: float = _assumed(0.20, "share of people who do not needle")
    late_start: float = _assumed(
        0.05, "share of app users without needling who begin after day 120; no effect on outcome"
    )
    minoxidil_share: float = _assumed(0.45, "share of people who ever use minoxidil")
    minoxidil_recorded: float = _assumed(0.85, "share of minoxidil users for whom there is a row")
    asked_adjuncts: float = _assumed(0.75, "share of people asked about adjuncts at enrolment")
    asked_clinic: float = _assumed(0.75, "share of clinic sessions followed by a checklist")
    asked_home: float = _assumed(0.25, "the same for home sessions of clinic patients")
    asked_app: float = _assumed(0.03, "share of app sessions without side effects with an answer")
    asked_app_effect: float = _assumed(0.15, "share of app sessions with side effects with an answer")
    no_consent: float = _assumed(0.01, "share of people without consent")
    bad_rows: float = _assumed(0.005, "share of spoiled rows in the tables other than participants")
    bad_people: float = _assumed(0.002, "share of spoiled rows in participants; all their other rows lack a person")


@dataclass(frozen=True)
class SideEffect:
    """Chance per session is `chance + per_mm * needle length`; it lasts `hours` (median, lognormal)."""

    code: str
    chance: float
    per_mm: float
    hours: float
    source: str


SIDE_EFFECTS = (
    SideEffect("redness", 0.25, 0.25, 20.0, "F38 F39"),
    SideEffect("swelling", 0.02, 0.06, 24.0, "F38 F39"),
    SideEffect("dryness_flaking", 0.06, 0.05, 72.0, "F38"),
    SideEffect("pain", 0.03, 0.12, 10.0, "F39"),
    SideEffect("itching", 0.05, 0.02, 36.0, "F5"),
    SideEffect("pinpoint_bleeding", 0.00, 0.05, 0.7, "F56"),
    SideEffect("infection", 0.0002, 0.0004, 150.0, "F44"),
)
"""Almost all gone within days (F38); no serious event among 657 people needled (F26)."""

DURATION_LOG_SD = 0.6
"""Spread of how long a side effect lasts, on the log scale; judgement."""


def documented(assumptions: Assumptions) -> dict[str, dict[str, object]]:
    """Each scalar with its value, meaning, source and the note that it is an assumption."""
    return {f.name: {"value": getattr(assumptions, f.name), **f.metadata, "note": NOTE} for f in fields(assumptions)}


DEFAULT = Assumptions()

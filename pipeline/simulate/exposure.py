"""What needling each person does: confounded by stage and by the measured baseline, and tied to the clinic."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from pipeline.simulate.assumptions import ARMS, BANDS, Assumptions
from pipeline.simulate.draws import Flags, Floats, Integers, happens, pick
from pipeline.simulate.people import People, surprise
from pipeline.simulate.sites import Site

DEVICES = ("dermaroller", "dermastamp", "pen_motorised", "rf_fractional", "nano_patch")
SETTINGS = ("home", "salon", "clinic")
HOME, SALON, CLINIC = range(3)

_BAND_SHARES = {"clinic": (0.0, 0.07, 0.30, 0.07, 0.20, 0.27, 0.09), "app": (0.0, 0.20, 0.44, 0.06, 0.14, 0.14, 0.02)}
_BAND_RANK = np.array([0.0, -2.0, -1.0, 0.0, 0.0, 1.0, 1.0])
_GAIN = np.array([arm.gain for arm in ARMS])
_INTERVAL = np.array([arm.interval_days for arm in ARMS])
_WEEKS = np.array([arm.weeks for arm in ARMS])
_CLINIC_SHARE = np.array([arm.clinic_share for arm in ARMS])
_DEEP = np.array([arm.band in ("1_40_to_1_60", "over_1_60") for arm in ARMS])

LATE_ARM = 2
"""Schedule of those who begin long after enrolment: half a millimetre a week."""


@dataclass(frozen=True)
class Exposure:
    """`arm` counts at time zero, `logged` is what the sessions show (they differ in late starters).

    Days count from enrolment: `start` is time zero, `first` the first session. `end_week` counts from
    time zero, `planned_weeks` likewise.
    """

    arm: Integers
    logged: Integers
    start: Integers
    first: Integers
    planned_weeks: Floats
    end_week: Floats
    needle_mm: Floats
    switched_mm: Floats
    switch_day: Integers
    gap_day: Integers
    gap_days: Integers
    device: Integers
    setting: Integers

    @property
    def is_needling(self) -> Flags:
        return self.logged > 0

    @property
    def is_deep(self) -> Flags:
        return np.asarray(_DEEP[self.arm], dtype=np.bool_)

    @property
    def interval(self) -> Floats:
        return np.asarray(_INTERVAL[self.logged], dtype=np.float64)


def end_weeks(arm: Integers, people: People, planned: Floats) -> Floats:
    """Weeks from time zero until needling ends: the plan is fulfilled, or patience, less for deep needles, runs out."""
    return np.asarray(np.minimum(planned, people.patience * _WEEKS[arm]), dtype=np.float64)


def arm_gain(arm: Integers) -> Floats:
    """Gain at week 24 of each person's arm at the mildest stage."""
    return np.asarray(_GAIN[arm], dtype=np.float64)


def draw(rng: Generator, people: People, assumptions: Assumptions) -> Exposure:
    """Everybody's exposure."""
    n, site = people.n, people.site
    arm = _arms(rng, people, assumptions)
    late = (arm == 0) & happens(rng, assumptions.late_start, n) & (not site.is_clinic)
    logged = np.where(late, LATE_ARM, arm)
    start = np.where((arm == 0) | people.is_prevalent, 0, rng.integers(0, 15 if site.is_clinic else 8, n))
    first = np.where(late, rng.integers(120, 300, n), start)
    planned = _plans(rng, site, n)
    setting = _settings(rng, logged, site)
    needle = _lengths(rng, logged)
    return Exposure(
        arm=arm, logged=logged, start=start, first=first, planned_weeks=planned,
        end_week=end_weeks(logged, people, planned), needle_mm=needle,
        switched_mm=_neighbours(rng, needle),
        switch_day=np.where(happens(rng, assumptions.with_switch, n), first + rng.integers(91, 240, n), 10_000),
        gap_day=np.where(happens(rng, assumptions.with_gap, n), first + rng.integers(30, 250, n), 10_000),
        gap_days=rng.integers(21, 43, n), device=_devices(rng, logged, setting, site), setting=setting,
    )  # fmt: skip


def _plans(rng: Generator, site: Site, n: int) -> Floats:
    """Weeks that are planned: 24, 38 or 52 at clinics, a year in apps."""
    choice = pick(rng, (0.15, 0.2, 0.65) if site.is_clinic else (0.0, 0.0, 1.0), n)
    return np.array([24.0, 38.0, 52.0])[choice]


def _arms(rng: Generator, people: People, assumptions: Assumptions) -> Integers:
    """A band by preference, then a schedule inside it with shares that are the same for everybody."""
    bands = pick(rng, _band_shares(people, assumptions), people.n)
    arm = np.zeros(people.n, dtype=np.int64)
    for number, band in enumerate(BANDS):
        inside = [k for k, candidate in enumerate(ARMS) if candidate.band == band]
        chosen = np.array(inside)[pick(rng, [ARMS[k].share for k in inside], people.n)]
        arm = np.where(bands == number, chosen, arm)
    return arm


def _band_shares(people: People, assumptions: Assumptions) -> Floats:
    """Shares of the bands for each person: prevalent users all needle, others leave it in part."""
    wish = assumptions.confounding * (
        assumptions.severity_on_depth * (people.severity - 0.4)
        + assumptions.baseline_on_depth * np.where(people.has_density, surprise(people, assumptions), 0.0)
    )
    lean = np.exp((wish + people.site.lean)[:, None] * _BAND_RANK[None, :] / 2.0)
    shares = np.asarray(_BAND_SHARES[people.site.kind])[None, :] * lean
    shares = shares / shares.sum(axis=1, keepdims=True)
    idle = np.where(people.is_prevalent, 0.0, assumptions.no_needling)
    shares *= (1.0 - idle)[:, None]
    shares[:, 0] = idle
    return np.asarray(shares, dtype=np.float64)


def _lengths(rng: Generator, arm: Integers) -> Floats:
    table = np.array([(a.lengths_mm * 2)[:2] for a in ARMS])
    return np.asarray(table[arm, pick(rng, (0.75, 0.25), len(arm))], dtype=np.float64)


def _neighbours(rng: Generator, needle: Floats) -> Floats:
    """The length somebody goes over to: one step of the usual lengths up or down."""
    usual = np.array([0.25, 0.5, 0.75, 1.0, 1.5, 2.0])
    step = np.where(happens(rng, 0.7, len(needle)), 1, -1)
    nearest = np.abs(needle[:, None] - usual[None, :]).argmin(axis=1)
    return np.asarray(usual[np.clip(nearest + step, 0, len(usual) - 1)], dtype=np.float64)


def _settings(rng: Generator, arm: Integers, site: Site) -> Integers:
    n = len(arm)
    if not site.is_clinic:
        return np.where(happens(rng, 0.05, n), SALON, HOME)
    return np.where(happens(rng, _CLINIC_SHARE[arm], n), CLINIC, HOME)


def _devices(rng: Generator, arm: Integers, setting: Integers, site: Site) -> Integers:
    """Clinics have one device for nearly all; at home a roller or a stamp, a patch for the shortest needles."""
    n = len(arm)
    preferred = np.where(happens(rng, 0.9, n), DEVICES.index(site.device), pick(rng, (0.2, 0.2, 0.6), n))
    if site.has_rf:
        preferred = np.where(_DEEP[arm] & happens(rng, 0.3, n), DEVICES.index("rf_fractional"), preferred)
    at_home = pick(rng, (0.55, 0.3, 0.15), n)
    is_patch = (np.array([a.code for a in ARMS])[arm] == "quarter_mm_thrice_weekly") & happens(rng, 0.15, n)
    at_home = np.where(is_patch, DEVICES.index("nano_patch"), at_home)
    return np.where(setting == CLINIC, preferred, at_home)

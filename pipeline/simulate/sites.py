"""The senders: clinics and apps, how many people each has, and what is particular about each."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.simulate.assumptions import Assumptions
from pipeline.simulate.draws import Floats, generator, pick

Kind = Literal["clinic", "app"]
Format = Literal["csv", "ndjson", "parquet"]

APP_SHARE = 6
"""One source in six is an app."""

APP_WEIGHT = 2.5
"""An app has about this many times the people of a clinic."""

TRAITS = 0
"""Random stream of what is particular about a source; its people use the streams from 1 on."""

_PREFERRED = ("pen_motorised", "dermaroller", "dermastamp")


@dataclass(frozen=True)
class Site:
    """One sender. `lean` is its taste for depth (log odds), `effect` its offset of the change at week 24."""

    index: int
    kind: Kind
    id: str
    prefix: str
    format: Format
    people: int
    lean: float
    effect: float
    device: str
    currency: str
    has_courses: bool
    records_costs: bool
    repeats_baseline: bool
    is_software: bool
    is_blinded: bool
    uses_days: bool = False
    per_inch2: bool = False
    has_rf: bool = False
    has_minor: bool = False

    @property
    def is_clinic(self) -> bool:
        return self.kind == "clinic"


def plan(participants: int, sources: int, seed: int, assumptions: Assumptions) -> tuple[Site, ...]:
    """The sources that have at least one of the people, clinics first."""
    n_apps = max(1, sources // APP_SHARE) if sources > 1 else 0
    n_clinics = sources - n_apps
    sizes = _sizes(participants, n_clinics, n_apps, seed)
    sites = (
        _clinic(k, n_clinics, sizes[k], seed, assumptions) if k < n_clinics else _app(k, n_clinics, sizes[k])
        for k in range(sources)
    )
    return tuple(site for site in sites if site.people > 0)


def _sizes(participants: int, n_clinics: int, n_apps: int, seed: int) -> list[int]:
    drawn = generator(seed, TRAITS).uniform(0.6, 1.4, n_clinics)
    weights: Floats = np.concatenate([drawn, np.full(n_apps, APP_WEIGHT)])
    edges = np.rint(np.cumsum(weights) / weights.sum() * participants).astype(int)
    return [int(n) for n in np.diff(edges, prepend=0)]


def _clinic(k: int, n_clinics: int, people: int, seed: int, assumptions: Assumptions) -> Site:
    rng = generator(seed, TRAITS, k)
    return Site(
        index=k, kind="clinic", id=f"clinic-{k + 1:02d}", prefix=f"c{k + 1:02d}",
        format="parquet" if n_clinics > 1 and k == n_clinics - 1 else "csv",
        people=people,
        lean=assumptions.confounding * assumptions.clinic_lean_sd * float(rng.standard_normal()),
        effect=assumptions.clinic_sd * float(rng.standard_normal()),
        device=_PREFERRED[int(pick(rng, (0.55, 0.3, 0.15), 1)[0])],
        currency=("EUR", "USD", "GBP")[k % 3],
        has_courses=k % 2 == 0,
        records_costs=k % 3 != 2,
        repeats_baseline=k % 4 != 3,
        is_software=k % 3 != 1,
        is_blinded=k % 2 == 1,
        per_inch2=k == 6,
        has_rf=k == 3,
        has_minor=k == 0,
    )  # fmt: skip


def _app(k: int, n_clinics: int, people: int) -> Site:
    number = k - n_clinics + 1
    return Site(
        index=k, kind="app", id=f"app-{number:02d}", prefix=f"a{number:02d}",
        format="ndjson" if number == 1 else "csv",
        people=people, lean=0.0, effect=0.0, device="dermaroller", currency="USD",
        has_courses=False, records_costs=True, repeats_baseline=False, is_software=False, is_blinded=False,
        uses_days=number == 2, has_minor=number == 1,
    )  # fmt: skip

"""Who the people are: stage, noisy baseline, history, consent, and how long they have been observed."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.random import Generator

from pipeline.simulate.assumptions import Assumptions
from pipeline.simulate.draws import Flags, Floats, Integers, happens, heaped, maybe, pick, whole, words
from pipeline.simulate.sites import Site

EARLIEST_DAYS, LATEST_DAYS = 548, 14
"""People enrolled between 18 months and two weeks before the extraction."""

_EARLY_RUSH = 0.7
"""Below 1: more people enrolled early in that time than late."""

DIAGNOSES = ("androgenetic_alopecia", "alopecia_areata", "telogen_effluvium")
ANDROGENETIC, AREATA, EFFLUVIUM = range(3)

_NORWOOD = ("I", "II", "III", "III-vertex", "IV", "V", "VI", "VII")
_SINCLAIR = ("1", "2", "3", "4", "5")
_NORWOOD_SEVERITY = np.array([0.0, 0.12, 0.28, 0.35, 0.5, 0.65, 0.85, 1.0])
_SINCLAIR_SEVERITY = np.array([0.0, 0.22, 0.5, 0.75, 1.0])
EARLY_BELOW = 0.4
"""Norwood I to III and Sinclair 1 to 2 lie below this severity."""

_PRIOR = ("never", "over_90d", "within_90d", "unknown")
WITHIN_90_DAYS = 2
MINOR_AGE = 16


@dataclass(frozen=True)
class People:
    """Some people of one source. `severity` is 0 to 1; `enrolled` counts from 1970-01-01, `observed` from enrolment.

    `readings` are two baseline density readings as recorded, `measured` their mean (the first, where
    only one is kept); `deviation` is the person's own response in SDs, `patience` has mean 1.
    """

    site: Site
    first: int
    enrolled: Integers
    observed: Integers
    age: Integers
    is_female: Flags
    diagnosis: Integers
    stage: Integers
    severity: Floats
    baseline: Floats
    readings: Floats
    measured: Floats
    prior: Integers
    has_consent: Flags
    deviation: Floats
    patience: Floats
    heaps_to: Floats

    @property
    def n(self) -> int:
        return len(self.age)

    @property
    def is_early(self) -> Flags:
        return np.asarray(self.severity < EARLY_BELOW, dtype=np.bool_)

    @property
    def is_prevalent(self) -> Flags:
        return np.asarray(self.prior == WITHIN_90_DAYS, dtype=np.bool_)

    @property
    def is_minor(self) -> Flags:
        return np.asarray(self.age == MINOR_AGE, dtype=np.bool_)

    @property
    def is_admissible(self) -> Flags:
        """Neither without consent nor under age."""
        return self.has_consent & ~self.is_minor

    @property
    def has_density(self) -> Flags:
        """Density is counted at clinics, in androgenetic alopecia."""
        return np.asarray((self.diagnosis == ANDROGENETIC) & self.site.is_clinic, dtype=np.bool_)

    def ids(self) -> pl.Series:
        """The participant ids, such as c03-000123."""
        numbers = pl.Series(np.arange(self.first, self.first + self.n)).cast(pl.String).str.zfill(6)
        return self.site.prefix + "-" + numbers


def draw(rng: Generator, site: Site, first: int, n: int, extracted_on: date, assumptions: Assumptions) -> People:
    """`n` people of a source, numbered from `first`."""
    observed = LATEST_DAYS + np.floor((EARLIEST_DAYS - LATEST_DAYS + 1) * rng.random(n) ** _EARLY_RUSH).astype(np.int64)
    diagnosis = pick(rng, (0.90, 0.06, 0.04), n)
    is_female = happens(rng, np.where(diagnosis == EFFLUVIUM, 0.8, 0.3), n)
    stage, severity = _stages(rng, diagnosis, is_female)
    baseline = _expected_density(severity, assumptions) + assumptions.density_sd * rng.standard_normal(n)
    heaps_to = np.full(n, 0.1) if site.is_software else np.where(happens(rng, 0.4, n), 10.0, 5.0)
    readings = np.column_stack([read(rng, baseline, heaps_to, assumptions) for _ in range(2)])
    age, consent = np.clip(whole(rng.normal(36.0, 10.0, n)), 18, 79), ~happens(rng, assumptions.no_consent, n)
    if site.has_minor and first == 1:
        age[0], consent[0] = MINOR_AGE, True
    return People(
        site=site, first=first, observed=observed,
        enrolled=extracted_on.toordinal() - date(1970, 1, 1).toordinal() - observed,
        age=age, is_female=is_female, diagnosis=diagnosis, stage=stage, severity=severity,
        baseline=baseline, readings=readings,
        measured=readings.mean(axis=1) if site.repeats_baseline else readings[:, 0],
        prior=pick(rng, (0.66, 0.2, assumptions.within_90_days, 0.05), n),
        has_consent=consent,
        deviation=rng.standard_normal(n), patience=rng.exponential(1.0, n), heaps_to=heaps_to,
    )  # fmt: skip


def read(rng: Generator, density: Floats, heaps_to: Floats, assumptions: Assumptions) -> Floats:
    """A density as somebody reads it: with error, heaped, within what the instrument admits."""
    noisy = density + assumptions.reading_sd * rng.standard_normal(len(density))
    return heaped(np.clip(noisy, 1.0, 390.0), heaps_to)


def surprise(people: People, assumptions: Assumptions) -> Floats:
    """How far the measured baseline lies below what the stage lets expect, in 20 hairs/cm2."""
    return (_expected_density(people.severity, assumptions) - people.measured) / 20.0


def _expected_density(severity: Floats, assumptions: Assumptions) -> Floats:
    return assumptions.density_mild - assumptions.density_drop * severity


def _stages(rng: Generator, diagnosis: Integers, is_female: Flags) -> tuple[Integers, Floats]:
    """Stage index and severity; in alopecia areata the stage is the SALT percentage, in effluvium there is none."""
    n = len(diagnosis)
    norwood = pick(rng, (0.04, 0.14, 0.20, 0.20, 0.18, 0.13, 0.08, 0.03), n)
    sinclair = pick(rng, (0.15, 0.32, 0.30, 0.16, 0.07), n)
    salt = whole(np.clip(rng.beta(1.3, 2.2, n) * 100, 2, 98))
    stage = np.select([diagnosis == AREATA, diagnosis == EFFLUVIUM, is_female], [salt, -1, sinclair], norwood)
    severity = np.select(
        [diagnosis == AREATA, diagnosis == EFFLUVIUM, is_female],
        [salt / 100.0, 0.3, _SINCLAIR_SEVERITY[sinclair]],
        _NORWOOD_SEVERITY[norwood],
    )
    return np.asarray(stage, dtype=np.int64), np.asarray(severity, dtype=np.float64)


def rows(rng: Generator, people: People) -> pl.DataFrame:
    """The rows of participants; `person` is the index among these people."""
    n, site = people.n, people.site
    consent = people.has_consent
    return pl.DataFrame(
        {
            "person": np.arange(n),
            "participant_id": people.ids(),
            "enrolled_day": np.zeros(n, dtype=np.int64),
            "clinic_id": pl.repeat(site.id, n, eager=True),
            "age_years": people.age,
            "sex": words(("male", "female"), people.is_female.astype(np.int64)),
            "diagnosis": words(DIAGNOSES, people.diagnosis),
            "diagnosis_by": pl.repeat("clinician" if site.is_clinic else "self", n, eager=True),
            "staging_scale": _scale(people),
            "stage": _stage_words(people),
            "stage_rater": pl.repeat("clinician" if site.is_clinic else "participant", n, eager=True),
            "years_since_onset": _onset(rng, people),
            "family_history": maybe(happens(rng, 0.6, n), happens(rng, 0.9, n)),
            "skin_type": words(("I", "II", "III", "IV", "V", "VI"), pick(rng, (0.05, 0.25, 0.3, 0.2, 0.12, 0.08), n)),
            "prior_microneedling": words(_PRIOR, people.prior),
            "prior_minoxidil_response": words(
                ("yes", "no", "never_used", "unknown"), pick(rng, (0.25, 0.2, 0.4, 0.15), n)
            ),
            "consent": consent,
            "consent_benchmark": consent & happens(rng, 0.95, n),
            "consent_export": consent & happens(rng, 0.85, n),
        }
    )


def _scale(people: People) -> pl.Series:
    index = np.select([people.diagnosis == AREATA, people.diagnosis == EFFLUVIUM, people.is_female], [2, -1, 1], 0)
    return words(("norwood", "sinclair", "salt"), np.asarray(index, dtype=np.int64))


def _stage_words(people: People) -> pl.Series:
    """Apps write men's stages in the short form NW3, clinics in Roman numerals."""
    norwood = _NORWOOD if people.site.is_clinic else ("NW1", "NW2", "NW3", "NW3V", "NW4", "NW5", "NW6", "NW7")
    vocabulary = (*norwood, *_SINCLAIR, *(str(percent) for percent in range(101)))
    shift = np.select([people.diagnosis == AREATA, people.is_female], [len(norwood) + len(_SINCLAIR), len(norwood)], 0)
    return words(vocabulary, np.where(people.stage < 0, -1, people.stage + shift))


def _onset(rng: Generator, people: People) -> Floats:
    """Years since onset, more at worse stages; many answer in multiples of five."""
    years = np.clip(rng.gamma(2.0, 1.5 + 4.0 * people.severity), 0.2, people.age - 14.0)
    return heaped(years, np.where(happens(rng, 0.3, people.n), 5.0, 0.5))

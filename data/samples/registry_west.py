"""A registry: Parquet with typed columns and the contract's own names; courses in place of single sessions."""

import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from account import Expected

N_PEOPLE = 45
NO_CONSENT, TOO_OLD, NO_DIAGNOSIS = 45, 44, 43
N_NEEDLING = 30
"""The others are followed without needling: a comparison arm."""

EXTRACTED = date(2026, 6, 30)
Row = dict[str, object]


def make(folder: Path, rng: random.Random) -> Expected:
    """Write the files of the drop; the answer is what ingesting it must give."""
    expected = Expected()
    enrolled = {f"R-{k:03d}": date(2025, 5, 5) + timedelta(days=rng.randrange(180)) for k in range(1, N_PEOPLE + 1)}
    _participants(enrolled, rng, expected).write_parquet(folder / "participants.parquet", statistics=False)
    _courses(enrolled, rng, expected).write_parquet(folder / "courses.parquet", statistics=False)
    _treatments(enrolled, rng, expected).write_parquet(folder / "treatments.parquet", statistics=False)
    _outcomes(enrolled, rng, expected).write_parquet(folder / "outcomes.parquet", statistics=False)
    return expected


def _fate(person: str) -> str:
    fates = {NO_CONSENT: "not_consented", TOO_OLD: "unknown_participant", NO_DIAGNOSIS: "unknown_participant"}
    return fates.get(int(person[2:]), "admitted")


def _participants(enrolled: dict[str, date], rng: random.Random, expected: Expected) -> pl.DataFrame:
    fates = {NO_CONSENT: "not_consented", TOO_OLD: "out_of_range", NO_DIAGNOSIS: "missing_required"}
    rows: list[Row] = []
    for number, (person, day) in enumerate(enrolled.items(), start=1):
        rows.append({
            "participant_id": person, "enrolled_on": day, "clinic_id": rng.choice(("west-1", "west-2")),
            "age_years": 130 if number == TOO_OLD else rng.randint(25, 65), "sex": "female",
            "diagnosis": None if number == NO_DIAGNOSIS else "androgenetic_alopecia", "diagnosis_by": "clinician",
            "staging_scale": "sinclair", "stage": str(rng.randint(1, 4)), "stage_rater": "clinician",
            "years_since_onset": round(rng.uniform(0.5, 15), 1), "family_history": rng.random() < 0.6,
            "prior_microneedling": "never", "consent": number != NO_CONSENT,
        })  # fmt: skip
        expected.note("participants", fates.get(number, "admitted"))
    return pl.DataFrame(rows, schema_overrides={"age_years": pl.Int32})


def _courses(enrolled: dict[str, date], rng: random.Random, expected: Expected) -> pl.DataFrame:
    rows: list[Row] = []
    for number, (person, day) in enumerate(enrolled.items(), start=1):
        if N_NEEDLING < number < NO_DIAGNOSIS:
            continue
        depth, interval = rng.choice(((1.5, 7.0), (1.5, 14.0), (0.5, 3.5)))
        rows.append(_course(f"{person}-c", person, day + timedelta(days=7), depth, interval, rng.randint(12, 24)))
        expected.note("courses", _fate(person))
    first, start = next(iter(enrolled.items()))
    bad = (
        (_course("bad-1", first, start, 6.0, 7.0, 10), "out_of_range"),
        (_course("bad-2", first, EXTRACTED + timedelta(days=1), 1.5, 7.0, 10), "in_future"),
        (_course("bad-3", "R-999", start, 1.5, 7.0, 10), "unknown_participant"),
    )
    for row, reason in bad:
        rows.append(row)
        expected.note("courses", reason)
    return pl.DataFrame(rows)


def _course(key: str, person: str, day: date, depth: float, interval: float, done: int) -> Row:
    return {
        "course_id": key, "participant_id": person, "started_on": day, "planned_interval_days": interval,
        "planned_sessions": 24, "done_sessions": done, "needle_length_mm": depth, "device": "pen_motorised",
        "setting": "clinic",
    }  # fmt: skip


def _treatments(enrolled: dict[str, date], rng: random.Random, expected: Expected) -> pl.DataFrame:
    rows: list[Row] = []
    for person, day in enrolled.items():
        row: Row = {"treatment_id": f"{person}-t", "participant_id": person, "asked_on": day, "treatment": "none"}
        row |= {"strength": None, "strength_unit": None, "started_on": None}
        if rng.random() < 0.6:
            started = day - timedelta(days=rng.choice((0, 300)))
            row |= {
                "treatment": "minoxidil_topical",
                "strength": 2.0,
                "strength_unit": "percent",
                "started_on": started,
            }
        rows.append(row)
        expected.note("treatments", _fate(person))
    return pl.DataFrame(rows)


def _outcomes(enrolled: dict[str, date], rng: random.Random, expected: Expected) -> pl.DataFrame:
    rows: list[Row] = []
    for number, (person, day) in enumerate(enrolled.items(), start=1):
        density, gain = rng.gauss(165, 25), rng.gauss(8 if number <= N_NEEDLING else 1, 7)
        for week in (0, 12, 24):
            value = round(density + gain * week / 24 + rng.gauss(0, 5), 1)
            rows.append(
                _outcome(f"{person}-{week}", person, day + timedelta(weeks=week), "hair_density", value, "/cm2")
            )
            expected.note("outcomes", _fate(person))
    first, start = next(iter(enrolled.items()))
    bad = (
        (_outcome("bad-1", first, start, "hair_count", 92.0, "hairs"), "area_missing"),
        (_outcome("bad-2", first, start, "salt", 30.0, "%"), "instrument_not_for_diagnosis"),
        (_outcome("bad-3", first, start, "hair_density", 950.0, "/cm2"), "out_of_range"),
        (_outcome("bad-4", first, start, "hair_density", 150.0, None), "unit_missing"),
        (_outcome("bad-5", first, start - timedelta(days=800), "hair_density", 150.0, "/cm2"), "before_time"),
    )
    for row, reason in bad:
        rows.append(row)
        expected.note("outcomes", reason)
    per_inch = _outcome("inch-1", first, start + timedelta(weeks=36), "hair_density", 1100.0, "/inch2")
    rows.append(per_inch)
    expected.note("outcomes")
    return pl.DataFrame(rows)


def _outcome(key: str, person: str, day: date, instrument: str, value: float, unit: str | None) -> Row:
    return {
        "outcome_id": key, "participant_id": person, "assessed_on": day, "instrument": instrument, "value": value,
        "unit": unit, "region": "mid_scalp", "rater": "clinician", "method": "phototrichogram", "blinded": True,
    }  # fmt: skip

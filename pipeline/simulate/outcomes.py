"""Rows of outcomes: density and investigators' judgement at clinics, self-report in apps."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.random import Generator

from pipeline.simulate.assumptions import WEEKS
from pipeline.simulate.draws import Flags, Floats, Integers, happens, heaped, pick, words
from pipeline.simulate.people import AREATA, EFFLUVIUM, People
from pipeline.simulate.response import World
from pipeline.simulate.visits import Seen

INCH2_CM2 = 6.4516
"""Square centimetres in a square inch, exactly."""

SOFTWARE = "trichoscan-3.8"
_REGIONS = ("crown", "mid_scalp", "hairline")
_INVESTIGATOR_WEEKS = (24, 52)
_NORWOOD_RANKS = 7


@dataclass(frozen=True)
class Recording:
    """What is the same for all rows of an instrument at a source."""

    instrument: str
    rater: str
    method: str
    unit: str | None = None
    replicate: int | None = None
    blinded: bool | None = None
    software: str | None = None
    has_region: bool = False


_SALT = Recording("salt", "clinician", "examination")
_COMB = Recording("comb_count_60s", "participant", "comb")
_GLOBAL = Recording("ga_participant", "participant", "questionnaire")
_SATISFACTION = Recording("satisfaction_nrs", "participant", "questionnaire")
_PICTURE = Recording("shedding_visual", "participant", "picture_scale")
_SELF_STAGE = Recording("norwood", "participant", "picture_scale")


def rows(rng: Generator, world: World, seen: Seen) -> pl.DataFrame:
    """All outcomes of some people, by person and day. Where there is a `stage`, it stands for the `value`."""
    parts = _at_clinic(rng, world, seen) if world.people.site.is_clinic else _in_app(rng, world, seen)
    region = words(_REGIONS, pick(rng, (0.7, 0.15, 0.15), world.people.n))
    frame = pl.concat(parts).with_columns(
        pl.when(pl.col("has_region")).then(region.gather(pl.concat(parts)["person"])).alias("region")
    )
    frame = frame.sort("person", "assessed_day", "instrument", maintain_order=True)
    number = pl.int_range(pl.len()).cast(pl.String).str.zfill(7)
    prefix = f"{world.people.site.prefix}-o{world.people.first}-"
    return frame.with_columns(
        (pl.lit(prefix) + number).alias("outcome_id"),
        pl.Series("recorded_day", frame["assessed_day"].to_numpy() + rng.geometric(0.6, len(frame)) - 1),
    )


def _at_clinic(rng: Generator, world: World, seen: Seen) -> list[pl.DataFrame]:
    people = world.people
    before = -rng.integers(0, 8, people.n)
    washed = rng.integers(0, 4, people.n)
    parts = [_density(people, people.has_density, before, people.readings[:, 0], 1, washed)]
    if people.site.repeats_baseline:
        parts.append(_density(people, people.has_density, before, people.readings[:, 1], 2, washed))
    salt = people.severity * 100.0
    parts.append(_salt(rng, people, people.diagnosis == AREATA, before, salt))
    for k, week in enumerate(WEEKS):
        here, day = seen.is_seen[:, k], seen.day[:, k]
        regrown = salt * np.exp(-week / 40.0 - seen.change[:, k] / 60.0)  # areata regrows by itself in part
        washed = rng.integers(0, 4, people.n)
        parts.append(_density(people, here & people.has_density, day, seen.reading[:, k], 1, washed))
        parts.append(_salt(rng, people, here & (people.diagnosis == AREATA), day, regrown))
        if week in _INVESTIGATOR_WEEKS:
            parts.append(_investigator(rng, people, here, day, seen.change[:, k]))
    return parts


def _density(
    people: People, which: Flags, day: Integers, value: Floats, replicate: int, washed: Integers
) -> pl.DataFrame:
    """Density readings in the clinic's own unit, by software or by eye."""
    site = people.site
    shown = np.rint(value * INCH2_CM2) if site.per_inch2 else np.round(value, 1)
    how = Recording(
        "hair_density",
        rater="software" if site.is_software else "clinician",
        method="phototrichogram_automated" if site.is_software else "visual_count",
        unit="/inch2" if site.per_inch2 else "/cm2",
        replicate=replicate,
        blinded=site.is_blinded,
        software=SOFTWARE if site.is_software else None,
        has_region=True,
    )
    return _frame(which, day, shown, how, washed)


def _salt(rng: Generator, people: People, which: Flags, day: Integers, value: Floats) -> pl.DataFrame:
    shown = np.clip(heaped(value + 4.0 * rng.standard_normal(people.n), 1.0), 0, 100)
    return _frame(which, day, shown, _SALT)


def _investigator(rng: Generator, people: People, which: Flags, day: Integers, change: Floats) -> pl.DataFrame:
    shown = np.clip(np.rint(change / 14.0 + 0.7 * rng.standard_normal(people.n)), -3, 3)
    how = Recording("ga_investigator", "clinician", "global_photograph", blinded=people.site.is_blinded)
    return _frame(which & happens(rng, 0.8, people.n), day, shown, how)


def _in_app(rng: Generator, world: World, seen: Seen) -> list[pl.DataFrame]:
    people, n = world.people, world.people.n
    combed, to_five = happens(rng, 0.65, n), happens(rng, 0.4, n)
    shedding = (8.0 + 30.0 * people.severity) * rng.lognormal(0.0, 0.5, n)
    day, none = np.zeros(n, dtype=np.int64), np.zeros(n)
    parts = [_comb(rng, combed, day, shedding, to_five), _picture(rng, people, happens(rng, 0.7, n), day, none)]
    parts.append(_self_stage(rng, people, happens(rng, 0.8, n), day, none))
    for k, week in enumerate(WEEKS):
        here, day, noticed = seen.is_seen[:, k], seen.day[:, k], seen.gain[:, k]
        parts.append(_comb(rng, here & combed, day, shedding * np.exp(-seen.change[:, k] / 45.0), to_five))
        parts.append(_global(rng, here & happens(rng, 0.9, n), day, noticed))
        parts.append(_satisfaction(rng, here & happens(rng, 0.7, n), day, noticed))
        parts.append(_picture(rng, people, here & happens(rng, 0.7, n), day, seen.change[:, k]))
        if week in _INVESTIGATOR_WEEKS:
            parts.append(_self_stage(rng, people, here & happens(rng, 0.6, n), day, seen.change[:, k]))
    return parts


def _comb(rng: Generator, which: Flags, day: Integers, mean: Floats, to_five: Flags) -> pl.DataFrame:
    counted = rng.poisson(mean).astype(np.float64)
    return _frame(which, day, heaped(counted, np.where(to_five, 5.0, 1.0)), _COMB)


def _global(rng: Generator, which: Flags, day: Integers, noticed: Floats) -> pl.DataFrame:
    shown = np.clip(np.rint(noticed / 16.0 + 0.2 + 0.6 * rng.standard_normal(len(day))), -3, 3)
    return _frame(which, day, shown, _GLOBAL)


def _satisfaction(rng: Generator, which: Flags, day: Integers, noticed: Floats) -> pl.DataFrame:
    shown = np.clip(np.rint(5.0 + noticed / 9.0 + 1.5 * rng.standard_normal(len(day))), 0, 10)
    return _frame(which, day, shown, _SATISFACTION)


def _picture(rng: Generator, people: People, which: Flags, day: Integers, change: Floats) -> pl.DataFrame:
    """The shedding pictures are of long hair: women only."""
    shown = np.clip(np.rint(2.5 + 5.0 * people.severity - change / 25.0 + rng.standard_normal(people.n)), 1, 9)
    return _frame(which & people.is_female, day, shown, _PICTURE)


def _self_stage(rng: Generator, people: People, which: Flags, day: Integers, change: Floats) -> pl.DataFrame:
    """Men with androgenetic alopecia rate themselves, unsteadily (F73: kappa 0.29 against an observer)."""
    is_man = ~people.is_female & (people.diagnosis != AREATA) & (people.diagnosis != EFFLUVIUM)
    noisy = 1 + _NORWOOD_RANKS * people.severity - change / 40.0 + 0.8 * rng.standard_normal(people.n)
    shown = np.clip(np.rint(noisy), 1, _NORWOOD_RANKS)
    return _frame(which & is_man, day, shown, _SELF_STAGE).with_columns(
        ("NW" + pl.col("value").cast(pl.Int64).cast(pl.String)).alias("stage")
    )


def _frame(which: Flags, day: Integers, value: Floats, how: Recording, washed: Integers | None = None) -> pl.DataFrame:
    """Rows of one instrument for the people in `which`."""
    who = np.flatnonzero(which)
    frame = pl.DataFrame({"person": who, "assessed_day": day[who], "value": value[who]})
    days = pl.lit(None, dtype=pl.Int64) if washed is None else pl.lit(pl.Series(washed[who]))
    return frame.with_columns(
        pl.lit(None, dtype=pl.String).alias("stage"),
        pl.lit(how.instrument).alias("instrument"),
        pl.lit(how.unit, dtype=pl.String).alias("unit"),
        pl.lit(how.rater).alias("rater"),
        pl.lit(how.method).alias("method"),
        pl.lit(how.replicate, dtype=pl.Int64).alias("replicate"),
        pl.lit(how.blinded, dtype=pl.Boolean).alias("blinded"),
        pl.lit(how.software, dtype=pl.String).alias("device_software"),
        days.alias("days_since_wash"),
        pl.lit(how.has_region).alias("has_region"),
    )

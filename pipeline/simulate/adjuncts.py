"""Other treatments used beside needling: who takes what since when, and what of it is on record."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.random import Generator

from pipeline.simulate.assumptions import Assumptions
from pipeline.simulate.draws import Flags, Floats, Integers, happens, logistic, maybe, pick, words
from pipeline.simulate.people import People

BEFORE, TOGETHER, LATER = range(3)
"""When minoxidil was begun: over half a year before time zero, with it, or during follow-up."""

ASKED_UNTIL = 30
"""What begins by this day is told when adjuncts are asked about at enrolment."""

_TREATMENTS = ("minoxidil_topical", "minoxidil_oral", "ketoconazole_shampoo", "finasteride_oral", "prp")
_OTHERS = (("ketoconazole_shampoo", 0.14, 2.0), ("finasteride_oral", 0.13, 7.0), ("prp", 0.03, None))


@dataclass(frozen=True)
class Adjuncts:
    """Minoxidil per person: `uses`, `timing`, the day it began (from enrolment), and whether a row tells of it."""

    uses: Flags
    timing: Integers
    started: Integers
    is_recorded: Flags

    @property
    def at_zero(self) -> Flags:
        return np.asarray(self.uses & (self.timing != LATER), dtype=np.bool_)


def draw(rng: Generator, people: People, start: Integers, assumptions: Assumptions) -> Adjuncts:
    """Minoxidil: more at worse stages."""
    n, share = people.n, assumptions.minoxidil_share
    by_stage = assumptions.confounding * assumptions.severity_on_minoxidil * (people.severity - 0.4)
    timing = pick(rng, (0.5, 0.38, 0.12), n)
    started = np.select(
        [timing == BEFORE, timing == TOGETHER],
        [start - rng.integers(200, 2500, n), start - rng.integers(0, 8, n)],
        start + rng.integers(56, 210, n),
    )
    return Adjuncts(
        uses=happens(rng, logistic(np.log(share / (1 - share)) + by_stage), n),
        timing=timing,
        started=np.asarray(started, dtype=np.int64),
        is_recorded=happens(rng, assumptions.minoxidil_recorded, n),
    )


def gain(adjuncts: Adjuncts, start: Integers, week: Floats, curve: "Curve") -> Floats:
    """What minoxidil itself adds by `week`; nothing more in those long on it, whose gain lies behind them."""
    begun = np.maximum(adjuncts.started - start, 0) / 7.0
    counts = adjuncts.uses & (adjuncts.timing != BEFORE)
    return np.where(counts, curve.height * curve.at(week - begun), 0.0)


@dataclass(frozen=True)
class Curve:
    """How a gain builds up: 1 at week 24, levelling off with the time constant `weeks`."""

    weeks: float
    height: float = 1.0

    def at(self, week: Floats) -> Floats:
        """Share of the week 24 gain reached by `week`."""
        return np.asarray(
            -np.expm1(-np.maximum(week, 0.0) / self.weeks) / -np.expm1(-24.0 / self.weeks), dtype=np.float64
        )


def rows(rng: Generator, people: People, adjuncts: Adjuncts, last: Integers, assumptions: Assumptions) -> pl.DataFrame:
    """The rows of treatments, with `none` for those who were asked and take nothing."""
    parts = [_minoxidil(rng, people, adjuncts, last)]
    parts += [_other(rng, people, name, share, weekly) for name, share, weekly in _OTHERS]
    named = pl.concat(parts)
    takes = np.isin(np.arange(people.n), named.filter(pl.col("started_day") <= ASKED_UNTIL)["person"].to_numpy())
    hidden = adjuncts.at_zero & ~adjuncts.is_recorded
    asked = happens(rng, assumptions.asked_adjuncts, people.n) & ~takes & ~hidden
    return pl.concat([named, _none(rng, np.flatnonzero(asked))]).sort("person", maintain_order=True)


def _minoxidil(rng: Generator, people: People, adjuncts: Adjuncts, last: Integers) -> pl.DataFrame:
    who = np.flatnonzero(adjuncts.uses & adjuncts.is_recorded & (adjuncts.started <= last))
    is_oral = happens(rng, 0.15, len(who))
    return _frame(
        who,
        words(_TREATMENTS, is_oral.astype(np.int64)),
        adjuncts.started[who],
        strength=np.where(is_oral, 2.5, np.where(people.is_female[who], 2.0, 5.0)),
        unit=words(("percent", "mg"), is_oral.astype(np.int64)),
        weekly=np.where(is_oral, 7.0, np.where(happens(rng, 0.5, len(who)), 14.0, 7.0)),
        taken=np.clip(rng.integers(5, 21, len(who)) * 5, 0, 100),
        precision=_precision(rng, adjuncts.started[who]),
    )


def _other(rng: Generator, people: People, name: str, share: float, weekly: float | None) -> pl.DataFrame:
    allowed = ~people.is_female if name == "finasteride_oral" else np.ones(people.n, dtype=np.bool_)
    allowed &= people.site.is_clinic or name != "prp"
    who = np.flatnonzero(happens(rng, share, people.n) & allowed)
    n = len(who)
    started = -rng.integers(0, 900, n)
    code = np.full(n, _TREATMENTS.index(name), dtype=np.int64)
    known = np.full(n, name == "finasteride_oral")
    return _frame(
        who, words(_TREATMENTS, code), started,
        strength=maybe(np.full(n, 1.0), known), unit=words(("mg",), known.astype(np.int64) - 1),
        weekly=maybe(np.full(n, weekly or 0.0), np.full(n, weekly is not None)),
        taken=maybe(rng.integers(8, 21, n) * 5, happens(rng, 0.7, n)), precision=_precision(rng, started),
    )  # fmt: skip


def _none(rng: Generator, who: Integers) -> pl.DataFrame:
    n = len(who)
    return pl.DataFrame({"person": who, "treatment": ["none"] * n, "asked_day": rng.integers(0, 8, n)}).select(
        "person", pl.col("treatment").cast(pl.String), "asked_day", *_empty()
    )


def _empty() -> list[pl.Expr]:
    kinds = {"strength": pl.Float64, "strength_unit": pl.String, "times_per_week": pl.Float64, "started_day": pl.Int64,
             "precision": pl.Int64, "ongoing": pl.Boolean, "as_prescribed_pct": pl.Int64}  # fmt: skip
    return [pl.lit(None, dtype=kind).alias(name) for name, kind in kinds.items()]


def _precision(rng: Generator, started: Integers) -> Integers:
    """How exactly a start is remembered: 0 the day, 1 the month, 2 the year; only what lies far back is vague."""
    return np.where(started < -180, pick(rng, (0.5, 0.35, 0.15), len(started)), 0)


def _frame(
    who: Integers, treatment: pl.Series, started: Integers, *, strength: object, unit: pl.Series, weekly: object,
    taken: object, precision: Integers,
) -> pl.DataFrame:  # fmt: skip
    frame = pl.DataFrame(
        {"person": who, "treatment": treatment, "strength": strength, "strength_unit": unit, "times_per_week": weekly,
         "started_day": started, "precision": precision, "as_prescribed_pct": taken}
    )  # fmt: skip
    return frame.select(
        "person", "treatment", pl.lit(None, dtype=pl.Int64).alias("asked_day"), "strength", "strength_unit",
        "times_per_week", "started_day", "precision", pl.lit(True).alias("ongoing"),
        pl.col("as_prescribed_pct").cast(pl.Int64),
    )  # fmt: skip

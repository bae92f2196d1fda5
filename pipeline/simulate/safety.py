"""Rows of side_effects: what happened after each session, and who was asked about it how."""

import numpy as np
import polars as pl
from numpy.random import Generator

from pipeline.simulate.assumptions import DURATION_LOG_SD, SIDE_EFFECTS, SideEffect
from pipeline.simulate.draws import Flags, Integers, happens, maybe, pick, words
from pipeline.simulate.response import World
from pipeline.simulate.visits import Seen

_ASKED_AFTER = (6.0, 24.0, 48.0, 72.0, 168.0)
_SOLICITED = ("checklist", "open", "spontaneous")

CAN_BE_SEVERE = ("infection",)
"""Side effects that a clinician of this world ever grades 3; of 657 people needled in trials nobody had one (F26)."""


def rows(rng: Generator, world: World, seen: Seen, sessions: pl.DataFrame) -> pl.DataFrame:
    """One row per session asked about and side effect, `none` where there was none."""
    mm, person = sessions["needle_length_mm"].to_numpy(), sessions["person"].to_numpy()
    had = np.column_stack([happens(rng, effect.chance + effect.per_mm * mm, len(mm)) for effect in SIDE_EFFECTS])
    has_any = np.asarray(had.any(axis=1), dtype=np.bool_)
    hours = np.array(_ASKED_AFTER)[_when(rng, world, len(mm))]
    asked_day = sessions["performed_day"].to_numpy() + np.ceil(hours / 24.0).astype(np.int64)
    asked = _asked(rng, world, sessions, has_any) & (asked_day <= seen.last[person])
    base = sessions.select("person", "session_id").with_columns(
        pl.Series("session", np.arange(len(mm))),
        pl.Series("asked_day", asked_day),
        pl.Series("asked_after_hours", hours),
    )
    parts = [_effect(rng, world, base, asked & had[:, k], effect) for k, effect in enumerate(SIDE_EFFECTS)]
    frame = pl.concat([*parts, _none(base, asked & ~has_any)]).sort("session", maintain_order=True)
    return _finish(rng, world, frame)


def _when(rng: Generator, world: World, n: int) -> Integers:
    """Clinics ask at the next contact, apps within a day or two."""
    return pick(rng, (0.0, 0.25, 0.2, 0.35, 0.2) if world.people.site.is_clinic else (0.4, 0.35, 0.25, 0.0, 0.0), n)


def _asked(rng: Generator, world: World, sessions: pl.DataFrame, has_effect: Flags) -> Flags:
    """Clinics ask after most sessions; in apps people speak up, sooner when something happened."""
    a, n = world.assumptions, len(has_effect)
    if not world.people.site.is_clinic:
        return happens(rng, np.where(has_effect, a.asked_app_effect, a.asked_app), n)
    at_clinic = (sessions["setting"] == "clinic").to_numpy()
    return happens(rng, np.where(at_clinic, a.asked_clinic, a.asked_home), n)


def _effect(rng: Generator, world: World, base: pl.DataFrame, which: Flags, effect: SideEffect) -> pl.DataFrame:
    """Rows of one side effect: over by the time of the question, or still there."""
    frame = base.filter(pl.Series(which))
    n = len(frame)
    lasted = np.round(effect.hours * rng.lognormal(0.0, DURATION_LOG_SD, n), 1)
    asked_after = frame["asked_after_hours"].to_numpy()
    onset = np.round(np.minimum(rng.exponential(2.0, n), 0.5 * np.minimum(lasted, asked_after)), 1)
    severity = 1 + np.minimum(rng.geometric(0.7, n) - 1, 2)
    is_over = lasted <= asked_after
    clinic = world.people.site.is_clinic
    return frame.with_columns(
        pl.lit(effect.code).alias("effect"),
        _known("severity", severity, not clinic),
        _known("ctcae_grade", severity if effect.code in CAN_BE_SEVERE else np.minimum(severity, 2), clinic),
        pl.Series("onset_hours", onset),
        maybe(lasted, is_over).alias("resolved_after_hours"),
        maybe(asked_after, ~is_over).alias("still_present_at_hours"),
        words(("none", "paused", "treated"), pick(rng, (0.93, 0.05, 0.02), n)).alias("action"),
        pl.lit(False).alias("serious"),
    )


def _known(name: str, values: Integers, known: bool) -> pl.Series:
    return maybe(values, np.full(len(values), known)).cast(pl.Int64).alias(name)


def _none(base: pl.DataFrame, which: Flags) -> pl.DataFrame:
    empty = {"severity": pl.Int64, "ctcae_grade": pl.Int64, "onset_hours": pl.Float64,
             "resolved_after_hours": pl.Float64, "still_present_at_hours": pl.Float64}  # fmt: skip
    return base.filter(pl.Series(which)).with_columns(
        pl.lit("none").alias("effect"),
        *(pl.lit(None, dtype=kind).alias(name) for name, kind in empty.items()),
        pl.lit(None, dtype=pl.String).alias("action"),
        pl.lit(None, dtype=pl.Boolean).alias("serious"),
    )


def _finish(rng: Generator, world: World, frame: pl.DataFrame) -> pl.DataFrame:
    site = world.people.site
    how = (0.95, 0.05, 0.0) if site.is_clinic else (0.1, 0.3, 0.6)
    number = pl.int_range(pl.len()).cast(pl.String).str.zfill(7)
    return frame.with_columns(
        (pl.lit(f"{site.prefix}-e{world.people.first}-") + number).alias("side_effect_id"),
        words(_SOLICITED, pick(rng, how, len(frame))).alias("solicited"),
        pl.when(pl.col("ctcae_grade").is_not_null()).then(pl.lit("5.0")).alias("ctcae_version"),
    ).drop("session")

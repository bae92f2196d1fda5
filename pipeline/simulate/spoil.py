"""A known share of rows is spoiled, each for one reason only, so that the account can be checked against truth.json."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.random import Generator

from pipeline.simulate.draws import Flags, happens, pick
from pipeline.simulate.sites import Site

_FAR_DAYS = 1500
"""Further than any record lies from enrolment, so a date moved by it is certainly out of bounds."""

_STRANGER = "nobody-000001"
_ANY = pl.lit(True)


@dataclass(frozen=True)
class Spoiler:
    """One way to spoil a row: what it is refused for, the new values, and the rows it fits.

    `moves` shifts a date by days. `as_text` puts a word into a column of numbers, which only a text
    file can hold.
    """

    reason: str
    values: Mapping[str, object] = field(default_factory=dict)
    moves: tuple[str, int] | None = None
    where: pl.Expr = _ANY
    as_text: bool = False


_UNKNOWN_PERSON = Spoiler("unknown_participant", {"participant_id": _STRANGER})
_DENSITY = pl.col("instrument") == "hair_density"

SPOILERS: dict[str, tuple[Spoiler, ...]] = {
    "participants": (
        Spoiler("out_of_range", {"age_years": 140}),
        Spoiler("missing_required", {"sex": None}),
        Spoiler("unknown_value", {"diagnosis": "hat hair"}),
        Spoiler("ambiguous", {"stage": "II-III"}, where=pl.col("staging_scale") == "norwood"),
    ),
    "courses": (
        Spoiler("unknown_value", {"device": "magic wand"}),
        Spoiler("out_of_range", {"needle_length_mm": 7.5}),
        Spoiler("ambiguous", {"planned_interval_days": "biweekly"}, as_text=True),
    ),
    "sessions": (
        Spoiler("out_of_range", {"needle_length_mm": 7.5}),
        Spoiler("missing_required", {"device": None}),
        Spoiler("unknown_value", {"device": "magic wand"}),
        Spoiler("wrong_type", {"needle_length_mm": "half"}, as_text=True),
        Spoiler("in_future", moves=("performed", _FAR_DAYS)),
        Spoiler("before_time", moves=("performed", -_FAR_DAYS)),
    ),
    "treatments": (
        Spoiler("unknown_value", {"treatment": "secret oil"}, where=pl.col("treatment") != "none"),
        Spoiler("out_of_range", {"times_per_week": 99.0}, where=pl.col("treatment") != "none"),
    ),
    "outcomes": (
        Spoiler("missing_required", {"value": None}),
        Spoiler("unknown_value", {"rater": "the neighbour"}),
        Spoiler("unit_missing", {"unit": None}, where=_DENSITY),
        Spoiler("in_future", moves=("assessed", _FAR_DAYS)),
        Spoiler("before_time", moves=("assessed", -_FAR_DAYS)),
    ),
    "side_effects": (
        Spoiler("unknown_value", {"effect": "zapped"}, where=pl.col("effect") != "none"),
        Spoiler("missing_required", {"effect": None}),
        Spoiler("out_of_range", {"asked_after_hours": 9000.0}),
    ),
    "events": (
        Spoiler("unknown_value", {"event": "vanished"}),
        Spoiler("in_future", moves=("occurred", _FAR_DAYS)),
    ),
    "costs": (
        Spoiler("out_of_range", {"amount": -5.0}),
        Spoiler("missing_required", {"amount": None}),
        Spoiler("unknown_value", {"currency": "shells"}),
    ),
}
"""Per table, the ways in which rows are spoiled."""

STRANGERS = 2
"""Sessions per source and part that name a person nobody knows."""


def spoil(
    rng: Generator, table: str, frame: pl.DataFrame, site: Site, may: Flags, share: float
) -> tuple[pl.DataFrame, Counter[str], Flags]:
    """The frame with spoiled rows, how many for which reason, and which rows they are.

    `may` tells per row whether it may be spoiled: rows that will not be admitted anyway are left alone.
    """
    ways = [way for way in SPOILERS[table] if site.format == "csv" or not way.as_text]
    chosen = happens(rng, share, len(frame)) & may
    which, hit, counts = pick(rng, np.ones(len(ways)), len(frame)), np.zeros(len(frame), dtype=np.bool_), Counter[str]()
    for number, way in enumerate(ways):
        fits = frame.select(pl.int_range(pl.len()), way.where.fill_null(False).alias("fits"))["fits"].to_numpy()
        rows = chosen & (which == number) & fits
        frame = _apply(frame, way, rows, site)
        hit |= rows
        counts[way.reason] += int(rows.sum())
    if table == "sessions":
        strangers = np.flatnonzero(may & ~hit)[-STRANGERS:]
        rows = np.isin(np.arange(len(frame)), strangers)
        frame, hit = _apply(frame, _UNKNOWN_PERSON, rows, site), hit | rows
        counts[_UNKNOWN_PERSON.reason] += int(rows.sum())
    return frame, counts, hit


def _apply(frame: pl.DataFrame, way: Spoiler, rows: Flags, site: Site) -> pl.DataFrame:
    mask = pl.lit(pl.Series(rows))
    changed = [
        pl.when(mask)
        .then(pl.lit(value))
        .otherwise(pl.col(name).cast(pl.String) if way.as_text else pl.col(name))
        .alias(name)
        for name, value in way.values.items()
    ]
    if way.moves is not None:
        changed += _moved(frame, way.moves, mask, site)
    return frame.with_columns(changed)


def _moved(frame: pl.DataFrame, moves: tuple[str, int], mask: pl.Expr, site: Site) -> list[pl.Expr]:
    """The date shifted; when it was recorded is left out, for that would be a second mistake."""
    stem, by = moves
    name = f"{stem}_day" if site.uses_days else f"{stem}_on"
    shift = pl.lit(by) if site.uses_days else pl.duration(days=by)
    changed = [pl.when(mask).then(pl.col(name) + shift).otherwise(pl.col(name)).alias(name)]
    if "recorded_on" in frame.columns:
        changed.append(pl.when(~mask).then(pl.col("recorded_on")).alias("recorded_on"))
    return changed

"""From a frame of the simulation to a native table: ids, dates or study days, the contract's columns in order."""

import polars as pl

from pipeline.contract.tables import TABLES
from pipeline.simulate.people import People

_EPOCH_DAY = pl.Int32
"""Dates are days from 1970-01-01, which is how Polars keeps them."""

_PRECISION_LENGTH = {0: 10, 1: 7, 2: 4}
"""Characters of an ISO date that stand for a day, a month, a year."""


def shaped(table: str, frame: pl.DataFrame, people: People) -> pl.DataFrame:
    """The native table, with `person` (the index among these people) kept as last column."""
    if table != "participants":
        frame = frame.with_columns(people.ids().gather(frame["person"]).alias("participant_id"))
    if table == "outcomes":
        frame = frame.with_columns(_values(people))
    if "recorded_day" in frame.columns:
        frame = _recorded(frame, people)
    if table == "participants" or not people.site.uses_days:
        frame = _dated(frame, people)
    names = [name for name in TABLES[table].native_names if name in frame.columns]
    return frame.select(*_in_order(table, names), "person")


def _in_order(table: str, names: list[str]) -> list[str]:
    """Study days take the place of the date they stand for."""
    order = {column.name: k for k, column in enumerate(TABLES[table].columns)}
    order |= {f"{column.stem}_day": k for k, column in enumerate(TABLES[table].columns)}
    return sorted(names, key=lambda name: order[name])


def _values(people: People) -> pl.Expr:
    """Text formats write a number without a needless fraction, or the stage; Parquet keeps the number."""
    value = pl.col("value")
    if people.site.format == "parquet":
        return value
    plain = pl.when(value == value.round()).then(value.cast(pl.Int64).cast(pl.String)).otherwise(value.cast(pl.String))
    return pl.coalesce(pl.col("stage"), plain).alias("value")


def _recorded(frame: pl.DataFrame, people: People) -> pl.DataFrame:
    """Nothing is recorded after the extraction; a source of study days does not tell."""
    if people.site.uses_days:
        return frame.drop("recorded_day")
    observed = pl.Series(people.observed[frame["person"].to_numpy()])
    return frame.with_columns(pl.min_horizontal(pl.col("recorded_day"), pl.lit(observed)).alias("recorded_day"))


def _dated(frame: pl.DataFrame, people: People) -> pl.DataFrame:
    enrolled = pl.lit(pl.Series(people.enrolled[frame["person"].to_numpy()]))
    days = [name for name in frame.columns if name.endswith("_day")]
    frame = frame.with_columns(
        (pl.col(name) + enrolled).cast(_EPOCH_DAY).cast(pl.Date).alias(name.removesuffix("_day") + "_on")
        for name in days
    ).drop(days)
    return _vague(frame) if "precision" in frame.columns else frame


def _vague(frame: pl.DataFrame) -> pl.DataFrame:
    """Starts that are remembered by month or year only."""
    length = pl.col("precision").replace_strict(_PRECISION_LENGTH, default=10, return_dtype=pl.Int64)
    return frame.with_columns(pl.col("started_on").cast(pl.String).str.slice(0, length))

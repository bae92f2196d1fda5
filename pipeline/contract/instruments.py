"""Instruments of outcomes as typed records: `data/reference/instruments.csv` and `instrument_units.csv`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from pipeline.contract import reference

Direction = Literal["higher", "lower"]
Scale = Literal["ratio", "count", "ordinal"]


@dataclass(frozen=True)
class Unit:
    """A unit an instrument's value may come in: value times `factor` is the value in the native unit."""

    name: str
    synonyms: tuple[str, ...]
    factor: float


@dataclass(frozen=True)
class Instrument:
    """One instrument. `low`, `high`, `margin` and the errors are in `unit`; values are kept with `decimals` places.

    `measurement_error` is the standard error of one measurement. `responder_threshold` is an improvement.
    For an instrument that needs an area, margin, threshold and error are per cm2. None: no figure is known.
    """

    code: str
    label: str
    unit: str
    low: float
    high: float
    decimals: int
    direction: Direction
    scale: Scale
    is_change: bool
    needs_area: bool
    diagnoses: tuple[str, ...]
    min_follow_up_weeks: int
    responder_rule: str
    responder_threshold: float | None
    margin: float | None
    margin_source: str
    measurement_error: float | None
    measurement_error_source: str
    explanation: str
    source: str
    is_verified: bool
    synonyms: tuple[str, ...]
    units: tuple[Unit, ...]


@cache
def instruments() -> dict[str, Instrument]:
    """Every instrument by its code, in file order."""
    return {row["code"]: _instrument(row) for row in reference.rows("instruments")}


def _instrument(row: Mapping[str, str]) -> Instrument:
    return Instrument(
        code=row["code"],
        label=row["label"],
        unit=row["unit"],
        low=float(row["low"]),
        high=float(row["high"]),
        decimals=int(row["decimals"]),
        direction=cast("Direction", row["direction"]),
        scale=cast("Scale", row["scale"]),
        is_change=row["is_change"] == "true",
        needs_area=row["needs_area"] == "true",
        diagnoses=_split(row["diagnoses"]),
        min_follow_up_weeks=int(row["min_follow_up_weeks"]),
        responder_rule=row["responder_rule"],
        responder_threshold=_number(row["responder_threshold"]),
        margin=_number(row["margin"]),
        margin_source=row["margin_source"],
        measurement_error=_number(row["measurement_error"]),
        measurement_error_source=row["measurement_error_source"],
        explanation=row["explanation"],
        source=row["source"],
        is_verified=row["verified"] == "yes",
        synonyms=_split(row["synonyms"]),
        units=tuple(
            Unit(unit["unit"], _split(unit["synonyms"]), float(unit["factor"]))
            for unit in reference.rows("instrument_units")
            if unit["instrument"] == row["code"]
        ),
    )


def _split(words: str) -> tuple[str, ...]:
    return tuple(word for word in words.split("|") if word)


def _number(text: str) -> float | None:
    return float(text) if text else None

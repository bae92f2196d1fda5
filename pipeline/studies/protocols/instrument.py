"""The instrument a comparison is about, as the version that is read knows it."""

import math
from dataclasses import dataclass
from typing import Literal, cast

import duckdb

from pipeline.contract import spoken
from pipeline.errors import UsageError

_PER_AREA = "/cm2"
"""Unit of a count once it is divided by its area, as the marts store it."""

_TWO_SIDED_95 = 1.96

STRATUM = ("region", "side", "rater", "method")
"""What tells measurements with one instrument apart: only like is compared with like."""


@dataclass(frozen=True)
class Instrument:
    """One row of the version's copy of the instruments.

    `unit` is that of a change (counts in a stated area are per cm2); `measurement_error` is the standard
    error of one measurement in that unit, None where none was found.
    """

    code: str
    label: str
    unit: str
    decimals: int
    scale: Literal["ratio", "count", "ordinal"]
    is_change: bool
    diagnoses: tuple[str, ...]
    min_follow_up_weeks: int
    measurement_error: float | None
    direction: Literal["higher", "lower"] = "higher"
    """Which values are better."""

    @property
    def is_ordinal(self) -> bool:
        return self.scale == "ordinal"

    @property
    def is_count(self) -> bool:
        return self.scale == "count"

    @property
    def step_milli(self) -> int:
        """The smallest difference the instrument can show, in thousandths of its unit."""
        return max(1, 1000 // int(10**self.decimals))

    @property
    def unit_in_words(self) -> str:
        return spoken.unit(self.unit)

    @property
    def detectable_change(self) -> float | None:
        """The smallest change of one person that measurement error alone does not explain in 95 of 100 cases.

        Both measurements err, hence the root of two (Weir 2005, J Strength Cond Res 19, 231-240).
        """
        error = self.measurement_error
        return None if error is None else _TWO_SIDED_95 * math.sqrt(2) * error

    def at_week(self, week: int, *, is_change: bool = True) -> str:
        """The variable of an estimand: the change since the start, unless the instrument asks for a change itself or
        `is_change` says that values are compared as they stand."""
        return f"{self.label} at week {week}{', change from the start' if is_change and not self.is_change else ''}"

    def is_for(self, diagnosis: str) -> bool:
        return not self.diagnoses or diagnosis in self.diagnoses


def find_instrument(con: duckdb.DuckDBPyConnection, code: str) -> Instrument:
    """The instrument of that code; UsageError naming the others where the version has none."""
    known = instruments(con)
    for instrument in known:
        if instrument.code == code:
            return instrument
    names = ", ".join(i.code for i in known) or "none at all"
    raise UsageError(f"instrument {code!r} is not known to this version; it knows {names}")


def instruments(con: duckdb.DuckDBPyConnection) -> tuple[Instrument, ...]:
    """All instruments of the version, in the order of its reference table."""
    cursor = con.execute("SELECT columns(*)::VARCHAR FROM instruments")
    names = [str(d[0]) for d in cursor.description or ()]
    return tuple(_instrument(dict(zip(names, row, strict=True))) for row in cursor.fetchall())


def _instrument(row: dict[str, str | None]) -> Instrument:
    error = row["measurement_error"]
    return Instrument(
        code=row["code"] or "",
        label=row["label"] or "",
        unit=_PER_AREA if row["needs_area"] == "true" else row["unit"] or "",
        decimals=int(row["decimals"] or 0),
        scale=cast(Literal["ratio", "count", "ordinal"], row["scale"]),
        is_change=row["is_change"] == "true",
        diagnoses=tuple(d for d in (row["diagnoses"] or "").split("|") if d),
        min_follow_up_weeks=int(float(row["min_follow_up_weeks"] or 0)),
        measurement_error=float(error) if error else None,
        direction=cast(Literal["higher", "lower"], row["direction"]),
    )

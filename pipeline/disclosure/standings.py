"""The tables of where clinics stand: written at publish, a signal only after two quarters."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from pipeline.contract.clinic_standing import Standing
from pipeline.disclosure.partitions import VISITS
from pipeline.disclosure.policy import Policy
from pipeline.disclosure.standing import stand, visit

_CURVE = 60
"""People at which the limits are drawn, evenly on a logarithmic scale."""

_LEAST = 10
"""People from which the limits are drawn: of fewer no result is told."""


def curve(standing: Standing) -> Iterator[tuple[int, float, float]]:
    """The limits of a standing by people, up to twice its own: people and half the widths of the two funnels."""
    if standing.n is None or standing.upper_95 is None or standing.upper_998 is None:
        return
    for n in sorted(set(np.geomspace(_LEAST, 2 * standing.n, _CURVE).round().astype(int).tolist())):
        wider = float(np.sqrt(standing.n / n))
        yield n, round(standing.upper_95 * wider, 2), round(standing.upper_998 * wider, 2)


def write_standings(
    con: duckdb.DuckDBPyConnection, policy: Policy, version: str, quarter: str, sides: pa.Table
) -> pa.Table:
    """Tables clinic_standings and funnel_limits of clinic.duckdb from the table `figures`; the answer is where each
    clinic stands, to be remembered.

    One period makes no signal: a clinic must stand outside on the same side in the quarter before, as `sides` tells.
    """
    told: pl.DataFrame = con.sql("FROM figures WHERE audience = 'clinics'").pl()
    visits = [visit(told, week) for week in VISITS]
    found = [stand(at, own, policy) for at in visits for own in range(len(at.clinics))]
    is_told = signals(found, sides, quarter)
    rows = [asdict(s) | {"is_signal": is_signal} for s, is_signal in zip(found, is_told, strict=True)]
    con.register("standings", pl.DataFrame(rows, schema=_SCHEMA))
    con.execute("CREATE TABLE clinic.main.clinic_standings AS FROM standings ORDER BY clinic_id, week")
    limits = [(s.clinic_id, s.week, *point) for s in found for point in curve(s)]
    columns = {"clinic_id": pl.String, "week": pl.Int32, "n": pl.Int32, "half_95": pl.Float64, "half_998": pl.Float64}
    con.register("limits", pl.DataFrame(limits, schema=columns, orient="row"))
    con.execute("CREATE TABLE clinic.main.funnel_limits AS FROM limits ORDER BY clinic_id, week, n")
    known = [(version, s.clinic_id, s.week, quarter, s.side) for s in found if s.side is not None]
    return pl.DataFrame(known, schema=_SIDES, orient="row").to_arrow()


_NUMBERS = (
    "own_followed", "others_followed", "observed", "expected", "difference", "over_dispersion",
    "lower_95", "upper_95", "lower_998", "upper_998",
)  # fmt: skip
_SCHEMA = {
    name: pl.Float64 if name in _NUMBERS else pl.Int32 if name in ("week", "n", "n_clinics")
    else pl.Boolean if name == "is_signal" else pl.String
    for name in Standing.__dataclass_fields__
}  # fmt: skip
_SIDES = {"version": pl.String, "clinic_id": pl.String, "week": pl.Int32, "quarter": pl.String, "side": pl.String}


def signals(found: Sequence[Standing], sides: pa.Table, quarter: str) -> list[bool]:
    """Of each standing, whether it is outside for the second quarter in a row, on the same side."""
    before = _sides_of(sides, _before(quarter))
    return [s.side in ("above", "below") and before.get((s.clinic_id, s.week)) == s.side for s in found]


def _sides_of(sides: pa.Table, quarter: str) -> dict[tuple[str, int], str]:
    """Where each clinic stood last in a quarter."""
    rows = sorted(sides.to_pylist(), key=lambda row: str(row["version"]))
    return {(row["clinic_id"], row["week"]): row["side"] for row in rows if row["quarter"] == quarter}


def _before(quarter: str) -> str:
    """The quarter before.

    >>> _before("2026Q1"), _before("2026Q3")
    ('2025Q4', '2026Q2')
    """
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year - 1}Q4" if number == 1 else f"{year}Q{number - 1}"


def quarter_of(day: date) -> str:
    """The calendar quarter of a day.

    >>> quarter_of(date(2026, 11, 1))
    '2026Q4'
    """
    return f"{day.year}Q{(day.month + 2) // 3}"

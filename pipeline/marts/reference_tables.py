"""Loads the reference files that the marts read as typed tables of the connection."""

from collections.abc import Callable, Mapping, Sequence

import duckdb

from pipeline.engine.duckdb import quote_name

ReadRows = Callable[[str], Sequence[Mapping[str, str]]]
"""Rows of a reference file by its name, such as `pipeline.contract.reference.rows`."""

_BAND = "DECIMAL(9,3)"
_TYPES: dict[str, dict[str, str]] = {
    "landmarks": {"days": "INTEGER"},
    "visits": {"week": "INTEGER", "half_width_weeks": "INTEGER"},
    "depth_bands": {"code": "VARCHAR", "low_mm": _BAND, "high_mm": _BAND},
    "frequency_bands": {"code": "VARCHAR", "low_per_week": _BAND, "high_per_week": _BAND},
    "schedules": {
        "code": "VARCHAR",
        "depth_low_mm": _BAND,
        "depth_high_mm": _BAND,
        "weekly_low": _BAND,
        "weekly_high": _BAND,
    },
    "stages": {"scale": "VARCHAR", "code": "VARCHAR", "rank": "INTEGER", "is_early": "BOOLEAN"},
    "instruments": {
        "code": "VARCHAR",
        "label": "VARCHAR",
        "unit": "VARCHAR",
        "low": "DOUBLE",
        "high": "DOUBLE",
        "decimals": "INTEGER",
        "direction": "VARCHAR",
        "scale": "VARCHAR",
        "is_change": "BOOLEAN",
        "needs_area": "BOOLEAN",
        "diagnoses": "VARCHAR",
        "min_follow_up_weeks": "INTEGER",
        "responder_rule": "VARCHAR",
        "responder_threshold": "DOUBLE",
        "margin": "DOUBLE",
        "margin_source": "VARCHAR",
        "measurement_error": "DOUBLE",
        "measurement_error_source": "VARCHAR",
        "explanation": "VARCHAR",
        "source": "VARCHAR",
        "verified": "VARCHAR",
    },
}
_RENAMED = {"instruments": "reference_instruments"}  # the version carries a table of its own called instruments


def load(con: duckdb.DuckDBPyConnection, read_rows: ReadRows) -> None:
    """Create each reference table as a temporary table; an empty cell is NULL, other columns are left out."""
    for name, types in _TYPES.items():
        table = quote_name(_RENAMED.get(name, name))
        columns = ", ".join(f"{quote_name(column)} {kind}" for column, kind in types.items())
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({columns})")
        values = [[row[column] or None for column in types] for row in read_rows(name)]
        if values:
            con.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(types))})", values)


def unload(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what `load` made."""
    for name in _TYPES:
        con.execute(f"DROP TABLE IF EXISTS temp.{quote_name(_RENAMED.get(name, name))}")

"""A small home in which every rule holds: twelve people, landing as tables, the candidate built from it."""

from pathlib import Path

import duckdb

from pipeline.contract.columns import BOOKKEEPING
from pipeline.contract.tables import TABLES
from pipeline.marts.build import build

_PERSON = "CAST(md5('person' || i) AS UUID) AS participant"
_EACH = "FROM range(1, 13) AS people(i)"
_BOOK = "false AS is_withdrawn, true AS relative_days, 'north' AS source, 1 AS file, 2 AS lag_days"

ROWS = {
    "participants": f"""
        SELECT {_PERSON}, CAST(md5('person' || i) AS UUID) AS record, {_BOOK}, [] AS flags, 0 AS enrolled_day,
               500 AS observed_until_day, '2025Q1' AS enrolled_quarter, 'north' AS clinic_id, '30-39' AS age_band,
               'male' AS sex, 'androgenetic_alopecia' AS diagnosis, 'norwood' AS staging_scale, 'III' AS stage,
               'never' AS prior_microneedling, true AS consent_benchmark, true AS consent_export {_EACH}""",
    "courses": f"""
        SELECT {_PERSON}, CAST(md5('course' || i) AS UUID) AS record, {_BOOK}, [] AS flags, 0 AS started_day,
               80 AS ended_day, 7 AS planned_interval_days, 12 AS planned_sessions, 12 AS done_sessions,
               0.5 AS needle_length_mm, 'dermaroller' AS device, 'home' AS setting {_EACH} WHERE i <= 3""",
    "sessions": f"""
        SELECT {_PERSON}, CAST(md5('session' || i || '-' || n) AS UUID) AS record, {_BOOK},
               CASE WHEN i = 12 THEN ['shared_device'] ELSE [] END AS flags, 7 * n AS performed_day,
               'dermaroller' AS device, 0.5 AS needle_length_mm, 'nominal' AS depth_basis, 'home' AS setting,
               'crown' AS region, 1 + n % 4 AS pain_nrs, i = 12 AS shared_device,
               CASE WHEN i <= 3 THEN CAST(md5('course' || i) AS UUID) END AS course
        {_EACH}, range(12) AS sessions(n)""",
    "treatments": f"""
        SELECT {_PERSON}, CAST(md5('treatment' || i) AS UUID) AS record, {_BOOK}, [] AS flags, 0 AS asked_day,
               CASE WHEN i <= 6 THEN 'none' ELSE 'minoxidil_topical' END AS treatment,
               CASE WHEN i > 6 THEN 5 END AS strength, CASE WHEN i > 6 THEN 'percent' END AS strength_unit,
               CASE WHEN i > 6 THEN -400 END AS started_from_day, CASE WHEN i > 6 THEN -370 END AS started_to_day,
               CASE WHEN i > 6 THEN true END AS ongoing {_EACH}""",
    "outcomes": f"""
        SELECT {_PERSON}, CAST(md5(instrument || region || i || '-' || n) AS UUID) AS record, {_BOOK}, [] AS flags,
               84 * n AS assessed_day, instrument, region, rater, 'phototrichogram' AS method, unit,
               CASE WHEN is_change THEN n % 2 ELSE 1503 + 7 * i + 31 * n END AS value,
               CASE WHEN instrument = 'hair_count' THEN 1.5 END AS area_cm2
        {_EACH}, range(-1, 4) AS visits(n), (VALUES ('hair_density', 'software', '/cm2', false, 'crown'),
             ('hair_density', 'clinician', '/cm2', false, 'occipital'),
             ('hair_count', 'clinician', 'hairs', false, 'crown'),
             ('ga_participant', 'participant', 'points', true, 'crown'),
             ) AS kinds(instrument, rater, unit, is_change, region)
        WHERE n >= 0 OR rater = 'software'""",
    "side_effects": f"""
        SELECT {_PERSON}, CAST(md5('effect' || i || '-' || n) AS UUID) AS record, {_BOOK}, [] AS flags,
               CAST(md5('session' || i || '-' || n) AS UUID) AS session, 7 * n AS asked_day,
               CASE WHEN n = 4 THEN 'spontaneous' ELSE 'checklist' END AS solicited,
               CASE WHEN n % 2 = 0 THEN 'redness' ELSE 'none' END AS effect,
               CASE WHEN n % 2 = 0 THEN 1 END AS severity, CASE WHEN n % 2 = 0 THEN 1 END AS onset_hours,
               CASE WHEN n % 2 = 0 THEN 20 END AS resolved_after_hours {_EACH}, range(12) AS sessions(n)""",
    "events": f"""
        SELECT {_PERSON}, CAST(md5('event' || i) AS UUID) AS record, {_BOOK}, [] AS flags, 400 AS occurred_day,
               CASE WHEN i = 12 THEN 'died' ELSE 'moved' END AS event {_EACH} WHERE i > 10""",
    "costs": f"""
        SELECT {_PERSON}, CAST(md5('cost' || i) AS UUID) AS record, {_BOOK}, [] AS flags, 0 AS incurred_day,
               'device' AS item, 25.50 AS amount, 'EUR' AS currency, 12 AS lasts_months {_EACH}""",
}  # fmt: skip
"""By table, a SELECT of the columns that are not NULL."""


def landing_columns(table: str) -> tuple[tuple[str, str], ...]:
    """Name and type of every column of landing_<table>."""
    extra = (("observed_until_day", "INTEGER"),) if table == "participants" else ()
    return (*BOOKKEEPING, *TABLES[table].stored, ("source", "VARCHAR"), *extra)


def land(con: duckdb.DuckDBPyConnection, with_rows: bool = True) -> None:
    """Create the tables landing_<table>, with the good rows or empty."""
    for table, rows in ROWS.items():
        columns = ", ".join(f'"{name}" {kind}' for name, kind in landing_columns(table))
        con.execute(f"CREATE TABLE landing_{table} ({columns})")
        if with_rows:
            con.execute(f"INSERT INTO landing_{table} BY NAME {rows}")
            con.execute(f"UPDATE landing_{table} SET line = 1")


def make(folder: Path, with_rows: bool = True) -> tuple[Path, Path]:
    """(candidate, landing): two DuckDB files of a home in which nothing is wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    landing = folder / "landing.duckdb"
    with duckdb.connect(str(landing)) as con:
        land(con, with_rows)
        build(con, folder)
    return folder / "research.duckdb", landing

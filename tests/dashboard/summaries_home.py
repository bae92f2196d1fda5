"""Homes for the pages that read summaries: real marts over people whose numbers can be worked out by hand.

| setting | people | sessions each | asked about       | with redness | paid a month |
|---------|--------|---------------|-------------------|--------------|--------------|
| clinic  |     40 |            12 | every one         | every other  | EUR a fee    |
| home    |     30 |            12 | two of 12         | all asked    | USD a device |
| salon   |      3 |            12 | every one         | none         | nothing told |

Clinic people have a plan of a session a week for 12 weeks, and all of them did it; a quarter of the home people stop
after six sessions and say that it had no effect. One report of an infection was told unasked.
"""

import json
from pathlib import Path

import duckdb

from pipeline import ledger
from pipeline.config import load
from pipeline.marts.build import build
from tests.validate.good_home import landing_columns

VERSIONS = ("20261101T090000Z-0a0b0c", "20261123T091500Z-1a2b3c")

_BOOK = "false AS is_withdrawn, true AS relative_days, 1 AS file, 1 AS line, 0 AS lag_days, [] AS flags"
_PEOPLE = """
CREATE TABLE people AS
SELECT i, CAST(md5('person' || i) AS UUID) AS participant,
  CASE WHEN i < 40 THEN 'clinic' WHEN i < 70 THEN 'home' ELSE 'salon' END AS place,
  i BETWEEN 40 AND 69 AND i % 4 = 0 AS stops
FROM range({n}) r(i)"""

_ROWS = {
    "participants": f"""
        SELECT participant, participant AS record, {_BOOK},
          CASE place WHEN 'home' THEN 'app' ELSE 'north' END AS source,
          0 AS enrolled_day, 400 AS observed_until_day, '2025Q1' AS enrolled_quarter, 'north' AS clinic_id,
          CASE WHEN i % 2 = 0 THEN '30-39' ELSE '40-49' END AS age_band, '{{sex}}' AS sex,
          'androgenetic_alopecia' AS diagnosis, true AS consent_benchmark, true AS consent_export FROM people""",
    "courses": f"""
        SELECT participant, CAST(md5('course' || i) AS UUID) AS record, {_BOOK}, 'north' AS source, 0 AS started_day,
          7 AS planned_interval_days, 12 AS planned_sessions, 0.5 AS needle_length_mm, 'pen_motorised' AS device,
          'clinic' AS setting FROM people WHERE place = 'clinic'""",
    "sessions": f"""
        SELECT participant, CAST(md5('session' || i || '-' || n) AS UUID) AS record, {_BOOK}, 'north' AS source,
          7 * n AS performed_day, CASE place WHEN 'home' THEN 'dermaroller' ELSE 'pen_motorised' END AS device,
          CASE WHEN i % 2 = 0 THEN 0.5 ELSE 1.5 END AS needle_length_mm, place AS setting, 1 + n % 3 AS pain_nrs
        FROM people, range(12) r(n) WHERE n < 6 OR NOT stops""",
    "side_effects": f"""
        SELECT participant, CAST(md5('effect' || i || '-' || n) AS UUID) AS record, {_BOOK}, 'north' AS source,
          CAST(md5('session' || i || '-' || n) AS UUID) AS session, 7 * n AS asked_day, 'checklist' AS solicited,
          24 AS asked_after_hours, CASE WHEN is_red THEN 'redness' ELSE 'none' END AS effect,
          CASE WHEN is_red THEN 1 + n % 2 END AS severity,
          CASE WHEN is_red THEN 6 + 12 * (n % 4) END AS resolved_after_hours
        FROM (SELECT *, CASE place WHEN 'clinic' THEN n % 2 = 0 ELSE place = 'home' END AS is_red
              FROM people, range(12) r(n))
        WHERE place <> 'home' OR n < 2
        UNION ALL
        SELECT participant, CAST(md5('unasked') AS UUID), {_BOOK}, 'north', CAST(md5('session0-1') AS UUID), 8,
          'spontaneous', NULL, 'infection', NULL, NULL FROM people WHERE i = 0""",
    "outcomes": f"""
        SELECT participant, CAST(md5('outcome' || i || '-' || w) AS UUID) AS record, {_BOOK}, 'north' AS source,
          7 * w AS assessed_day, 'hair_density' AS instrument, 'crown' AS region, 'software' AS rater, '/cm2' AS unit,
          1500 + i AS value FROM people, (VALUES (0), (12), (24)) r(w)""",
    "events": f"""
        SELECT participant, CAST(md5('event' || i) AS UUID) AS record, {_BOOK}, 'north' AS source, 60 AS occurred_day,
          'stopped_no_effect' AS event FROM people WHERE stops""",
    "costs": f"""
        SELECT participant, CAST(md5('cost' || i || '-' || n) AS UUID) AS record, {_BOOK}, 'north' AS source,
          28 * n AS incurred_day, CASE place WHEN 'home' THEN 'device' ELSE 'session_fee' END AS item,
          CASE place WHEN 'home' THEN 60 + i ELSE 100 END AS amount,
          CASE place WHEN 'home' THEN 'USD' ELSE 'EUR' END AS currency,
          CASE place WHEN 'home' THEN 12 END AS lasts_months
        FROM people, range(3) r(n) WHERE place <> 'salon' AND (place <> 'home' OR n = 0)""",
}  # fmt: skip


def publish(home: Path, *, people: int = 73, sessions: bool = True, passed: bool = True) -> Path:
    """Two versions of `people` people, the earlier of women; without `sessions`, nobody has logged anything."""
    settings = load(home, {"NEEDLING_SCRATCH": "/var/tmp", "NEEDLING_MEMORY_MB": "256"})
    home.mkdir(parents=True, exist_ok=True)
    for version, sex in zip(VERSIONS, ("female", "male"), strict=True):
        run = ledger.start_run(settings.home, "run")
        folder = home / "versions" / version
        folder.mkdir(parents=True)
        with duckdb.connect() as con:
            _land(con, people, sex, sessions=sessions)
            build(con, folder)
        failed = [("sessions.grain", "sessions", "critical", passed, 3, 9, None, None)]
        ledger.record_gate(home, run, version, [
            ("safety.asked_share", "safety", "warning", False, 1, 9, "0.3", None), *failed,
        ])  # fmt: skip
        if passed:
            ledger.record_release(home, version, "publish", run)
        (folder / "manifest.json").write_text(json.dumps(_manifest(version, people, passed=passed)))
    (home / "current.json").write_text(json.dumps({"version": VERSIONS[-1], "path": f"versions/{VERSIONS[-1]}"}))
    return home


def _land(con: duckdb.DuckDBPyConnection, people: int, sex: str, *, sessions: bool) -> None:
    con.execute(_PEOPLE.format(n=people))
    for table in (*_ROWS, "treatments"):
        columns = ", ".join(f'"{name}" {kind}' for name, kind in landing_columns(table))
        con.execute(f"CREATE TABLE landing_{table} ({columns})")
        if table == "participants" or (sessions and table in _ROWS):
            con.execute(f"INSERT INTO landing_{table} BY NAME {_ROWS[table].replace('{sex}', sex)}")


def _manifest(version: str, people: int, *, passed: bool) -> dict[str, object]:
    return {
        "version": version, "published_at": "2026-11-23T09:15:00Z", "code_version": "0.1.0", "contract_version": "1",
        "simulated": True, "tables": {"participants": people}, "fingerprint": "0" * 64, "extracted_until": "2026-11-01",
        "gate": {"passed": passed, "failed": [], "n_rules": 2},
    }  # fmt: skip

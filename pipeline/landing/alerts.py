"""Serious side effects, found in landing and quarantine themselves: nothing is kept of them elsewhere, so erasure takes
them along. An alert belongs to the drop that first told of the record; the same record sent again raises none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb

from pipeline.contract.alerts import IS_SERIOUS
from pipeline.contract.tables import SIDE_EFFECTS
from pipeline.landing.files import Shelf

LISTED_DAYS = 30
"""So long an alert is listed; one whose record waits in quarantine stays until it does no longer. A month covers
the holiday of whoever should have looked."""


@dataclass(frozen=True)
class Alert:
    """Where a serious side effect stands: number of the file, line in it, and whether it waits in quarantine."""

    file: int
    line: int
    is_waiting: bool


def raised_by(con: duckdb.DuckDBPyConnection, shelf: Shelf, drop: int) -> list[Alert]:
    """The alerts of one drop, by file and line."""
    if not any(f.drop == drop for kind in ("rows", "quarantine") for f in shelf.live(SIDE_EFFECTS.name, kind)):
        return []
    found = con.execute(
        f"""SELECT file, line, state = 'in quarantine' FROM ({_select(shelf)}) WHERE "drop" = ? ORDER BY file, line""",
        [drop],
    ).fetchall()
    return [Alert(*row) for row in found]


def listed(
    con: duckdb.DuckDBPyConnection, shelf: Shelf, drops: dict[int, tuple[str, datetime]], now: datetime, limit: int
) -> list[dict[str, Any]]:
    """The newest `limit` alerts still listed, those in quarantine first. `drops` are (run, arrival) by number."""
    recent = [number for number, (_, at) in drops.items() if now - at <= timedelta(days=LISTED_DAYS)]
    found = con.execute(
        f"""
SELECT source, file, line, "drop", state FROM ({_select(shelf)})
WHERE state = 'in quarantine' OR list_contains(?, "drop")
ORDER BY state <> 'in quarantine', "drop" DESC, file, line LIMIT ?
""",
        [recent, limit],
    ).fetchall()
    keys = ("source", "file", "line", "run_id", "state")
    return [dict(zip(keys, (*row[:3], drops[row[3]][0], row[4]), strict=True)) for row in found]


def _select(shelf: Shelf) -> str:
    """Every serious side effect ever told, once: where it first stood, and what became of it since.

    A record without a key is known by its quarantine entry.
    """
    rows, current = shelf.read(SIDE_EFFECTS, "rows"), shelf.current(SIDE_EFFECTS)
    held, opened = shelf.read(SIDE_EFFECTS, "quarantine"), shelf.opened(SIDE_EFFECTS)
    serious = f"NOT is_withdrawn AND {IS_SERIOUS}"
    place = 'source, file, line, "drop"'
    return f"""
WITH told AS (
  SELECT record AS id, {place} FROM {rows} WHERE {serious}
  UNION ALL SELECT coalesce(record, entry), {place} FROM {held} WHERE {serious}
)
SELECT {place}, CASE
  WHEN id IN (SELECT record FROM {current} WHERE {serious}) THEN 'taken in'
  WHEN id IN (SELECT coalesce(record, entry) FROM {opened} WHERE {serious}) THEN 'in quarantine'
  ELSE 'changed since' END AS state
FROM told QUALIFY row_number() OVER (PARTITION BY id ORDER BY "drop", file, line) = 1
"""

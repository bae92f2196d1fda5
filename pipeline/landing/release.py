"""Quarantined records that heal: those whose person has arrived, and those a later look can read.

A healed record is admitted as what it was: a record of the drop that brought it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import duckdb

from pipeline.contract import reference
from pipeline.contract.columns import BOOKKEEPING, Column, Table
from pipeline.contract.reasons import REASONS
from pipeline.contract.tables import EARLIEST_DAY, TABLES
from pipeline.landing import admit, flags, sql
from pipeline.landing.admit import Arrival
from pipeline.landing.files import Shelf

ORPHAN_DAYS = 400
"""A record whose person has not arrived after this many days is removed (contract, section 3)."""

ARRIVAL = ("unknown_participant",)
"""What heals by itself when a drop brings the person."""

HEALING = tuple(reason.code for reason in REASONS.values() if reason.heals)
"""What heals when a steward asks to look again."""


def release(
    con: duckdb.DuckDBPyConnection, shelf: Shelf, arrival: Arrival, latest: date, healing: Sequence[str] = ARRIVAL
) -> dict[str, int]:
    """Admit every open entry all of whose reasons are among `healing` and gone; the answer is how many per table.

    `latest` is the last calendar day that is not in the future. Needs the temporary table `parents`.
    """
    released: dict[str, int] = {}
    for table in TABLES.values():
        if table.name == "participants":
            continue
        for source in sorted({f.source for f in shelf.live(table.name, "quarantine")}):
            _note_arrival(con, shelf, table, source, arrival)
            n = _release_table(con, shelf, table, source, arrival, (latest, healing))
            if n:
                released[table.name] = released.get(table.name, 0) + n
    return released


def _note_arrival(con: duckdb.DuckDBPyConnection, shelf: Shelf, table: Table, source: str, arrival: Arrival) -> None:
    """Of records with other faults as well, say no longer that their person is unknown."""
    con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE settled AS
SELECT * REPLACE (list_filter(reasons, lambda r: r <> 'unknown_participant') AS reasons,
  list_filter(columns, lambda c: c <> 'participant_id') AS columns, {arrival.number} AS "drop")
FROM {shelf.opened(table, source)}
WHERE len(reasons) > 1 AND list_contains(reasons, 'unknown_participant')
  AND participant IN (SELECT participant FROM parents WHERE NOT is_refused)
"""
    )
    if con.execute("SELECT count(*) FROM settled").fetchall()[0][0] == 0:
        return
    closed = f'SELECT entry, {arrival.number - 1} AS "drop" FROM settled'
    shelf.add(con, closed, table, "closed", source, arrival.number)
    shelf.add(con, "SELECT * FROM settled", table, "quarantine", source, arrival.number)


def _release_table(
    con: duckdb.DuckDBPyConnection,
    shelf: Shelf,
    table: Table,
    source: str,
    arrival: Arrival,
    look: tuple[date, Sequence[str]],
) -> int:
    con.execute(f"CREATE OR REPLACE TEMP TABLE healing AS {_healed(shelf, table, source, *look)}")
    if con.execute("SELECT count(*) FROM healing").fetchall()[0][0] == 0:
        return 0
    current, said = shelf.current(table, source), sql.said(admit.said(table))
    con.execute(
        f'CREATE OR REPLACE TEMP TABLE known AS SELECT record, {said} AS said, "drop", as_of FROM {current} '
        "WHERE record IN (SELECT record FROM healing)"
    )
    con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE healed AS
SELECT h.* EXCLUDE (said), k."drop" AS known_drop, CASE WHEN k.record IS NULL THEN 'admitted'
  WHEN k.said = h.said OR (k.as_of, k."drop") >= (h.as_of, h."drop") THEN 'stale' ELSE 'superseding' END AS fate
FROM (SELECT *, {said} AS said FROM healing) h LEFT JOIN known k ON k.record = h.record
QUALIFY row_number() OVER (PARTITION BY h.record ORDER BY h.as_of DESC, h."drop" DESC) = 1
"""
    )
    names = ", ".join(sql.name(n) for n, _ in (*BOOKKEEPING, *table.stored))
    shelf.add(con, f"SELECT {names} FROM healed WHERE fate <> 'stale'", table, "rows", source, arrival.number)
    gone = "SELECT record, known_drop AS \"drop\" FROM healed WHERE fate = 'superseding'"
    shelf.add(con, gone, table, "superseded", source, arrival.number)
    overtaken = (
        f"SELECT o.entry FROM {shelf.opened(table, source)} o JOIN healed h ON h.record = o.record "
        'WHERE (o.as_of, o."drop") < (h.as_of, h."drop")'
    )
    answered = f'SELECT entry, {arrival.number} AS "drop" FROM (SELECT entry FROM healing UNION {overtaken})'
    shelf.add(con, answered, table, "closed", source, arrival.number)
    return int(con.execute("SELECT count(*) FROM healed WHERE fate <> 'stale'").fetchall()[0][0])


def _healed(shelf: Shelf, table: Table, source: str, latest: date, healing: Sequence[str]) -> str:
    """Open entries with nothing but healing reasons, all of which are gone by now."""
    # the value of an outcome was read on its instrument's scale: an unknown instrument needs the file again
    known = [c for c in table.columns if c.kind == "code" and c.vocabulary and c.name != "instrument"]
    codes = known if "unknown_value" in healing else []
    mendable = [
        "participant_id",
        *(c.name for c in (*codes, *table.columns) if c in codes or c.kind in ("date", "period")),
    ]
    columns = ", ".join(f"coalesce(q.{sql.name(c.name)}, {_code(c)}) AS {sql.name(c.name)}" for c in codes)
    unread = " OR ".join(
        f"(list_contains(q.columns, {sql.text(c.name)}) AND q.{sql.name(c.name)} IS NULL)" for c in codes
    )
    time = f"{table.time.removesuffix('_on')}_day" if table.time else None
    placed = f"CASE WHEN q.relative_days THEN q.{time} ELSE q.{time} - p.enrolled_day END" if time else "NULL"
    early = f"AND coalesce({placed} >= {EARLIEST_DAY}, true)" if table.name in ("sessions", "outcomes") else ""
    days = [n for n, _ in table.stored if n.endswith("_day")]
    last = f"CAST(DATE '{latest}' - DATE '1970-01-01' AS INTEGER) + day_offset(q.participant)"
    timely = " AND ".join(
        f"coalesce(CASE WHEN q.relative_days THEN p.enrolled_day ELSE 0 END + q.{d} <= {last}, true)" for d in days
    )
    fitting = "AND " + _fits_diagnosis() if table.name == "outcomes" else ""
    return f"""
WITH q AS (SELECT q.* {f"REPLACE ({columns})" if codes else ""} FROM {shelf.opened(table, source)} q)
SELECT q.* REPLACE ({flags.select(table)} AS flags) FROM q
JOIN parents p ON p.participant = q.participant AND NOT p.is_refused
WHERE q.record IS NOT NULL
  AND len(list_filter(q.reasons, lambda r: NOT list_contains({list(healing)}, r))) = 0
  AND len(list_filter(q.columns, lambda c: NOT list_contains({mendable}, c))) = 0
  AND NOT (list_contains(q.reasons, 'unknown_value') AND ({unread or "true"}))
  AND (NOT list_contains(q.reasons, 'in_future') OR ({timely or "true"})) {early} {fitting}
"""


def _code(column: Column) -> str:
    token = f"list_filter(q.tokens, lambda x: x.name = {sql.text(column.name)})[1].token"
    return f"(SELECT any_value(v.code) FROM voc_{column.vocabulary} v WHERE v.token = lower({token}))"


def _fits_diagnosis() -> str:
    limited = {
        r["code"]: [d for d in r["diagnoses"].split("|") if d] for r in reference.rows("instruments") if r["diagnoses"]
    }
    cases = " ".join(
        f"WHEN {sql.text(code)} THEN p.diagnosis IN {sql.texts(allowed)}" for code, allowed in limited.items()
    )
    return f"coalesce(CASE q.instrument {cases} ELSE true END, true)" if cases else "true"


def purge(con: duckdb.DuckDBPyConnection, shelf: Shelf, arrived: dict[int, datetime], at: datetime) -> int:
    """Remove orphans whose drop arrived over ORPHAN_DAYS ago; the answer is how many."""
    old = {number for number, when in arrived.items() if at - when > timedelta(days=ORPHAN_DAYS)}
    files = [f for f in shelf.committed if f.kind == "quarantine" and f.drop in old]
    return sum(shelf.rewrite(con, f, "list_contains(reasons, 'unknown_participant')") for f in files)

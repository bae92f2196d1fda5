"""From typed records to fates: admitted, superseding, unchanged, quarantined or not consented.

Works on one table of one drop. `typed` (the records as they were read) lies in private scratch or
memory; everything here is SQL over it and over the table's current records.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from pipeline.contract.columns import Table
from pipeline.contract.mapping import TableMapping
from pipeline.errors import RefusedError
from pipeline.landing import doubles, sql
from pipeline.landing import settled as quick
from pipeline.landing.account import Account
from pipeline.landing.files import Shelf
from pipeline.landing.plain import Plain
from pipeline.landing.settled import Held, Settled

MAX_SHRINK = 0.20
"""A snapshot that would withdraw more than this share of its source's records is refused (contract, section 1)."""

WAITS = "unknown_participant:participant_id"
"""What is found with a record that lacks nothing but its person."""

WHOLE = f"found IN ('', '{WAITS}') AND NOT is_refused AND record IS NOT NULL"
"""SQL for whether a record could be admitted, as far as it alone tells."""

FATES = ("admitted", "superseding", "withdrawn", "unchanged", "stale", "quarantined", "not_consented")
_TAKEN = FATES[:3]
"""Fates of the records that are written."""


@dataclass(frozen=True)
class Arrival:
    """The drop a table's records come from. `as_of` orders drops; `number` breaks ties by arrival."""

    number: int
    source: str
    as_of: date


def judge(
    con: duckdb.DuckDBPyConnection,
    shelf: Shelf,
    table: Table,
    arrival: Arrival,
    plains: Sequence[Plain],
    rest: Sequence[str],
) -> list[Settled]:
    """Create the temporary table `fates`, one narrow row for each typed record in doubt, and the view `judged` of both.

    Fates: not_consented, quarantined (found or clashing), repeated, admitted, withdrawn (takes back a
    record nobody had), superseding, unchanged, stale. `is_faulty` where a record does not only wait for its person.
    What is asked of all records in doubt is asked of `fates`, which is found once; `judged` is for the few of one fate.
    The answer is what is settled of the `plains`; `rest` are SELECTs of the records that are none of theirs.
    """
    _create_view(con, "typed", [*(plain.records() for plain in plains), *rest])
    doubles.find(con, WHOLE)
    settled, doubted = _settle(con, shelf, table, arrival, plains)
    _create_view(con, "doubted", [*doubted, *rest])
    _find_repeats(con, table)
    _find_known(con, shelf, table, arrival)
    _find_overtaking(con, shelf, table, arrival)
    _find_fates(con, table, arrival)
    con.execute(
        "CREATE OR REPLACE TEMP VIEW judged AS SELECT t.*, f.* EXCLUDE (file, place, line, record) "
        "FROM doubted t JOIN fates f ON f.file = t.file AND f.place = t.place"
    )
    return settled


def _find_fates(con: duckdb.DuckDBPyConnection, table: Table, arrival: Arrival) -> None:
    # to hash every record for nothing to compare it with would be a third of this query
    said_now = sql.said(said(table)) if con.execute("SELECT 1 FROM known LIMIT 1").fetchall() else "NULL"
    as_of, barred, refused = f"DATE '{arrival.as_of}'", "false", "t.is_refused"
    if table.name == "participants":
        barred = f"rf.participant IS NOT NULL AND (rf.reason = 'forgotten' OR rf.as_of > {as_of})"
        refused = f"t.is_refused AND NOT coalesce(k.as_of > {as_of} AND NOT k.is_withdrawn, false)"
    con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE fates AS
SELECT t.file, t.place, t.line, t.record, k."drop" AS known_drop, k.as_of AS known_as_of,
  coalesce(c.is_clash, false) AS is_clashing, t.found NOT IN ('', '{WAITS}') OR is_clashing AS is_faulty,
  CAST(CASE
    WHEN {barred} THEN 'not_consented'
    WHEN {refused} THEN 'not_consented'
    WHEN t.is_refused THEN 'stale'
    WHEN k.as_of > {as_of} AND (t.found <> '' OR is_faulty) THEN 'stale'
    WHEN k.record IS NULL AND coalesce({as_of} < sn.as_of, false) THEN 'stale'
    WHEN o.waits AND t.found <> '' OR o.record IS NOT NULL AND is_faulty THEN 'stale'
    WHEN is_faulty THEN 'quarantined'
    WHEN c.record IS NOT NULL AND (t.file, t.line, t.part) <> (c.file, c.line, c.part) THEN 'unchanged'
    WHEN t.found <> '' THEN 'quarantined'
    WHEN k.record IS NULL THEN CASE WHEN t.is_withdrawn THEN 'withdrawn' ELSE 'admitted' END
    WHEN k.said = t.said THEN 'unchanged'
    WHEN k.as_of > {as_of} THEN 'stale'
    ELSE 'superseding'
  END AS ENUM {sql.texts(FATES)}) AS fate
FROM (SELECT *, {said_now} AS said FROM doubted) t
LEFT JOIN repeats c ON c.record = t.record AND t.found IN ('', '{WAITS}') AND NOT t.is_refused
LEFT JOIN known k ON k.record = t.record
LEFT JOIN overtaking o ON o.record = t.record
LEFT JOIN (SELECT participant, reason, as_of FROM refusals) rf ON rf.participant = t.participant
LEFT JOIN (SELECT max(as_of) AS as_of FROM snapshots WHERE {_snapshots(table, arrival)}) sn ON true
"""
    )


def _create_view(con: duckdb.DuckDBPyConnection, name: str, parts: Sequence[str]) -> None:
    con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {' UNION ALL '.join(parts)}")


def _settle(
    con: duckdb.DuckDBPyConnection, shelf: Shelf, table: Table, arrival: Arrival, plains: Sequence[Plain]
) -> tuple[list[Settled], list[str]]:
    """(what is settled, SELECTs of the plain records in doubt): all where rows came back or a snapshot is later."""
    later = f"{_snapshots(table, arrival)} AND as_of > DATE '{arrival.as_of}'"
    if con.execute(f"SELECT 1 FROM snapshots WHERE {later} UNION ALL SELECT 1 FROM answers LIMIT 1").fetchall():
        return [], [plain.records() for plain in plains]
    hashed, current = sql.said(said(table)), _confirmed(shelf, table, arrival.source)
    held = Held(
        f"SELECT record, {hashed} AS said, as_of FROM ({current})",
        f"SELECT record FROM {shelf.opened(table, arrival.source)} WHERE record IS NOT NULL",
        hashed,
    )
    found = [quick.find(con, plain, held, arrival.as_of) for plain in plains]
    return [each for each, _ in found if each], [doubted for _, doubted in found]


def _snapshots(table: Table, arrival: Arrival) -> str:
    return f"table_name = {sql.text(table.name)} AND source = {sql.text(arrival.source)}"


def said(table: Table) -> list[tuple[str, str]]:
    """(name, type) of the columns that tell a changed record from an unchanged one."""
    return [pair for pair in table.stored if pair[0] != "participant"]


def _find_repeats(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Records that come more than once in this drop: clashing ones, and the place of the first of equal ones."""
    con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE repeats AS
SELECT record, is_clash, place.file AS file, place.line AS line, place.part AS part FROM (
  SELECT record, min(said) <> max(said) AS is_clash, min({{'file': file, 'line': line, 'part': part}}) AS place
  FROM (SELECT *, {sql.said(said(table))} AS said FROM doubted
    WHERE {WHOLE} AND hash(record) IN (SELECT hash FROM doubles))
  GROUP BY record HAVING count(*) > 1)
"""
    )


def _find_overtaking(con: duckdb.DuckDBPyConnection, shelf: Shelf, table: Table, arrival: Arrival) -> None:
    """Create `overtaking(record, waits)`: records of this drop of which a later extraction lies in quarantine.

    `waits` where it lacks nothing but its person. What the drop in hand says of them is no news, save to one that
    could be admitted: it holds until the later one is mended.
    """
    later = f"SELECT record, reasons FROM {shelf.opened(table, arrival.source)} WHERE as_of > DATE '{arrival.as_of}'"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE overtaking AS "
        f"SELECT record, bool_or(reasons = ['unknown_participant']) AS waits FROM ({later}) "
        "WHERE record IN (SELECT record FROM doubted) GROUP BY record"
    )


def _find_known(con: duckdb.DuckDBPyConnection, shelf: Shelf, table: Table, arrival: Arrival) -> None:
    """The current rows of the records in this drop, with the latest day on which each was confirmed."""
    source = None if table.name == "participants" else arrival.source
    told = f'record, {sql.said(said(table))} AS said, "drop", as_of, is_withdrawn, source'
    con.execute(
        "CREATE OR REPLACE TEMP TABLE known AS "
        f"SELECT {told} FROM ({_confirmed(shelf, table, source)}) "
        "WHERE record IN (SELECT record FROM doubted)"
    )


def _confirmed(shelf: Shelf, table: Table, source: str | None) -> str:
    """A SELECT of the current rows with the latest day on which each was said, be it again."""
    current, seen = shelf.current(table, source), shelf.read(table, "seen", source)
    if not shelf.live(table.name, "seen", source):
        return f"SELECT * FROM {current}"
    latest = f"(SELECT record, max(as_of) AS as_of FROM {seen} GROUP BY record)"
    return (
        "SELECT r.* REPLACE (greatest(r.as_of, s.as_of) AS as_of) "
        f"FROM {current} r LEFT JOIN {latest} s ON s.record = r.record"
    )


def shelve(
    con: duckdb.DuckDBPyConnection, shelf: Shelf, table: Table, arrival: Arrival, settled: Sequence[Settled]
) -> int:
    """Write what is settled and what `fates` admits, supersedes and confirms; the answer is how many are taken back."""
    fates: Counter[str] = sum(count(con, ()).values(), Counter())
    number, as_of = arrival.number, f"DATE '{arrival.as_of}'"
    stored = ", ".join(sql.name(n) for n, _ in table.stored)
    stamp = f'CAST({number} AS UINTEGER) AS "drop", {as_of} AS as_of'
    taken = [each.records for each in settled if each.fate == "admitted"]
    taken += [f"FROM {_taken(fates)}"] if any(fates[fate] for fate in _TAKEN) else []
    rows = f"SELECT record, is_withdrawn, relative_days, flags, file, line, {stamp}, {stored}"
    superseding = "SELECT record, known_drop AS \"drop\" FROM fates WHERE fate = 'superseding'"
    again = [f"SELECT record FROM ({each.records})" for each in settled if each.fate == "unchanged"]
    again.append(f"SELECT record FROM fates WHERE fate = 'unchanged' AND known_as_of < {as_of}")
    back = "SELECT count(*) FROM judged WHERE fate = 'superseding' AND is_withdrawn"
    n_back = int(con.execute(back).fetchall()[0][0]) if fates["superseding"] else 0
    if taken:
        shelf.add(con, f"{rows} FROM ({' UNION ALL '.join(taken)})", table, "rows", arrival.source, number)
    shelf.add(con, superseding, table, "superseded", arrival.source, number)
    confirmed = f"SELECT record, {as_of} AS as_of FROM ({' UNION ALL '.join(again)})"
    shelf.add(con, confirmed, table, "seen", arrival.source, number)
    return n_back


def _taken(fates: Counter[str]) -> str:
    """The records in doubt that are written, told by those of the two parts that are fewer: that one is hashed."""
    n_taken = sum(fates[fate] for fate in _TAKEN)
    is_most = 2 * n_taken > fates.total()
    chosen = f"SELECT file, place FROM fates WHERE fate {'NOT ' if is_most else ''}IN {sql.texts(_TAKEN)}"
    return f"doubted t {'ANTI' if is_most else 'SEMI'} JOIN ({chosen}) f ON f.file = t.file AND f.place = t.place"


def withdraw_absent(
    con: duckdb.DuckDBPyConnection, shelf: Shelf, table: Table, arrival: Arrival, mapping: TableMapping
) -> int:
    """A snapshot takes back its source's records that it does not hold; the answer is how many.

    Raises RefusedError where over MAX_SHRINK of them would vanish and the mapping does not allow it.
    """
    current = _confirmed(shelf, table, arrival.source)
    present = f"SELECT * FROM ({current}) WHERE NOT is_withdrawn AND as_of <= DATE '{arrival.as_of}'"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE absent AS SELECT * FROM ({present}) "
        "WHERE record NOT IN (SELECT record FROM typed WHERE record IS NOT NULL)"
    )
    n_present = int(con.execute(f"SELECT count(*) FROM ({present})").fetchall()[0][0])
    n_absent = int(con.execute("SELECT count(*) FROM absent").fetchall()[0][0])
    if n_present and n_absent / n_present > MAX_SHRINK and not mapping.allow_shrink:
        raise RefusedError(
            f"snapshot of {table.name} would withdraw {n_absent} of {n_present} records, over {MAX_SHRINK:.0%}; "
            "send the whole table, or set allow_shrink = true if that is meant"
        )
    nothing = ", ".join(f"CAST(NULL AS {t}) AS {sql.name(n)}" for n, t in table.stored if n != "participant")
    tombstones = (
        "SELECT record, true AS is_withdrawn, relative_days, "
        f'CAST([] AS VARCHAR[]) AS flags, file, line, CAST({arrival.number} AS UINTEGER) AS "drop", '
        f"DATE '{arrival.as_of}' AS as_of, participant, {nothing} FROM absent"
    )
    shelf.add(con, tombstones, table, "rows", arrival.source, arrival.number)
    shelf.add(con, 'SELECT record, "drop" FROM absent', table, "superseded", arrival.source, arrival.number)
    con.execute(
        "INSERT INTO snapshots VALUES (?, ?, ?, ?)", [table.name, arrival.source, arrival.as_of, arrival.number]
    )
    return n_absent


def count(con: duckdb.DuckDBPyConnection, settled: Sequence[Settled]) -> dict[int, Counter[str]]:
    """How many records of each file have each fate."""
    counted: dict[int, Counter[str]] = {}
    found = con.execute("SELECT file, fate, count(*) FROM fates GROUP BY file, fate").fetchall()
    for file, fate, n in [*found, *((each.file, each.fate, each.n) for each in settled)]:
        counted.setdefault(int(file), Counter())[str(fate)] += int(n)
    return counted


def account(fates: Counter[str]) -> Account:
    """The account of records with these fates."""
    unchanged = fates["unchanged"] + fates["stale"] + fates["withdrawn"]
    of_fates = (unchanged, fates["superseding"], fates["quarantined"], fates["not_consented"], fates["stale"])
    return Account(fates.total(), fates["admitted"], *of_fates)

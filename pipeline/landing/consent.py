"""Refusals and erasure. Of people without consent, under age or forgotten only the pseudonym is kept.

Erasure rewrites every landing and quarantine file that holds the person; the ledger then names the
new files, and the old ones are deleted once it does.
"""

import duckdb
import pyarrow as pa

from pipeline.contract.tables import TABLES
from pipeline.landing import sql
from pipeline.landing.admit import Arrival
from pipeline.landing.files import Shelf
from pipeline.ledger import LandingFile

PERSONAL = ("rows", "quarantine")
"""Kinds of files that name people."""

KEYED = ("superseded", "seen", "closed")
"""Kinds of files that hold record keys only."""


def load(con: duckdb.DuckDBPyConnection, refusals: pa.Table, snapshots: pa.Table) -> None:
    """The ledger's refusals and snapshots as temporary tables of this connection."""
    con.register("from_ledger", refusals)
    typed = "* REPLACE (CAST(participant AS UUID) AS participant)"
    con.execute(f"CREATE OR REPLACE TEMP TABLE refusals AS SELECT {typed} FROM from_ledger")
    con.register("from_ledger", snapshots)
    con.execute("CREATE OR REPLACE TEMP TABLE snapshots AS SELECT * FROM from_ledger")
    con.unregister("from_ledger")


def refuse(con: duckdb.DuckDBPyConnection, arrival: Arrival) -> None:
    """From the judged participants: put the newly refused on the list, take off those who consent again.

    Creates the temporary table `newly_refused`.
    """
    con.execute(
        """
CREATE OR REPLACE TEMP TABLE newly_refused AS
SELECT participant, CASE WHEN bool_or(contains(found, 'minor:')) THEN 'minor' ELSE 'no_consent' END AS reason
FROM judged
WHERE participant IS NOT NULL
  AND (fate = 'not_consented' AND is_refused OR fate = 'quarantined' AND contains(found, 'minor:'))
GROUP BY participant
"""
    )
    con.execute(
        "DELETE FROM refusals WHERE reason <> 'forgotten' AND participant IN "
        "(SELECT participant FROM judged WHERE fate IN ('admitted', 'superseding') AND NOT is_withdrawn) "
        "AND participant NOT IN (SELECT participant FROM newly_refused)"
    )
    con.execute(
        "DELETE FROM newly_refused WHERE participant IN (SELECT participant FROM refusals WHERE reason = 'forgotten')"
    )
    con.execute("DELETE FROM refusals WHERE participant IN (SELECT participant FROM newly_refused)")
    con.execute(
        f"INSERT INTO refusals SELECT participant, reason, DATE '{arrival.as_of}', {arrival.number} FROM newly_refused"
    )


def forget(con: duckdb.DuckDBPyConnection, participant: str, arrival: Arrival) -> None:
    """Put one person on the list for good, and in `newly_refused` for `erase`."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE newly_refused AS SELECT CAST(? AS UUID) AS participant, 'forgotten' AS reason",
        [participant],
    )
    con.execute("DELETE FROM refusals WHERE participant IN (SELECT participant FROM newly_refused)")
    con.execute(
        f"INSERT INTO refusals SELECT participant, reason, DATE '{arrival.as_of}', {arrival.number} FROM newly_refused"
    )


def erase(con: duckdb.DuckDBPyConnection, shelf: Shelf) -> dict[str, int]:
    """Rewrite every file that holds somebody of `newly_refused`; the answer is records erased per table.

    A minor's own quarantine entry holds nothing but the reason and stays. Leaves the keys of what is gone in the
    temporary tables `gone_rows(record, "drop")` and `gone_entries(entry)`.
    """
    erased: dict[str, int] = {}
    if con.execute("SELECT count(*) FROM newly_refused").fetchall()[0][0] == 0:
        return erased
    con.execute('CREATE OR REPLACE TEMP TABLE gone_rows (record UUID, "drop" UINTEGER)')
    con.execute("CREATE OR REPLACE TEMP TABLE gone_entries (entry UUID)")
    for file in _live(shelf, PERSONAL):
        theirs = "participant IN (SELECT participant FROM newly_refused)"
        if file.kind == "quarantine" and file.table == "participants":
            theirs += " AND NOT list_contains(reasons, 'minor')"
        target, key = _KEYS_OF[file.kind]
        held = sql.parquet([shelf.home / file.path])
        query = f"INSERT INTO {target} SELECT DISTINCT {key} FROM {held} WHERE {theirs}"
        if con.execute(query).fetchall()[0][0]:
            erased[file.table] = erased.get(file.table, 0) + shelf.rewrite(con, file, theirs)
    _erase_keys(con, shelf, has_gone=bool(erased))
    return erased


_KEYS_OF = {"rows": ("gone_rows", 'record, "drop"'), "quarantine": ("gone_entries", "entry")}


def keyed(kind: str) -> str:
    """The condition by which a file that names no person, only record keys, speaks of what was erased."""
    return {
        "superseded": '(record, "drop") IN (SELECT (record, "drop") FROM gone_rows)',
        "seen": "record IN (SELECT record FROM gone_rows) AND record NOT IN (SELECT record FROM kept_rows)",
        "closed": "entry IN (SELECT entry FROM gone_entries)",
    }[kind]


def _erase_keys(con: duckdb.DuckDBPyConnection, shelf: Shelf, *, has_gone: bool) -> None:
    """A record key is made of the sender's own ids: whoever has the key can find the person by it.

    A record that a correction moved from one person to another keeps what was said of the other.
    """
    rows = " UNION ALL ".join(f"SELECT record FROM {shelf.read(t, 'rows')}" for t in TABLES.values())
    gone = "SELECT record FROM gone_rows"
    con.execute(f"CREATE OR REPLACE TEMP TABLE kept_rows AS SELECT record FROM ({rows}) WHERE record IN ({gone})")
    for file in _live(shelf, KEYED) if has_gone else ():
        shelf.rewrite(con, file, keyed(file.kind))


def _live(shelf: Shelf, kinds: tuple[str, ...]) -> list[LandingFile]:
    return [f for f in (*shelf.committed, *shelf.pending) if f.kind in kinds]

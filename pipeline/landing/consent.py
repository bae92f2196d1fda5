"""Refusals and erasure. Of people without consent, under age or forgotten only the pseudonym is kept.

Erasure rewrites every landing and quarantine file that holds the person; the ledger then names the
new files, and the old ones are deleted once it does.
"""

import duckdb
import pyarrow as pa

from pipeline.landing.admit import Arrival
from pipeline.landing.files import Shelf

PERSONAL = ("rows", "quarantine")
"""Kinds of files that name people; the others hold record keys only."""


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

    A minor's own quarantine entry holds nothing but the reason and stays.
    """
    erased: dict[str, int] = {}
    if con.execute("SELECT count(*) FROM newly_refused").fetchall()[0][0] == 0:
        return erased
    for file in [f for f in (*shelf.committed, *shelf.pending) if f.kind in PERSONAL]:
        theirs = "participant IN (SELECT participant FROM newly_refused)"
        if file.kind == "quarantine" and file.table == "participants":
            theirs += " AND NOT list_contains(reasons, 'minor')"
        gone = shelf.rewrite(con, file, theirs)
        if gone:
            erased[file.table] = erased.get(file.table, 0) + gone
    return erased

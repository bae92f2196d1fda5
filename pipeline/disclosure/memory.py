"""What clinics have been shown so far, and of whom each shown figure spoke: the ledger of releases.

The differencing guard holds every new release against it. It never goes back: whoever has seen a figure has seen it,
also where readers were pointed to an older version since. A version that was never published was never seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline import ledger

_DDL = """
CREATE TABLE IF NOT EXISTS released_cells (
    version VARCHAR, clinic_id VARCHAR, partition VARCHAR, cell VARCHAR, policy VARCHAR, n_shown INTEGER,
    mean DOUBLE, ci_lower DOUBLE, ci_upper DOUBLE);
CREATE TABLE IF NOT EXISTS released_members (
    version VARCHAR, clinic_id VARCHAR, partition VARCHAR, cell VARCHAR, pseudonym UUID, value BIGINT);
CREATE TABLE IF NOT EXISTS released_gone (
    version VARCHAR, clinic_id VARCHAR, partition VARCHAR, cell VARCHAR, n BIGINT);
"""

_KEY = "clinic_id, partition, cell"

_LAST = f"""
last AS (
  SELECT {_KEY}, max(version) AS version FROM released_cells
  WHERE version IN (SELECT version FROM releases WHERE action = 'publish' UNION SELECT unnest($there))
  GROUP BY ALL)"""
"""The version in which each cell was last shown. Names of versions sort by time."""


@dataclass(frozen=True)
class Released:
    """Cells as they were last shown, the people each of them spoke of, and how many of those were erased since.

    `cells`: version, clinic_id, partition, cell, policy, n_shown, mean, ci_lower, ci_upper. `members`: version,
    clinic_id, partition, cell, pseudonym (text), value. `gone`: clinic_id, partition, cell, n.
    """

    cells: pa.Table
    members: pa.Table
    gone: pa.Table


NOTHING = Released(
    pa.table({
        **{name: pa.array([], pa.string()) for name in ("version", "clinic_id", "partition", "cell", "policy")},
        "n_shown": pa.array([], pa.int32()),
        **{name: pa.array([], pa.float64()) for name in ("mean", "ci_lower", "ci_upper")},
    }),
    pa.table({
        **{name: pa.array([], pa.string()) for name in ("version", "clinic_id", "partition", "cell", "pseudonym")},
        "value": pa.array([], pa.int64()),
    }),
    pa.table({**{name: pa.array([], pa.string()) for name in ("clinic_id", "partition", "cell")},
              "n": pa.array([], pa.int64())}),
)  # fmt: skip
"""Before the first release."""


def recall(home: Path, there: Sequence[str]) -> Released:
    """What was last shown of every cell. `there`: the versions that are kept, of which a killed run may not have
    written down that they were published."""
    if not (home / ledger.LEDGER).exists():
        return NOTHING
    with ledger.opened(home) as book:
        book.execute(_DDL)
        known = {"there": list(there)}
        with_last = f"WITH {_LAST}"
        return Released(
            book.sql(f"{with_last} SELECT c.* FROM released_cells c JOIN last USING ({_KEY}, version)", params=known)
            .to_arrow_table(),
            book.sql(
                f"{with_last} SELECT m.* REPLACE (m.pseudonym::VARCHAR AS pseudonym) FROM released_members m "
                f"JOIN last USING ({_KEY}, version)", params=known,
            ).to_arrow_table(),
            book.sql(
                f"{with_last} SELECT {_KEY}, sum(n)::BIGINT AS n FROM released_gone JOIN last USING ({_KEY}, version) "
                "GROUP BY ALL", params=known,
            ).to_arrow_table(),
        )  # fmt: skip


def record(home: Path, released: Released, there: Sequence[str]) -> None:
    """Keep what a version is about to show. Call it before readers can see it: should the run be killed in between,
    the version is never among the published ones and its entries count for nothing."""
    with ledger.opened(home) as book, ledger.transaction(book):
        book.execute(_DDL)
        _drop_unseen(book, there)
        book.register("new_cells", released.cells)
        book.register("new_members", released.members)
        book.execute("INSERT INTO released_cells BY NAME SELECT * FROM new_cells")
        book.execute(
            "INSERT INTO released_members BY NAME SELECT * REPLACE (pseudonym::UUID AS pseudonym) FROM new_members"
        )
        book.unregister("new_cells")
        book.unregister("new_members")


def _drop_unseen(book: duckdb.DuckDBPyConnection, there: Sequence[str]) -> None:
    """Entries of versions that nobody ever saw, and people of figures that were shown anew since."""
    known = {"there": list(there)}
    for table in ("released_members", "released_gone", "released_cells"):
        book.execute(
            f"DELETE FROM {table} WHERE (version, {_KEY}) NOT IN "
            f"(WITH {_LAST} SELECT (version, {_KEY}) FROM last)", known,
        )  # fmt: skip


def forget(home: Path) -> bool:
    """Take everybody on the refusal list out of what is remembered; how many went is kept, for a later release
    must not tell them by their absence. True where somebody was there."""
    with ledger.opened(home) as book, ledger.transaction(book):
        book.execute(_DDL)
        refused = "pseudonym IN (SELECT participant FROM refusals)"
        book.execute(
            f"INSERT INTO released_gone SELECT version, {_KEY}, count(*) FROM released_members "
            f"WHERE {refused} GROUP BY ALL"
        )
        return bool(book.execute(f"DELETE FROM released_members WHERE {refused}").fetchall()[0][0])

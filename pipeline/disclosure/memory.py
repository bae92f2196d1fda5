"""What clinics have been shown so far, and of whom each shown figure spoke: the ledger of releases.

Whoever was in a cell is written down once, with the release from which and the one until which; so that all releases
of a year take little more room than the last, and each can still be told from every other.

The differencing guard holds every new release against it. It never goes back: whoever has seen a figure has seen it,
also where readers were pointed to an older version since. A version that was never published was never seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline import ledger
from pipeline.disclosure.side_by_side import REST

CLINICS = "clinics"
"""The `audience` of what the home's profile releases: the clinic itself, and what is told of several together. The
other is `OWN`, a clinic's own eyes. What was released for one counts when something is released for the other."""

_DDL = f"""
CREATE TABLE IF NOT EXISTS released_cells (
    version VARCHAR, clinic_id VARCHAR, partition VARCHAR, cell VARCHAR, policy VARCHAR, n_shown INTEGER,
    mean DOUBLE, ci_lower DOUBLE, ci_upper DOUBLE);
CREATE TABLE IF NOT EXISTS released_members (
    version VARCHAR, clinic_id VARCHAR, partition VARCHAR, cell VARCHAR, pseudonym UUID, value BIGINT);
CREATE TABLE IF NOT EXISTS released_gone (
    version VARCHAR, clinic_id VARCHAR, partition VARCHAR, cell VARCHAR, n BIGINT);
ALTER TABLE released_cells ADD COLUMN IF NOT EXISTS audience VARCHAR DEFAULT '{CLINICS}';
ALTER TABLE released_members ADD COLUMN IF NOT EXISTS audience VARCHAR DEFAULT '{CLINICS}';
ALTER TABLE released_gone ADD COLUMN IF NOT EXISTS audience VARCHAR DEFAULT '{CLINICS}';
ALTER TABLE released_members ADD COLUMN IF NOT EXISTS until VARCHAR;
ALTER TABLE released_gone ADD COLUMN IF NOT EXISTS until VARCHAR;
CREATE TABLE IF NOT EXISTS released_sides (
    version VARCHAR, clinic_id VARCHAR, week INTEGER, quarter VARCHAR, side VARCHAR);
"""

_MOVED = "".join(
    f"UPDATE {table} SET partition = 'needling' WHERE partition = 'depth_band' AND cell = 'none';"
    for table in ("released_cells", "released_members", "released_gone")
)
"""Who needles not stood among the depths once, as in three more tables of the same people; now they are told once."""

_KEY = "audience, clinic_id, partition, cell"

_IS_REST = f"starts_with(cell, '{REST}')"

_SEEN = "SELECT version FROM releases WHERE action = 'publish' UNION SELECT unnest($there)"
"""Versions that somebody may have looked at."""

_LAST = f"""
last AS (
  SELECT {_KEY}, max(version) AS version FROM released_cells WHERE version IN ({_SEEN}) GROUP BY ALL)"""
"""The version in which each cell was last shown. Names of versions sort by time."""


@dataclass(frozen=True)
class Released:
    """Cells as they were last shown, every release of each, the people it spoke of, and how many were erased since.

    What a release of a table withheld, taken together, is a release of its own: `rests`, its cell being their names
    (`side_by_side.rest_of`).

    `cells`: version, audience, clinic_id, partition, cell, policy, n_shown, mean, ci_lower, ci_upper. `every`: version,
    audience, clinic_id, partition, cell, policy; `rests` the same. `members`: version, until, audience, clinic_id,
    partition, cell, pseudonym (text), value: in the cell's releases from `version` on and before `until`, if that is
    given. `gone`: the same with n in place of people. `sides`: version, clinic_id, week, quarter, side: where a
    clinic stood in the funnel.
    """

    cells: pa.Table
    every: pa.Table
    rests: pa.Table
    members: pa.Table
    gone: pa.Table
    sides: pa.Table


def _table(words: str, **numbers: pa.DataType) -> pa.Table:
    # not `empty_table`, which imports pandas
    return pa.Table.from_batches([], pa.schema(dict.fromkeys(words.split(), pa.string()) | numbers))


_PLACE = "version audience clinic_id partition cell"
NOTHING = Released(
    _table(f"{_PLACE} policy", n_shown=pa.int32(), mean=pa.float64(), ci_lower=pa.float64(), ci_upper=pa.float64()),
    _table(f"{_PLACE} policy"),
    _table(f"{_PLACE} policy"),
    _table(f"until {_PLACE} pseudonym", value=pa.int64()),
    _table(f"until {_PLACE}", n=pa.int64()),
    _table("version clinic_id quarter side", week=pa.int32()),
)
"""Before the first release."""


def recall(home: Path, there: Sequence[str]) -> Released:
    """What was shown of every cell. `there`: the versions that are kept, of which a killed run may not have
    written down that they were published."""
    if not (home / ledger.LEDGER).exists():
        return NOTHING
    with ledger.opened(home) as book:
        book.execute(_DDL + _MOVED)

        def read(select: str) -> pa.Table:
            return book.sql(f"WITH {_LAST} {select}", params={"there": list(there)}).to_arrow_table()

        until = f"CASE WHEN until IN ({_SEEN}) THEN until END AS until"
        return Released(
            read(f"SELECT c.* FROM released_cells c JOIN last USING ({_KEY}, version) WHERE NOT {_IS_REST}"),
            read(f"SELECT version, {_KEY}, policy FROM released_cells WHERE version IN ({_SEEN}) AND NOT {_IS_REST}"),
            read(f"SELECT version, {_KEY}, policy FROM released_cells WHERE version IN ({_SEEN}) AND {_IS_REST}"),
            read(
                f"SELECT * REPLACE (pseudonym::VARCHAR AS pseudonym, {until}) FROM released_members "
                f"WHERE version IN ({_SEEN})"
            ),
            read(
                f"SELECT version, {until}, {_KEY}, sum(n)::BIGINT AS n FROM released_gone "
                f"WHERE version IN ({_SEEN}) GROUP BY ALL"
            ),
            read(f"SELECT * FROM released_sides WHERE version IN ({_SEEN})"),
        )


def record(home: Path, released: Released, there: Sequence[str]) -> None:
    """Keep what a version is about to show. Call it before readers can see it: should the run be killed in between,
    the version is never among the published ones and its entries count for nothing."""
    with ledger.opened(home) as book, ledger.transaction(book):
        book.execute(_DDL)
        _drop_unseen(book, there)
        book.register("new_cells", pa.concat_tables([released.cells, released.rests], promote_options="default"))
        book.register("new_members", released.members)
        book.execute("INSERT INTO released_cells BY NAME SELECT * FROM new_cells")
        book.execute(_KEEP_MEMBERS)
        book.register("new_sides", released.sides)
        book.execute("INSERT INTO released_sides BY NAME SELECT * FROM new_sides")
        for name in ("new_cells", "new_members", "new_sides"):
            book.unregister(name)


_SAME = """m.until IS NULL AND m.audience = n.audience AND m.clinic_id = n.clinic_id AND m.partition = n.partition
  AND m.cell = n.cell"""

_KEEP_MEMBERS = f"""
UPDATE released_gone m SET until = n.version FROM new_cells n WHERE {_SAME};
UPDATE released_members m SET until = n.version FROM new_cells n WHERE {_SAME} AND NOT EXISTS (
  FROM new_members p WHERE p.audience = m.audience AND p.clinic_id = m.clinic_id AND p.partition = m.partition
    AND p.cell = m.cell AND p.pseudonym::UUID = m.pseudonym AND p.value IS NOT DISTINCT FROM m.value);
INSERT INTO released_members BY NAME
SELECT n.* REPLACE (n.pseudonym::UUID AS pseudonym) FROM new_members n
WHERE NOT EXISTS (FROM released_members m WHERE {_SAME} AND m.pseudonym = n.pseudonym::UUID)"""
"""Whoever is in a cell as before stays where it is written; who left, or has another value, is closed."""


def _drop_unseen(book: duckdb.DuckDBPyConnection, there: Sequence[str]) -> None:
    """Entries of versions that nobody ever saw, and what they closed."""
    known = {"there": list(there)}
    for table in ("released_members", "released_gone", "released_cells", "released_sides"):
        book.execute(f"DELETE FROM {table} WHERE version NOT IN ({_SEEN})", known)
    for table in ("released_members", "released_gone"):
        book.execute(f"UPDATE {table} SET until = NULL WHERE until NOT IN ({_SEEN})", known)


def forget(home: Path) -> bool:
    """Take everybody on the refusal list out of what is remembered; how many went is kept, for a later release
    must not tell them by their absence. True where somebody was there."""
    with ledger.opened(home) as book, ledger.transaction(book):
        book.execute(_DDL)
        refused = "pseudonym IN (SELECT participant FROM refusals)"
        book.execute(
            f"INSERT INTO released_gone BY NAME SELECT version, until, {_KEY}, count(*) AS n FROM released_members "
            f"WHERE {refused} GROUP BY ALL"
        )
        return bool(book.execute(f"DELETE FROM released_members WHERE {refused}").fetchall()[0][0])

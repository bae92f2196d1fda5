"""Who the records of a drop speak of: pseudonyms for the ids in its files, and the people landing knows."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipeline.contract.mapping import Manifest
from pipeline.contract.staged import StagedFile
from pipeline.contract.tables import TABLES
from pipeline.landing import sql, variants
from pipeline.landing.files import Shelf

_LIKE_A_NAME = r".*@.*|[^0-9]*[A-Za-zÀ-ÿ]{2,}[ ,]+[A-Za-zÀ-ÿ]{2,}[^0-9]*"


def find(con: duckdb.DuckDBPyConnection, manifest: Manifest, staged: Sequence[tuple[int, StagedFile]]) -> list[str]:
    """Create the temporary table `people(token, participant, day_offset)`; the answer is warnings, if any.

    The table holds raw ids: it lives in the run's memory and private scratch only.
    """
    tokens = " UNION ALL ".join(_ids(staged)) or "SELECT CAST(NULL AS VARCHAR) AS token WHERE false"
    person = f"pseudonym({sql.text(manifest.people)}, token)"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE people AS SELECT token, participant, day_offset(participant) AS day_offset FROM ("
        # distinct first: a keyed hash a row would cost more than all the rest of the reading
        f"SELECT token, {person} AS participant FROM (SELECT DISTINCT token FROM ({tokens})))"
    )
    # not above: the condition would be asked of every cell, before these are made distinct
    con.execute("DELETE FROM people WHERE token IS NULL")
    ((named,),) = con.execute("SELECT count_if(regexp_full_match(token, ?)) FROM people", [_LIKE_A_NAME]).fetchall()
    if not named:
        return []
    return [
        f"{named} participant ids of source {manifest.source} look like names or mail addresses; they are "
        "pseudonymised like any other, but the sender should use ids that name nobody"
    ]


def _ids(staged: Sequence[tuple[int, StagedFile]]) -> list[str]:
    """A SELECT of the raw ids for all files that are read alike: one for each file took a minute for thousands.

    The cells are made distinct before they are made tokens: the same few thousand stand in millions of rows.
    """
    alike: dict[tuple[str, str, tuple[str, ...]], list[Path]] = {}
    scans: list[tuple[str, str, str]] = []
    for _, file in staged:
        for mapping in file.tables:
            table = TABLES[mapping.table]
            named = [h for h, n in variants.natives(table, mapping, file.headers).items() if n == "participant_id"]
            for shape in variants.of(table, mapping, file.headers)[:1]:
                token = shape.tokens["participant_id"]
                cell = sql.name(named[-1]) if named else "1"
                alike.setdefault((token, cell, file.headers), []).append(file.data)
                if file.scan is not None and file.scan.is_apart:
                    scans.append((token, cell, file.scan.rows))
    scans += [(token, cell, sql.parquet(paths)) for (token, cell, _), paths in alike.items()]
    return [f"SELECT {token} AS token FROM (SELECT DISTINCT {cell} FROM {rows})" for token, cell, rows in scans]


def find_parents(con: duckdb.DuckDBPyConnection, shelf: Shelf) -> None:
    """Create the temporary table `parents(participant, enrolled_day, diagnosis, is_refused)` of everybody known."""
    current = shelf.current(TABLES["participants"])
    con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE parents AS
SELECT participant, enrolled_day, diagnosis, false AS is_refused FROM {current}
WHERE NOT is_withdrawn AND participant NOT IN (SELECT participant FROM refusals)
UNION ALL SELECT DISTINCT participant, CAST(NULL AS INTEGER), CAST(NULL AS VARCHAR), true FROM refusals
"""
    )

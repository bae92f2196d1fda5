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
        f"SELECT token, {person} AS participant FROM (SELECT DISTINCT token FROM ({tokens}) WHERE token IS NOT NULL))"
    )
    ((named,),) = con.execute("SELECT count_if(regexp_full_match(token, ?)) FROM people", [_LIKE_A_NAME]).fetchall()
    if not named:
        return []
    return [
        f"{named} participant ids of source {manifest.source} look like names or mail addresses; they are "
        "pseudonymised like any other, but the sender should use ids that name nobody"
    ]


def _ids(staged: Sequence[tuple[int, StagedFile]]) -> list[str]:
    """A SELECT of the raw ids for all files that are read alike: one for each file took a minute for thousands."""
    alike: dict[tuple[str, tuple[str, ...]], list[Path]] = {}
    for _, file in staged:
        for mapping in file.tables:
            for shape in variants.of(TABLES[mapping.table], mapping, file.headers)[:1]:
                alike.setdefault((shape.tokens["participant_id"], file.headers), []).append(file.data)
    return [f"SELECT {token} AS token FROM {sql.parquet(paths)}" for (token, _), paths in alike.items()]


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

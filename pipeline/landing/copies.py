"""Which earlier files of a source come again in a drop, and which rows answer what was handed back.

A record without a key (a malformed line, a row without a readable date) cannot be recognised when it
comes again in order. But it is mended once its file has come again as a whole without it, or once the
row comes back that was handed to the sender with the entry's reference.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import duckdb

from pipeline.contract.mapping import Manifest
from pipeline.contract.staged import ANSWERS, REFERENCE, StagedFile, is_why_not_taken
from pipeline.landing import sql
from pipeline.landing.admit import MAX_SHRINK

_DRAWN = 1000
"""So many records tell whether a file holds again what its earlier copies brought: keys are hashes, so the
lowest of them are a fair draw."""

_AGAIN = 1 - MAX_SHRINK
"""A file that holds this share of them is a copy. Less is the next delivery under the same name."""


def reference(entry: str) -> str:
    """SQL for the reference of an entry, as `pipeline.contract.staged.REFERENCE` reads it."""
    return f"left(replace(CAST({entry} AS VARCHAR), '-', ''), 12)"


def find(
    con: duckdb.DuckDBPyConnection,
    book: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    as_of: date,
    staged: Sequence[tuple[int, StagedFile]],
) -> None:
    """Create the temporary tables `copies` and `answers`.

    `copies(earlier, number, is_same, is_as_long)`: files of the same name or bytes that this source sent before,
    and not of a later extraction. `answers(file, line, reference)`: rows that came back with their reference.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE copies (earlier UINTEGER, number UINTEGER, is_same BOOLEAN, is_as_long BOOLEAN)"
    )
    for number, file in staged:
        earlier = book.execute(
            'SELECT f.file, f.digest = $digest, f.records <= $records FROM files f JOIN drops d ON d."drop" = f."drop" '
            "WHERE d.source = $source AND d.as_of <= $as_of AND (f.name = $name OR f.digest = $digest)",
            {
                "digest": file.digest,
                "records": file.records,
                "source": manifest.source,
                "as_of": as_of,
                "name": file.name,
            },
        ).fetchall()
        if earlier:
            con.executemany("INSERT INTO copies VALUES (?, ?, ?, ?)", [[row[0], number, *row[1:]] for row in earlier])
    con.execute("CREATE OR REPLACE TEMP TABLE answers (file UINTEGER, line UINTEGER, reference VARCHAR)")
    for number, file in staged:
        for references, data in _references(con, file):
            con.execute(f'INSERT INTO answers SELECT {number}, "__line", unnest({references}) FROM {data}')


def _references(con: duckdb.DuckDBPyConnection, file: StagedFile) -> Iterator[tuple[str, str]]:
    """(SQL for the references in a row, the rows) of the records of a file that came back, and of its broken lines."""
    header = next(filter(is_why_not_taken, file.headers), None)
    if header is None:
        return
    yield f"regexp_extract_all({sql.name(header)}, {sql.text(REFERENCE)}, 1)", sql.parquet([file.data])
    if file.malformed is not None:
        broken = sql.parquet([file.malformed])
        if ANSWERS in [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {broken}").fetchall()]:
            yield ANSWERS, broken


def find_whole(con: duckdb.DuckDBPyConnection, current: str) -> None:
    """Create the temporary table `whole(earlier)`: files of this table all of which has come again in `typed`.

    `current` is a SELECT of the table's records before this drop. Where earlier copies brought nothing that is
    still there, those of `open_entries` with a key tell, and only where there is none of them either the number
    of records: records that wait for their person must not vanish with the next delivery under the same name. What a
    file of the same bytes brought is again there in any case, and says nothing of the others.
    """
    con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE whole AS
WITH brought AS (
  SELECT c.number, r.record FROM {current} r JOIN copies c ON c.earlier = r.file
  WHERE NOT r.is_withdrawn AND NOT c.is_same
  QUALIFY row_number() OVER (PARTITION BY c.number ORDER BY r.record) <= {_DRAWN}
),
known AS (
  FROM brought UNION ALL
  SELECT c.number, o.record FROM open_entries o JOIN copies c ON c.earlier = o.file
  WHERE o.record IS NOT NULL AND NOT c.is_same AND c.number NOT IN (SELECT number FROM brought)
),
again AS (
  SELECT b.number, count(*) AS n, count(t.record) AS n_again
  FROM known b LEFT JOIN (
    SELECT DISTINCT file, record FROM typed WHERE record IN (SELECT record FROM known)
  ) t ON t.file = b.number AND t.record = b.record
  GROUP BY b.number
)
SELECT DISTINCT c.earlier FROM copies c LEFT JOIN again a ON a.number = c.number
WHERE c.is_same OR CASE WHEN a.n IS NULL THEN c.is_as_long ELSE a.n_again >= {_AGAIN} * a.n END
"""
    )


def find_mended(con: duckdb.DuckDBPyConnection, as_of: date, current: str) -> None:
    """Create the temporary table `mended(entry)`: entries of `open_entries` that the drop in `fates` has answered.

    An entry of a later extraction is not: an older drop changes nothing. Nor is one that only waits for its person
    by a record with another fault: it holds once they come, until that fault is mended.
    """
    con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE gone AS
WITH said AS (
  SELECT record, bool_or(NOT is_faulty) AS is_sound FROM fates
  WHERE fate <> 'stale' AND record IN (SELECT record FROM open_entries) GROUP BY record
)
SELECT o.entry, o.file, coalesce(s.is_sound OR NOT o.waits AND s.record IS NOT NULL
  OR o.reference IN (SELECT a.reference FROM answers a JOIN fates f ON f.file = a.file AND f.line = a.line
    WHERE f.fate <> 'stale'), false) AS is_answered
FROM open_entries o LEFT JOIN said s ON s.record = o.record
WHERE o.as_of <= DATE '{as_of}' AND o.entry NOT IN (SELECT entry FROM bad)
"""
    )
    unclear = "SELECT 1 FROM gone WHERE NOT is_answered AND file IN (SELECT earlier FROM copies) LIMIT 1"
    con.execute("CREATE OR REPLACE TEMP TABLE whole (earlier UINTEGER)")
    if con.execute(unclear).fetchall():  # a look at the records costs time, and most drops leave nothing unclear
        find_whole(con, current)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE mended AS "
        "SELECT DISTINCT entry FROM gone WHERE is_answered OR file IN (SELECT earlier FROM whole)"
    )

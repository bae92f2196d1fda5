"""Records that were not taken: kept with their reasons, closed when mended, released when they heal.

An entry is known by what it holds, so that the same bad record sent again is the same entry. Of a
minor, and of a person whose consent cannot be read, nothing but the reason is kept.
"""

from collections.abc import Sequence

import duckdb

from pipeline.contract.columns import Table
from pipeline.contract.staged import StagedFile
from pipeline.contract.words import COMMON_AMONG
from pipeline.landing import admit, copies, sql
from pipeline.landing.admit import Arrival
from pipeline.landing.files import Shelf

TOKEN_LENGTH = 40
"""An offending token is told up to this many characters (contract, section 3)."""

ALIKE = 0.85
"""Jaro-Winkler similarity to a word of the vocabulary from which a token is taken for a misspelling of it."""

_MOST_DIGITS = 5
"""A token with more of them may be a telephone number or somebody's day of birth, however it is written."""

_NUMBER = r"[<>~]?[-+]?[0-9]{1,5}([.,][0-9]{1,5})?[ ]?[A-Za-zµ%/²^0-9]{0,8}"
_FIGURE = "^[<>~+-]?[0-9]|^[ivx]+[a-c]?(-| to |/|\u2013)[ivx]+[a-c]?$"
"""Numbers, and ranges of Roman stages: neither is anybody's name."""

_WORD = r"[^@0-9][^@]{0,39}"
_BARE_REASONS = ("minor", "missing_required:consent", "wrong_type:consent")


def shelve(
    con: duckdb.DuckDBPyConnection, shelf: Shelf, table: Table, arrival: Arrival, *, is_snapshot: bool = False
) -> dict[str, int]:
    """Write the quarantined records of `judged` that are not open already as of this day, and close those now mended.

    A snapshot answers for everything that it does not say again. The answer is this drop's quarantined records by
    reason, those already open included.
    """
    _collect(con, table, arrival)
    opened = (
        "SELECT entry, record, file, as_of, reasons = ['unknown_participant'] AS waits, "
        f"{copies.reference('entry')} AS reference"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE open_entries AS {opened} FROM {shelf.opened(table, arrival.source)}")
    copies.find_mended(con, arrival.as_of, shelf.current(table, arrival.source))
    if is_snapshot:
        con.execute("INSERT INTO mended SELECT entry FROM gone WHERE entry NOT IN (SELECT entry FROM mended)")
    # what a later extraction says again is known from then on: a drop in between must not answer it
    older = f"SELECT entry FROM open_entries WHERE as_of < DATE '{arrival.as_of}' AND entry IN (SELECT entry FROM bad)"
    con.execute(f"INSERT INTO mended {older}")
    new = f"SELECT * FROM bad WHERE entry NOT IN (SELECT entry FROM open_entries) OR entry IN ({older})"
    closed = f'SELECT entry, {arrival.number - 1} AS "drop" FROM mended'
    shelf.add(con, closed, table, "closed", arrival.source, arrival.number)
    shelf.add(con, new, table, "quarantine", arrival.source, arrival.number)
    return dict(
        con.execute(
            "SELECT reason, count(*) FROM (SELECT unnest(reasons) AS reason FROM bad) GROUP BY reason"
        ).fetchall()
    )


def _collect(con: duckdb.DuckDBPyConnection, table: Table, arrival: Arrival) -> None:
    """Create the temporary table `bad`: one row per quarantined record, in the shape of a quarantine file.

    `found` (reason and column in pairs) and `part` (the column of a wide row) stand beside, and are not kept.
    """
    bare = " OR ".join(f"contains(found, {sql.text(r)})" for r in _BARE_REASONS)
    stored = [n for n, _ in table.stored if n != "participant"]
    # a number out of bounds may be a telephone number in the wrong column: its token tells it, or nothing does. Few
    # records have one, which is asked once for all columns
    wild = "contains(found, 'out_of_range:') AND contains(',' || found || ',', ',out_of_range:{},')"
    kept = "".join(
        f", CASE WHEN is_bare OR {wild.format(n)} THEN NULL ELSE {sql.name(n)} END AS {sql.name(n)}" for n in stored
    )
    held = ["found", "record", "content", "participant", "part"]
    scope = [table.name, arrival.source, "entry"]
    entry = sql.keyed(scope, held)
    con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE bad AS
WITH b AS (
  SELECT * FROM judged WHERE fate = 'quarantined'
),
q AS (
  SELECT * REPLACE (CASE WHEN contains(found, 'minor:') THEN 'minor:age_years'
      WHEN is_clashing THEN 'duplicate_id:' ELSE found END AS found),
    {bare} AS is_bare, {sql.content(n for n, _ in admit.said(table))} AS content
  FROM b
),
k AS (
  SELECT * REPLACE (CASE WHEN is_bare OR tokens IS NULL THEN [] ELSE {_told()} END AS tokens) FROM q
)
SELECT {entry} AS entry, found, part, {_parts("found", 1)} AS reasons,
  list_filter({_parts("found", 2)}, lambda c: c <> '') AS columns,
  tokens, participant, record, CASE WHEN is_bare THEN NULL ELSE content END AS content, is_withdrawn, relative_days,
  CAST([] AS VARCHAR[]) AS flags, file, line, CAST({arrival.number} AS UINTEGER) AS "drop",
  DATE '{arrival.as_of}' AS as_of{kept}
FROM k
"""
    )
    _hide_names(con)
    _number_repeats(con, scope)


def _number_repeats(con: duckdb.DuckDBPyConnection, scope: Sequence[str]) -> None:
    """Of records that say the very same, each has an entry of its own: from the second on by its number in the drop.

    They are numbered by three narrow columns: a window over whole records does not fit in memory where many are bad.
    """
    con.execute(
        """
CREATE OR REPLACE TEMP TABLE said_again AS
SELECT entry, file, line, row_number() OVER (PARTITION BY entry ORDER BY file, line) AS nth
FROM bad WHERE entry IN (SELECT entry FROM bad GROUP BY entry HAVING count(*) > 1)
QUALIFY nth > 1
"""
    )
    con.execute(
        f"UPDATE bad SET entry = {sql.keyed(scope, ['bad.entry', 'a.nth'])} FROM said_again a "
        "WHERE a.entry = bad.entry AND a.file = bad.file AND a.line = bad.line"
    )


def _parts(found: str, place: int) -> str:
    """The reasons (1) or columns (2) of the faults in `found`, each once: mostly there is one, told without a list."""
    several = f"list_distinct(list_transform(string_split({found}, ','), lambda f: split_part(f, ':', {place})))"
    return f"CASE WHEN contains({found}, ',') THEN {several} ELSE [split_part({found}, ':', {place})] END"


def _told() -> str:
    """Of the tokens at fault those that look like a number or a word; never a phone number, a date, a mail."""
    shaped = f"(regexp_full_match(x.token, {sql.text(_NUMBER)}) OR regexp_full_match(x.token, {sql.text(_WORD)}))"
    faulty = "contains(',' || found || ',', ':' || x.name || ',')"
    n_digits = "length(regexp_replace(x.token, '[^0-9]', '', 'g'))"
    plain = (
        f"NOT regexp_matches(x.token, '[0-9][-./][0-9]+[-./][0-9]') AND {n_digits} <= {_MOST_DIGITS} "
        "AND length(string_split(x.token, ' ')) <= 3"
    )
    short = f"length(x.token) <= {TOKEN_LENGTH}"
    return f"list_filter(tokens, lambda x: {short} AND {faulty} AND {shaped} AND {plain})"


def _hide_names(con: duckdb.DuckDBPyConnection) -> None:
    """Drop words that may be somebody's name: unlike every word of the vocabulary, and not shared by several people."""
    con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE told_words AS
WITH w AS (
  SELECT DISTINCT x.name AS name, lower(x.token) AS word, participant
  FROM (SELECT unnest(tokens) AS x, participant FROM bad)
)
SELECT name, word FROM w GROUP BY name, word
HAVING regexp_matches(any_value(word), {sql.text(_FIGURE)}) OR count(DISTINCT participant) >= {COMMON_AMONG}
  OR EXISTS (SELECT 1 FROM known_words k WHERE k.name = w.name AND jaro_winkler_similarity(k.word, w.word) >= {ALIKE})
"""
    )
    con.execute(
        """
CREATE OR REPLACE TEMP TABLE bad AS
SELECT * EXCLUDE (told)
  REPLACE (list_filter(tokens, lambda x: list_contains(told, x.name || '=' || lower(x.token))) AS tokens)
FROM bad, (SELECT coalesce(list(name || '=' || word), []) AS told FROM told_words)
"""
    )


def shelve_malformed(
    con: duckdb.DuckDBPyConnection, shelf: Shelf, table: Table, arrival: Arrival, number: int, file: StagedFile
) -> dict[str, int]:
    """Write the lines of a file that are no records; the answer is how many by reason.

    They stand in the temporary table `broken(line, reason, entry)`.
    """
    if file.malformed is None:
        return {}
    _find_broken(con, shelf.opened(table, arrival.source), arrival.source, number, file)
    nothing = "".join(f", CAST(NULL AS {t}) AS {sql.name(n)}" for n, t in table.stored if n != "participant")
    query = f"""
SELECT entry, [reason] AS reasons, [] AS columns, [] AS tokens, NULL AS participant, NULL AS record, NULL AS content,
  false AS is_withdrawn, false AS relative_days, [] AS flags, {number} AS file, line, {arrival.number} AS "drop",
  DATE '{arrival.as_of}' AS as_of{nothing}
FROM broken
"""
    new = f"SELECT * FROM ({query}) WHERE entry NOT IN (SELECT entry FROM {shelf.opened(table, arrival.source)})"
    shelf.add(con, new, table, "quarantine", arrival.source, arrival.number)
    return dict(con.execute("SELECT reason, count(*) FROM broken GROUP BY reason").fetchall())


def _find_broken(con: duckdb.DuckDBPyConnection, opened: str, source: str, number: int, file: StagedFile) -> None:
    """Of a line that is no record nothing but its place is known, unless it came back with its entry's reference."""
    entry = sql.keyed([source, "line"], [sql.text(file.digest), 'm."__line"'])
    known = f"""
SELECT a.line, min(o.entry) AS entry FROM answers a JOIN {opened} o ON {copies.reference("o.entry")} = a.reference
WHERE a.file = {number} GROUP BY a.line
"""
    con.execute(
        f"""
CREATE OR REPLACE TEMP TABLE broken AS
SELECT m."__line" AS line, m.reason, coalesce(k.entry, {entry}) AS entry
FROM {sql.parquet([file.malformed] if file.malformed else [])} m LEFT JOIN ({known}) k ON k.line = m."__line"
"""
    )

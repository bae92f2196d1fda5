"""Deliveries to measure with: people and their sessions, with rows that are wrong on purpose, written by SQL.

Every figure follows from the row's number, so that two deliveries of one size are equal byte by byte. The people are
invented. About 2.6% of the sessions are wrong, each in one of the ways of `FAULTS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

SESSIONS_A_PERSON = 50
"""1e7 sessions are those of 200,000 people."""

PER_MILLION = 1_000_000
CHANGED_PER_MILLION = 10_000
"""Of a delivery that is sent again the next night, one row in a hundred has another value."""

COLUMNS = {
    "session_id": "VARCHAR",
    "participant_id": "VARCHAR",
    "performed_on": "DATE",
    "device": "VARCHAR",
    "needle_length_mm": "DOUBLE",
    "depth_basis": "VARCHAR",
    "setting": "VARCHAR",
    "operator": "VARCHAR",
    "region": "VARCHAR",
    "side": "VARCHAR",
    "passes": "INTEGER",
    "endpoint": "VARCHAR",
    "area_cm2": "DOUBLE",
    "pain_nrs": "INTEGER",
    "topical_delay_h": "DOUBLE",
    "new_cartridge": "BOOLEAN",
}
"""The 16 columns and the types in which DuckDB's own reader reads them."""


@dataclass(frozen=True)
class Fault:
    """What is wrong in so many rows of a million.

    `cells` replaces cells by SQL; `is_typed`: typed Parquet can hold it.
    """

    name: str
    per_million: int
    cells: Mapping[str, str]
    is_typed: bool = True


FAULTS = (
    Fault("unknown person", 5_000, {"participant_id": "'X' || (n % 997)"}),
    Fault("needle out of range", 3_000, {"needle_length_mm": "'12.5'"}),
    Fault("unknown device", 3_000, {"device": "'hammer'"}),
    Fault("no needle length", 3_000, {"needle_length_mm": "''"}),
    Fault("no setting", 1_500, {"setting": "'NA'"}),
    Fault("day in the future", 1_500, {"performed_on": "'2031-05-01'"}),
    Fault("day long before enrolment", 1_500, {"performed_on": "'2019-02-03'"}),
    Fault("pain of eleven", 1_000, {"pain_nrs": "'11'"}),
    Fault("id of another session", 1_000, {"session_id": "'S' || (n - 1)"}),
    Fault("word for a number", 2_000, {"needle_length_mm": "'half'"}, is_typed=False),
    Fault("no such day", 1_500, {"performed_on": "'2024-02-31'"}, is_typed=False),
    Fault("two numbers in a cell", 500, {"area_cm2": "'40;5'"}, is_typed=False),
)
BROKEN = {"a cell too few": 500, "a cell too many": 500, "a quote astray": 50, "bytes of no encoding": 50}
"""Lines of a text file that are no records, by a million."""

BAD_SHARE = (sum(f.per_million for f in FAULTS) + sum(BROKEN.values())) / PER_MILLION
QUOTED_PER_MILLION = 20_000
"""Good rows of the CSV with a cell in quotes: a sender's program quotes where it likes."""

_DAMAGE = "\u00a4\u00a4"
"""Stands for bytes that are no UTF-8 while DuckDB writes, which writes no such bytes itself."""
_CHUNK = 1 << 24


def people_of(sessions: int) -> int:
    return max(1, sessions // SESSIONS_A_PERSON)


def write_people(drop: Path, sessions: int) -> None:
    """A drop with everybody who has sessions."""
    _begin(drop, "csv", "2026-01-01")
    duckdb.connect().execute(
        f"""
COPY (SELECT 'P' || i AS participant_id, {_enrolled("i")} AS enrolled_on, 18 + i % 60 AS age_years,
  ['male', 'female'][1 + i % 2] AS sex, 'androgenetic_alopecia' AS diagnosis, 'yes' AS consent
FROM range({people_of(sessions)}) AS t(i)) TO '{drop}/participants.csv' (HEADER)
"""
    )


def write_sessions(drop: Path, sessions: int, fmt: str, on: str = "2026-06-30", *, changed: bool = False) -> Path:
    """A drop with `sessions` rows as csv, ndjson or parquet; `changed`: as it is sent again, 1% with another value.

    The answer is the file.
    """
    _begin(drop, fmt, on)
    path = drop / f"sessions.{fmt}"
    con = duckdb.connect()
    con.execute(f"CREATE VIEW cells AS {_cells(sessions, changed=changed, typed=fmt == 'parquet')}")
    if fmt == "parquet":
        typed = ", ".join(f"TRY_CAST(nullif({name}, '') AS {kind}) AS {name}" for name, kind in COLUMNS.items())
        con.execute(f"COPY (SELECT {typed} FROM cells) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        return path
    line = _csv_line() if fmt == "csv" else _json_line()
    draft = path.with_suffix(".draft")
    head = f"SELECT '{','.join(COLUMNS)}' AS line UNION ALL " if fmt == "csv" else ""
    raw = "(FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
    con.execute(f"COPY ({head}SELECT {line} AS line FROM cells) TO '{draft}' {raw}")
    _damage(draft, path)
    return path


def _begin(drop: Path, fmt: str, on: str) -> None:
    drop.mkdir(parents=True)
    text = f'[source]\nid = "bench"\nsimulated = true\nformat = "{fmt}"\nextracted_on = "{on}"\n'
    (drop / "source.toml").write_text(text, encoding="utf-8")


def _enrolled(person: str) -> str:
    return f"(DATE '2024-01-01' + CAST({person} % 365 AS INTEGER))"


def _pick(words: str, salt: int) -> str:
    """One of the words, drawn by the row's number."""
    listed = "[" + ", ".join(f"'{w}'" for w in words.split()) + "]"
    return f"{listed}[1 + (h >> {salt}) % {len(words.split())}]"


def _cells(sessions: int, *, changed: bool, typed: bool) -> str:
    """The rows as text: `n`, `kind` (a number that says what is wrong) and the 16 cells."""
    person = f"(h % {people_of(sessions)})"
    pain = "(h >> 20) % 11"
    again = f"hash(n, 'again') % {PER_MILLION} < {CHANGED_PER_MILLION}" if changed else "false"
    good = {
        "session_id": "'S' || n",
        "participant_id": f"'P' || {person}",
        "performed_on": f"CAST({_enrolled(person)} + CAST(hash(n, 'day') % 500 AS INTEGER) AS VARCHAR)",
        "device": _pick("dermaroller dermastamp pen_motorised dermaroller", 16),
        "needle_length_mm": _pick("0.25 0.5 0.75 1.0 1.5", 18),
        "depth_basis": _pick("nominal dial", 21),
        "setting": _pick("home home home clinic salon", 22),
        "operator": _pick("self trained", 24),
        "region": _pick("hairline crown mid_scalp temporal whole_scalp", 25),
        "side": _pick("left right both", 28),
        "passes": "CAST(1 + (h >> 30) % 12 AS VARCHAR)",
        "endpoint": _pick("none mild_erythema uniform_erythema pinpoint_bleeding", 33),
        "area_cm2": "CAST(20 + (h >> 35) % 80 AS VARCHAR) || '.5'",
        "pain_nrs": f"CAST(CASE WHEN {again} THEN ({pain} + 1) % 11 ELSE {pain} END AS VARCHAR)",
        "topical_delay_h": "CASE WHEN (h >> 40) % 3 = 0 THEN '' ELSE CAST((h >> 42) % 48 AS VARCHAR) END",
        "new_cartridge": _pick("true false", 50),
    }
    cells, low = dict(good), sum(BROKEN.values())
    for fault in FAULTS:
        high = low + fault.per_million
        if fault.is_typed or not typed:
            for name, wrong in fault.cells.items():
                cells[name] = f"CASE WHEN kind BETWEEN {low} AND {high - 1} THEN {wrong} ELSE {cells[name]} END"
        low = high
    named = ", ".join(f"{expression} AS {name}" for name, expression in cells.items())
    drawn = f"CAST(hash(i) >> 1 AS BIGINT) AS h, hash(i, 'kind') % {PER_MILLION} AS kind"
    numbered = f"SELECT i AS n, {drawn} FROM range({sessions}) AS t(i)"
    return f"SELECT n, kind, {named} FROM ({numbered})"


def _broken(lines: Mapping[str, str], good: str) -> str:
    cases, low = [], 0
    for name, per_million in BROKEN.items():
        cases.append(f"WHEN kind BETWEEN {low} AND {low + per_million - 1} THEN {lines[name]}")
        low += per_million
    return f"CASE {' '.join(cases)} ELSE {good} END"


def _csv_line() -> str:
    quoted = f"hash(n, 'quoted') % {PER_MILLION} < {QUOTED_PER_MILLION}"
    cells = [f"CASE WHEN {quoted} THEN '\"' || region || '\"' ELSE region END" if c == "region" else c for c in COLUMNS]
    good = f"concat_ws(',', {', '.join(cells)})"
    lines = {
        "a cell too few": f"concat_ws(',', {', '.join(list(COLUMNS)[:-1])})",
        "a cell too many": f"{good} || ',1'",
        "a quote astray": f"replace({good}, ',home,', ',ho\"me,')",
        "bytes of no encoding": f"replace({good}, ',self,', ',se{_DAMAGE}f,')",
    }
    return _broken(lines, good)


def _json_line() -> str:
    bare = {name for name, kind in COLUMNS.items() if kind not in ("VARCHAR", "DATE")}
    numeral = "'[-0-9.]+|true|false'"
    pairs = [
        f"CASE WHEN {c} = '' THEN NULL WHEN regexp_full_match({c}, {numeral}) THEN '\"{c}\":' || {c} "
        f"ELSE '\"{c}\":\"' || {c} || '\"' END"
        if c in bare
        else f"'\"{c}\":\"' || {c} || '\"'"
        for c in COLUMNS
    ]
    good = f"'{{' || concat_ws(',', {', '.join(pairs)}) || '}}'"
    lines = {
        "a cell too few": f"rtrim({good}, '}}')",
        "a cell too many": f"{good} || '}}'",
        "a quote astray": f'replace({good}, \'"home"\', \'"ho"me"\')',
        "bytes of no encoding": f"replace({good}, '\"self\"', '\"se{_DAMAGE}f\"')",
    }
    return _broken(lines, good)


def _damage(draft: Path, path: Path) -> None:
    """The draft with its marks turned into bytes that are no UTF-8, of the same length."""
    mark, held = _DAMAGE.encode(), b""
    with draft.open("rb") as source, path.open("wb") as target:
        while chunk := source.read(_CHUNK):
            whole, newline, held = (held + chunk).rpartition(b"\n")
            target.write((whole + newline).replace(mark, b"\xff\xfe\xff\xfe"))
        target.write(held)
    draft.unlink()

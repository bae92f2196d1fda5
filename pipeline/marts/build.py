"""Builds the tables of a version from landing: every .sql file of this folder once, in this order.

A file holds one SELECT. Reader and mart tables go into the candidate; working tables are temporary
and gone afterwards.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb

from pipeline.contract import reference
from pipeline.contract.ddl import coded_types
from pipeline.contract.tables import SESSIONS
from pipeline.engine.duckdb import quote_name, quote_text
from pipeline.errors import NeedlingError
from pipeline.marts import reference_tables
from pipeline.marts.reference_tables import ReadRows

KEYS = ("participant_key", "course_key", "session_count", "session_key")
READERS = (
    "participants", "courses", "sessions", "treatments", "outcomes", "side_effects", "events", "costs", "instruments",
)  # fmt: skip
AROUND_TIME_ZERO = ("session_days", "time_zero", "plan", "depth_switches", "session_habit", "adjuncts", "outcome_days")
MARTS = (
    "exposure", "baseline", "outcome_change", "back_of_head", "before_start", "intercurrent", "safety_answers",
    "retention", "cost", "landing_account",
)  # fmt: skip
BESIDE_SUMMARIES = ("asked_sessions", "cost_paid", "followed_needling")
SUMMARIES = (
    "safety_asked", "safety_cells", "safety_spans", "safety_unasked", "cost_amounts", "cost_told", "adherence_cells",
    "adherence_plan", "profile", "self_report",
)  # fmt: skip
"""Small tables, a row a cell and never a person: what pages read instead of rows."""
TABLES = (*READERS, *MARTS, *SUMMARIES)
"""Every table of research.duckdb but build_log, which counts them."""
VIEWS = ("safety",)
"""What readers find as a table and nothing is stored for: it follows from tables of the version."""

_STORAGE_VERSION = "v1.5.0"  # readable by the DuckDB before this one, should it have to be taken back


@cache
def statement(name: str) -> str:
    """The SELECT of `<name>.sql`."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")


def build(
    con: duckdb.DuckDBPyConnection,
    candidate: Path,
    read_rows: ReadRows = reference.rows,
    made: Callable[[str], None] = lambda name: None,
) -> dict[str, int]:
    """Write research.duckdb into the folder `candidate` from the views landing_<table> of `con`.

    `made` is told each table, working tables included, as soon as it is there. Returns the number of rows by
    table. Raises NeedlingError where the disk does not take it.
    """
    try:
        with _attached(con, candidate / "research.duckdb"):
            reference_tables.load(con, read_rows)
            _run(con, made)
            counts = _log(con)
            con.execute("CHECKPOINT candidate")
            return counts
    except (duckdb.IOException, duckdb.FatalException) as error:
        raise NeedlingError(
            f"the new version could not be written to {candidate}; make room there or in NEEDLING_SCRATCH and run again"
        ) from error


def _run(con: duckdb.DuckDBPyConnection, made: Callable[[str], None]) -> None:
    _code_sessions(con)
    for names, temporary in (
        (KEYS, True), (READERS, False), (AROUND_TIME_ZERO, True), (MARTS, False), (BESIDE_SUMMARIES, True),
        (SUMMARIES, False),
    ):  # fmt: skip
        for name in names:
            _create(con, name, temporary=temporary)
            made(name)
    for name in VIEWS:
        con.execute(f"CREATE VIEW candidate.main.{name} AS\n{statement(name)}")


def _code_sessions(con: duckdb.DuckDBPyConnection) -> None:
    """The view coded_sessions: landing's sessions, their words as codes of one byte, which sort and write faster.

    A word that the vocabulary does not know becomes NULL here; the expectations find it in landing.
    """
    coded = ", ".join(
        f"TRY_CAST({quote_name(name)} AS {kind}) AS {quote_name(name)}" for name, kind in coded_types(SESSIONS).items()
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW coded_sessions AS SELECT * REPLACE ({coded}) FROM landing_sessions")


def _create(con: duckdb.DuckDBPyConnection, name: str, *, temporary: bool = False) -> None:
    head = f"CREATE OR REPLACE TEMP TABLE {quote_name(name)}" if temporary else f"CREATE TABLE candidate.main.{name}"
    con.execute(f"{head} AS\n{statement(name)}")


def _log(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    counts: dict[str, int] = {}
    con.execute("CREATE TABLE candidate.main.build_log (table_name VARCHAR, n_rows BIGINT)")
    for name in TABLES:
        found = con.execute(f"SELECT count(*) FROM candidate.main.{quote_name(name)}").fetchall()
        counts[name] = int(found[0][0])
        con.execute("INSERT INTO candidate.main.build_log VALUES (?, ?)", [name, counts[name]])
    return counts


@contextmanager
def _attached(con: duckdb.DuckDBPyConnection, file: Path) -> Iterator[None]:
    """The file attached as `candidate` and first on the search path, so that the SELECTs name plain tables."""
    home = con.execute("SELECT current_database(), current_schema()").fetchall()[0]
    here = ".".join(quote_name(part) for part in home)
    con.execute(f"ATTACH {quote_text(str(file))} AS candidate (STORAGE_VERSION {quote_text(_STORAGE_VERSION)})")
    try:
        con.execute(f"SET search_path = {quote_text('candidate.main,' + here)}")
        yield
    finally:
        con.execute(f"SET search_path = {quote_text(here)}")
        for name in (*KEYS, *AROUND_TIME_ZERO, *BESIDE_SUMMARIES):
            con.execute(f"DROP TABLE IF EXISTS temp.{quote_name(name)}")
        con.execute("DROP VIEW IF EXISTS temp.coded_sessions")
        reference_tables.unload(con)
        con.execute("DETACH candidate")

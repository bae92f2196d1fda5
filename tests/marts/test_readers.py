"""Reader tables: landing as people may read it, with small keys and days from enrolment."""

from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from pipeline.contract import reference
from pipeline.contract.ddl import coded_types
from pipeline.contract.tables import TABLES
from pipeline.errors import NeedlingError
from pipeline.marts.build import TABLES as BUILT
from pipeline.marts.build import build, statement
from tests.marts.landing_text import Landing, key

STATEMENTS = Path(__file__).parents[2] / "pipeline" / "marts"
NOT_STORED_AS_SENT = {"participant", "enrolled_day", "course", "session"}


@pytest.mark.parametrize("table", list(TABLES))
def test_a_reader_table_has_every_stored_column_of_the_contract(landing: Landing, table: str) -> None:
    landing.build()
    kinds = {name: kind for name, kind, *_ in landing.query(f"DESCRIBE {table}")}
    coded = coded_types(TABLES[table]) if table == "sessions" else {}
    for name, kind in TABLES[table].stored:
        if name not in NOT_STORED_AS_SENT:
            assert kinds[name] == coded.get(name, kind)
    assert "enrolled_day" not in kinds
    assert "record" not in kinds


def test_shifted_days_come_out_as_days_from_enrolment_and_relative_ones_as_they_are(landing: Landing) -> None:
    landing.people("ann", enrolled_day="5000", observed_until_day="5400")
    landing.add(
        "sessions",
        """
        who | performed_day | relative_days
        ann | 5003          | false
        ann | 10            | true
    """,
    )
    landing.add(
        "treatments",
        """
        who | treatment | started_from_day | started_to_day | relative_days
        ann | prp       | 4900             | 4930           | false
    """,
    )
    landing.build()
    assert landing.query("SELECT performed_day FROM sessions ORDER BY session_id") == [(3,), (10,)]
    assert landing.query("SELECT started_from_day, started_to_day, asked_day FROM treatments") == [(-100, -70, None)]
    assert landing.of("participants", "observed_until_day") == {"ann": 400}


def test_keys_are_small_numbers_in_order_and_references_follow(landing: Landing) -> None:
    landing.people("ann", "bob")
    landing.add(
        "courses",
        """
        who | id | started_day
        bob | c1 | 0
    """,
    )
    landing.add(
        "sessions",
        """
        who | id | performed_day | course
        bob | s2 | 7             | c1
        bob | s1 | 0             | c1
        ann | s3 | 0             | missing
    """,
    )
    landing.add(
        "side_effects",
        """
        who | session | effect
        bob | s2      | redness
    """,
    )
    landing.build()
    order = sorted(("ann", "bob"), key=key)
    assert list(landing.of("participants", "participant_id")) == order
    found = landing.query(
        "SELECT session_id, participant_id, performed_day, course_id FROM sessions ORDER BY session_id"
    )
    bob, ann = order.index("bob") + 1, order.index("ann") + 1
    rows = sorted([(bob, 0, 1), (bob, 7, 1), (ann, 0, None)], key=lambda row: row[:2])
    assert found == [(place + 1, *row) for place, row in enumerate(rows)]
    second_of_bob = [row[0] for row in found if row[1:3] == (bob, 7)]
    assert landing.query("SELECT session_id FROM side_effects") == [tuple(second_of_bob)]


def test_stages_have_a_rank_and_salt_is_its_own(landing: Landing) -> None:
    landing.people("ann", staging_scale="norwood", stage="II")
    landing.people("bob", staging_scale="salt", stage="40")
    landing.people("cat")
    landing.build()
    ranks = landing.of("participants", "stage_rank, is_early")
    assert ranks["ann"][1] is True
    assert ranks["ann"][0] == next(
        int(row["rank"]) for row in reference.rows("stages") if (row["scale"], row["code"]) == ("norwood", "II")
    )
    assert ranks["bob"] == (40, None)
    assert ranks["cat"] == (None, None)


def test_a_person_described_by_two_sources_is_one_participant(landing: Landing) -> None:
    landing.add(
        "participants",
        """
        who | id | source | enrolled_day | observed_until_day
        ann | a  | south  | 10           | 500
        ann | b  | north  | 10           | 300
        ann | c  | east   |              |
    """,
    )
    landing.build()
    assert landing.of("participants", "source, observed_until_day") == {"ann": ("north", 490)}


def test_the_account_is_measured_on_landing_and_agrees_with_the_version(landing: Landing) -> None:
    landing.people("ann", "bob")
    landing.add(
        "sessions",
        """
        who | performed_day | needle_length_mm
        ann | 0             | 0.50
        ann | 1             | 1.50
        bob | 0             | 0.25
    """,
    )
    landing.add(
        "costs",
        """
        who | item   | amount
        bob | device | 19.99
    """,
    )
    landing.build()
    account = {row[0]: row[1:] for row in landing.query("SELECT * FROM landing_account")}
    assert set(account) == set(TABLES)
    assert account["sessions"] == (3, 2, 225)
    assert account["costs"] == (1, 1, 1999)
    assert account["participants"] == (2, 2, 0)
    assert dict(landing.query("SELECT table_name, n_rows FROM build_log")) == landing.counts


def test_words_of_sessions_are_codes_that_sort_as_text_and_an_unknown_one_is_missing(landing: Landing) -> None:
    landing.people("ann")
    landing.add(
        "sessions",
        """
        who | performed_day | device        | setting
        ann | 0             | rf_fractional | home
        ann | 1             | dermaroller   | salon
        ann | 2             | hammer        | clinic
    """,
    )
    landing.build()
    assert landing.query("SELECT device, setting FROM sessions ORDER BY setting") == [
        (None, "clinic"),
        ("rf_fractional", "home"),
        ("dermaroller", "salon"),
    ]
    assert landing.query("SELECT min(device), max(device) FROM safety") == [("dermaroller", "rf_fractional")]


def test_sessions_are_numbered_person_by_person_and_day_by_day(landing: Landing) -> None:
    landing.people("ann", "bob", "cat")
    landing.add(
        "sessions",
        """
        who | performed_day | id
        cat | 3             | c
        ann | 9             | d
        ann | 2             | a
        cat | 1             | f
        ann | 9             | b
    """,
    )
    landing.add(
        "side_effects",
        """
        who | session | effect
        cat | c       | redness
        ann | f       | redness
    """,
    )
    landing.build()
    found = landing.query("SELECT session_id, participant_id, performed_day FROM sessions ORDER BY session_id")
    assert [number for number, _, _ in found] == [1, 2, 3, 4, 5]
    assert [row[1:] for row in found] == sorted(row[1:] for row in found)
    number_of = {(person, day): number for number, person, day in found}
    person_of = landing.of("participants", "participant_id")
    named = landing.of("side_effects", "session_id")
    assert named == {"ann": None, "cat": number_of[person_of["cat"], 3]}  # ann names a session of somebody else


def test_every_statement_says_its_grain_on_its_first_line() -> None:
    for file in STATEMENTS.glob("*.sql"):
        assert statement(file.stem).startswith("-- grain: "), file.name


def test_the_connection_is_left_as_it_was(landing: Landing) -> None:
    landing.build()
    assert landing.con.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall() == []
    assert ("candidate",) not in landing.con.execute("SELECT database_name FROM duckdb_databases()").fetchall()
    landing.con.execute("CREATE TABLE here AS SELECT 1 AS a")
    assert landing.con.execute("SELECT database_name FROM duckdb_tables() WHERE table_name = 'here'").fetchall() == [
        ("memory",)
    ]


def test_the_committed_reference_tables_load(landing: Landing, tmp_path: Path) -> None:
    landing.people("ann")
    for day in ("0", "7", "14"):
        landing.add_row("sessions", {"who": "ann", "performed_day": day})
    landing.build()
    again = tmp_path / "again"
    again.mkdir()
    counts = build(landing.con, again)
    assert set(counts) == set(BUILT)
    assert counts["instruments"] == len(reference.rows("instruments"))
    assert counts["exposure"] == len(reference.rows("landmarks"))
    with duckdb.connect(str(again / "research.duckdb"), read_only=True) as con:
        steps = con.execute("SELECT DISTINCT milli_per_step FROM instruments").fetchall()
    assert {step for (step,) in steps} <= {1, 10, 100, 1000}


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("depth_bands", "low_mm", "high_mm"), ("frequency_bands", "low_per_week", "high_per_week")],
)
def test_bands_touch_without_overlap(name: str, low: str, high: str) -> None:
    bands = sorted((float(row[low]), float(row[high])) for row in reference.rows(name))
    assert all(before[1] == after[0] for before, after in pairwise(bands))


def test_a_candidate_that_cannot_be_written_is_reported(landing: Landing, tmp_path: Path) -> None:
    landing.build()
    with pytest.raises(NeedlingError, match="make room"):
        build(landing.con, tmp_path / "missing")

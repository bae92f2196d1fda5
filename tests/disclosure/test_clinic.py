"""Clinic counts: small ones are not there at all, the rest are rounded, and nothing adds up to them."""

from pathlib import Path

import duckdb
import pytest

from pipeline.config import Settings, load
from pipeline.disclosure import clinic
from pipeline.disclosure.policy import STRICT, suppress


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(tmp_path / "home", {"NEEDLING_SCRATCH": "/var/tmp", "NEEDLING_MEMORY_MB": "256"})


def research(folder: Path, people: dict[str, int], *, with_sessions: int = 0, consent: str = "TRUE") -> None:
    """A research file with that many people a clinic, the first `with_sessions` of each with sessions and follow-up."""
    with duckdb.connect(str(folder / "research.duckdb")) as con:
        con.execute("CREATE TABLE participants (participant_id INTEGER, clinic_id VARCHAR, consent_benchmark BOOLEAN)")
        con.execute("CREATE TABLE sessions (participant_id INTEGER)")
        con.execute("CREATE TABLE outcome_change (participant_id INTEGER)")
        for number, (name, n) in enumerate(people.items()):
            first = number * 1000
            con.execute(f"INSERT INTO participants SELECT {first} + i, ?, {consent} FROM range(?) AS t(i)", [name, n])
            for table in ("sessions", "outcome_change"):
                con.execute(f"INSERT INTO {table} SELECT {first} + i FROM range(?) AS t(i), range(3)", [with_sessions])


def overview(folder: Path) -> dict[tuple[str, str], tuple[int | None, bool]]:
    with duckdb.connect(str(folder / "clinic.duckdb"), read_only=True) as con:
        rows = con.execute("SELECT clinic_id, measure, n_shown, is_suppressed FROM clinic_overview").fetchall()
    return {(where, what): (n, hidden) for where, what, n, hidden in rows}


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, None), (1, None), (10, None), (11, 10), (12, 10), (13, 15), (17, 15), (18, 20), (1002, 1000)],
)
def test_strict_suppresses_up_to_ten_and_rounds_the_rest_to_five(count: int, shown: int | None) -> None:
    result = suppress(count)
    assert (result.n_shown, result.is_suppressed) == (shown, shown is None)
    assert result.rule == "strict: 0 to 10 suppressed, rounded to 5"


def test_the_file_agrees_with_the_policy_for_every_count(tmp_path: Path, settings: Settings) -> None:
    research(tmp_path, {f"c{n}": n for n in range(1, 40)})
    clinic.write(settings, tmp_path)
    shown = overview(tmp_path)
    for n in range(1, 40):
        expected = suppress(n)
        assert shown[f"c{n}", "participants"] == (expected.n_shown, expected.is_suppressed)


def test_people_are_counted_once_however_many_rows_they_have(tmp_path: Path, settings: Settings) -> None:
    research(tmp_path, {"north": 40}, with_sessions=20)
    clinic.write(settings, tmp_path)
    assert overview(tmp_path) == {
        ("north", "participants"): (40, False),
        ("north", "participants_with_sessions"): (20, False),
        ("north", "participants_with_followup"): (20, False),
    }


def test_nobody_counts_without_consent_to_benchmarks(tmp_path: Path, settings: Settings) -> None:
    research(tmp_path, {"north": 40}, consent="CASE WHEN i < 15 THEN TRUE WHEN i < 30 THEN FALSE END")
    clinic.write(settings, tmp_path)
    assert overview(tmp_path)["north", "participants"] == (15, False)


def test_the_file_holds_no_totals_and_nothing_but_its_own_tables(tmp_path: Path, settings: Settings) -> None:
    research(tmp_path, {"north": 40, "south": 3}, with_sessions=2)
    clinic.write(settings, tmp_path)
    assert {name for name, _ in overview(tmp_path)} == {"north", "south"}
    assert overview(tmp_path)["south", "participants"] == (None, True)
    with duckdb.connect(str(tmp_path / "clinic.duckdb"), read_only=True) as con:
        tables = con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        rules = con.execute("SELECT DISTINCT rule FROM clinic_overview").fetchall()
    assert tables == [(name,) for name in clinic.TABLES]
    assert rules == [(STRICT.rule,)]

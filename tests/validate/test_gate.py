import shutil
from pathlib import Path

import duckdb
import pytest

from expectations import SUITES
from pipeline.contract.gate import GateReport, RuleResult
from pipeline.errors import UsageError
from pipeline.validate import gate
from pipeline.validate.rules import Check, Drift, Groups, Matches, Measure, NotNull, Rows, Rule, Suite
from tests.validate import good_home

Home = tuple[Path, Path]


def one(check: Check, severity: str = "warning", table: str = "build_log") -> list[Suite]:
    """A suite of one rule on a table that the contract says nothing of."""
    assert severity in ("critical", "warning")
    rule = Rule("the.rule", severity, "What must hold, and why.", check)  # type: ignore[arg-type]
    return [Suite(table, (rule,), is_mart=True)]


def judged(candidate: Path, docs: Path, suites: list[Suite], previous: Path | None = None) -> RuleResult:
    report = gate.run(candidate, None, previous, docs, suites=suites)
    return report.results[-1]


def changed(good: Home, folder: Path, statement: str) -> Path:
    candidate = Path(shutil.copy(good[0], folder / "research.duckdb"))
    with duckdb.connect(str(candidate)) as con:
        con.execute(statement)
    return candidate


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.duckdb, which is no file"):
        gate.run(tmp_path / "nowhere.duckdb", None, None, tmp_path)


def test_an_empty_home_has_nothing_wrong_with_it(tmp_path: Path) -> None:
    candidate, landing = good_home.make(tmp_path / "home", with_rows=False)
    report = gate.run(candidate, landing, candidate, tmp_path / "docs")
    assert [(result.table, result.rule, result.error) for result in report.failed] == []
    assert {result.n_rows for result in report.results if result.table == "sessions"} == {0}


def test_days_that_a_corrected_enrolment_moved_are_told_and_stop_nothing(good: Home, tmp_path: Path) -> None:
    candidate = changed(good, tmp_path, "UPDATE sessions SET performed_day = -367 WHERE rowid = 0")
    with duckdb.connect(str(candidate)) as con:
        con.execute("UPDATE outcomes SET assessed_day = -367 WHERE rowid = 0")
    suites = [suite for suite in SUITES if suite.table in ("sessions", "outcomes")]
    report = gate.run(candidate, None, None, tmp_path / "docs", suites=suites)
    assert {result.rule for result in report.failed} == {"sessions.day_admitted", "outcomes.day_admitted"}
    assert report.passed


def test_landing_may_be_views_over_parquet(good: Home, tmp_path: Path) -> None:
    views = tmp_path / "views.duckdb"
    with duckdb.connect(str(views)) as con:
        con.execute(f"ATTACH '{good[1]}' AS good (READ_ONLY)")
        for table in good_home.ROWS:
            con.execute(f"COPY good.landing_{table} TO '{tmp_path / table}.parquet'")
            con.execute(f"CREATE VIEW landing_{table} AS SELECT * FROM '{tmp_path / table}.parquet'")
        con.execute("DETACH good")
    suites = [suite for suite in SUITES if suite.table in ("participants", "events")]
    report = gate.run(good[0], views, None, tmp_path / "docs", suites=suites)
    assert report.failed == ()
    assert {"landing_participants", "landing_events"} <= {result.table for result in report.results}


def test_a_missing_table_fails_once_and_is_critical(good: Home, tmp_path: Path) -> None:
    candidate = changed(good, tmp_path, "DROP VIEW safety")
    suites = [suite for suite in SUITES if suite.table == "safety"]
    report = gate.run(candidate, None, None, tmp_path / "docs", suites=suites)
    assert [(result.rule, result.severity, result.error) for result in report.results] == [
        ("safety.exists", "critical", None)
    ]
    assert not report.passed


@pytest.mark.parametrize(
    "check",
    [
        NotNull("no_such_column"),
        Rows("b.no_such_column > 1"),
        Groups("SELECT no_such_column FROM {batch}"),
        Measure("SELECT avg(no_such_column) FROM {batch}", high=1),
        Rows("1 / 0 > 'much'"),
    ],
    ids=["column", "condition", "groups", "measure", "conversion"],
)
def test_a_check_that_raises_is_broken_and_not_dirty_data(check: Check, good: Home, tmp_path: Path) -> None:
    result = judged(good[0], tmp_path / "docs", one(check))
    assert result.error
    assert result.severity == "critical"
    assert not result.success
    assert result.n_unexpected is None


def test_the_text_of_an_error_that_may_quote_data_is_left_out(good: Home, tmp_path: Path) -> None:
    result = judged(good[0], tmp_path / "docs", one(Rows("CAST(b.table_name AS INTEGER) = 1")))
    assert result.error is not None
    assert "sessions" not in result.error
    assert "sessions" not in (tmp_path / "docs" / "index.html").read_text()


def test_a_broken_check_leaves_the_others_alone(good: Home, tmp_path: Path) -> None:
    rules = (
        Rule("a.broken", "warning", "A.", Rows("b.no_such_column")),
        Rule("b.fine", "warning", "B.", Rows("b.n_rows < 0")),
        Rule("c.fails", "warning", "C.", Rows("b.table_name = 'sessions'")),
    )
    report = gate.run(good[0], None, None, tmp_path / "docs", suites=[Suite("build_log", rules, is_mart=True)])
    outcomes = {result.rule: (result.success, result.n_unexpected) for result in report.results[1:]}
    assert outcomes == {"a.broken": (False, None), "b.fine": (True, 0), "c.fails": (False, 1)}


def test_drift_is_measured_without_bounds_before_the_first_version(good: Home, tmp_path: Path) -> None:
    check = Drift("SELECT count(*) FROM {batch}", fall=0.2)
    result = judged(good[0], tmp_path / "docs", one(check, table="instruments"))
    assert result.success
    assert result.observed == result.n_rows


def test_drift_from_a_version_of_another_make_is_not_a_fault(good: Home, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    previous = changed(good, tmp_path / "old", "ALTER TABLE instruments DROP COLUMN margin")
    check = Drift("SELECT avg(margin) FROM {batch}", shift=0.1)
    assert judged(good[0], tmp_path / "docs", one(check, table="instruments"), previous).success


def test_drift_beyond_its_bound_is_found_both_ways(good: Home, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    previous = changed(good, tmp_path / "old", "UPDATE sessions SET needle_length_mm = 1.5")
    check = Drift("SELECT avg(needle_length_mm) FROM {batch}", shift=0.25)
    suites = [Suite("sessions", (Rule("the.rule", "warning", "Depth stays.", check),), is_mart=True)]
    down = judged(good[0], tmp_path / "docs", suites, previous)
    up = judged(previous, tmp_path / "docs", suites, good[0])
    assert (down.success, down.observed) == (False, 0.5)
    assert (up.success, up.observed) == (False, 1.5)


def test_a_table_that_cannot_be_measured_at_landing_is_a_broken_check(good: Home, tmp_path: Path) -> None:
    check = Matches("SELECT count(*) FROM {batch}", "SELECT count(*) FROM landing_nothing")
    report = gate.run(good[0], good[1], None, tmp_path / "docs", suites=one(check))
    assert report.results[-1].error
    assert not report.passed


def test_warnings_publish_and_critical_rules_do_not(good: Home, tmp_path: Path) -> None:
    fails = Rows("b.n_rows >= 0")
    assert gate.run(good[0], None, None, tmp_path, suites=one(fails, "warning")).passed
    assert not gate.run(good[0], None, None, tmp_path, suites=one(fails, "critical")).passed


def test_nothing_is_printed_and_no_connection_is_left(
    good: Home, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    candidate = changed(good, tmp_path, "CHECKPOINT")
    gate.run(candidate, None, None, tmp_path / "docs", suites=[s for s in SUITES if s.table == "sessions"])
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
    with duckdb.connect(str(candidate), config={"memory_limit": "123MiB"}) as writer:
        writer.execute("CREATE TABLE afterwards (i INTEGER)")


def test_the_report_as_json() -> None:
    report = GateReport(
        (
            RuleResult("a", "sessions", "warning", "A.", success=False, n_unexpected=3, n_rows=9, observed=0.5),
            RuleResult("b", "sessions", "critical", "B.", success=False, error="broken"),
            RuleResult("c", "sessions", "critical", "C.", success=True, n_unexpected=0, n_rows=9),
        )
    )
    document = report.to_json()
    assert (document["passed"], document["n_rules"]) == (False, 3)
    assert [failure["rule"] for failure in document["failed"]] == ["b", "a"]
    assert document["failed"][1] == {
        "rule": "a",
        "table": "sessions",
        "severity": "warning",
        "sentence": "A.",
        "n_unexpected": 3,
        "observed": 0.5,
        "error": None,
    }

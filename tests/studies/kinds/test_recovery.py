"""Side effects: counted per session asked, over by an hour as far as anybody knows, and silent where few were asked."""

import math
from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest
from scipy import stats

from benchmarks.verdicts import sessions_world
from benchmarks.verdicts.sessions_world import SPREAD
from pipeline.contract.results import REASONS, Comparison, Estimate
from pipeline.studies.claims.claims import Judgement, verdicts
from pipeline.studies.estimators.reasons import REASONS as ESTIMATION
from pipeline.studies.preview import preview
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.study import run_study
from tests.studies import world

DAY = find_study("c5-within-a-day")


def over_by(hours: float, median: float) -> float:
    return float(stats.norm.cdf(math.log(hours / median) / (SPREAD * math.sqrt(2))))


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        world.build(connection, 800)
        sessions_world.add(connection, 800)
        yield connection


def named(found: Comparison, name: str) -> Estimate:
    return next(e for e in found.estimates if e.contrast == name)


def holds(estimate: Estimate, truth: float) -> bool:
    assert estimate.ci_lower is not None
    assert estimate.ci_upper is not None
    return estimate.ci_lower < truth < estimate.ci_upper


def test_shares_and_rates_are_those_of_the_world(con: duckdb.DuckDBPyConnection) -> None:
    found = run_study(con, DAY, "v1")
    assert holds(found.estimates[0], over_by(24, 16))
    assert found.estimates[0].role == "headline"
    assert holds(named(found, "over within 72 h"), over_by(72, 16))
    assert holds(named(found, "a side effect"), 0.5)
    assert holds(named(found, "0.45 to 0.60 mm: a side effect"), 0.5)
    assert holds(named(found, "1.40 to 1.60 mm: over within 24 h"), over_by(24, 16))
    assert found.diagnostics["median_hours"] == pytest.approx(16, abs=2)
    assert found.diagnostics["sessions"]["asked_share"] == pytest.approx(0.8, abs=0.03)
    assert all(e.reason in REASONS | ESTIMATION for e in found.estimates if not e.is_given)
    found.to_json()


def test_who_complains_unasked_was_not_asked(con: duckdb.DuckDBPyConnection) -> None:
    found = run_study(con, DAY, "v1")
    (asked,) = con.execute("SELECT count(*) FROM side_effects WHERE solicited = 'checklist'").fetchall()[0]
    assert found.diagnostics["sessions"]["asked"] == asked
    (all_,) = con.execute("SELECT count(*) FROM side_effects").fetchall()[0]
    assert all_ > asked


def test_people_are_the_units_that_vary(con: duckdb.DuckDBPyConnection) -> None:
    share = run_study(con, DAY, "v1").estimates[0]
    n = run_study(con, DAY, "v1").diagnostics["contrasts"][0]["n"]
    assert share.estimate is not None
    assert share.std_error is not None
    assert share.std_error > 1.2 * math.sqrt(share.estimate * (1 - share.estimate) / n)


@pytest.mark.parametrize(
    ("how", "study", "expected"),
    [
        ({"asked": 0.4}, "c5-within-a-day", "not answerable"),
        ({"asked": 0.0}, "c5-within-a-day", "not answerable"),
        ({"people": 12, "median": 22.0}, "c5-within-a-day", "not enough people"),
    ],
)
def test_what_few_were_asked_or_say_is_no_verdict(how: dict[str, float], study: str, expected: Judgement) -> None:
    people = int(how.pop("people", 800))
    with duckdb.connect() as con:
        world.build(con, 800)
        sessions_world.add(con, people, **how)  # type: ignore[arg-type]
        protocol = find_study(study)
        (verdict,) = verdicts([(protocol, run_study(con, protocol))])
    assert verdict.judgement == expected


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("DELETE FROM sessions", "nobody_asked"),
        ("DELETE FROM side_effects", "nobody_asked"),
        ("UPDATE side_effects SET effect = 'none'", "too_few"),
        ("UPDATE side_effects SET effect = 'pain'", "too_few"),
        ("UPDATE side_effects SET resolved_after_hours = NULL, still_present_at_hours = NULL", "under_half_timed"),
        ("UPDATE side_effects SET solicited = 'spontaneous'", "nobody_asked"),
        ("UPDATE exposure SET is_prevalent = true", "nobody_asked"),
    ],
)
def test_what_cannot_be_answered_says_why(spoil: str, reason: str) -> None:
    with duckdb.connect() as con:
        world.build(con, 100)
        sessions_world.add(con, 100)
        con.execute(spoil)
        found = run_study(con, DAY)
    assert (found.reason, found.estimates[0].estimate, found.gate) == (reason, None, "fail")


def test_where_the_data_leave_it_open_the_interval_holds_both() -> None:
    with duckdb.connect() as con:
        world.build(con, 400)
        sessions_world.add(con, 400, told=0.0)
        con.execute("UPDATE side_effects SET asked_after_hours = 48, resolved_after_hours = 48 "
                    "WHERE resolved_after_hours IS NOT NULL")  # fmt: skip
        con.execute("UPDATE side_effects SET still_present_at_hours = 12 WHERE still_present_at_hours IS NOT NULL")
        found = run_study(con, DAY)
    main = found.estimates[0]
    assert main.estimate == 0
    assert main.ci_upper is not None
    assert main.ci_upper > 0.9
    assert found.gate == "caution"
    assert "not known on which side" in found.warnings[0]
    (verdict,) = verdicts([(DAY, found)])
    assert verdict.judgement == "inconclusive"


def test_an_answer_asked_twice_is_an_interval() -> None:
    with duckdb.connect() as con:
        world.build(con, 60)
        sessions_world.add(con, 60, chance=0.0, asked=1.0)
        con.execute("UPDATE side_effects SET effect = 'redness', asked_after_hours = 20, still_present_at_hours = 20")
        con.execute("INSERT INTO side_effects SELECT participant_id, session_id, 'open', 'redness', 40, 40, NULL "
                    "FROM side_effects")  # fmt: skip
        found = run_study(con, DAY)
    assert found.estimates[0].estimate == 0
    assert found.estimates[0].ci_upper == 1
    assert named(found, "over within 72 h").estimate == 1


def test_before_the_answers_only_who_was_asked_is_told(con: duckdb.DuckDBPyConnection) -> None:
    seen = preview(con, DAY)
    assert seen["reason"] == "unknown_before_the_answers"
    assert seen["sessions"]["asked"] > 0
    con.execute("BEGIN; UPDATE side_effects SET effect = 'redness', resolved_after_hours = 3")
    assert preview(con, DAY) == seen
    con.execute("ROLLBACK")


def test_the_same_bits_for_any_number_of_threads(con: duckdb.DuckDBPyConnection) -> None:
    many = run_study(con, DAY)
    con.execute("SET threads = 1")
    assert run_study(con, DAY) == many
    con.execute("RESET threads")


def test_filters_hold_here_too(con: duckdb.DuckDBPyConnection) -> None:
    women = replace(DAY, people=replace(DAY.people, where=("sex=female", "device=dermaroller")))
    found = run_study(con, women)
    steps = dict(found.attrition)
    assert steps["match the filters on people"] < steps["all participants"]
    assert found.estimates[0].is_given

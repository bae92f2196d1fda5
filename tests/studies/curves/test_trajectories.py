"""Courses over the visits where the truth is known: who left counts, and arms are set side by side only if alike."""

import json
from collections.abc import Iterator

import duckdb
import pytest

from pipeline.contract.curves import Trajectories
from pipeline.contract.results import REASONS
from pipeline.studies.contrasts.compare import ask
from pipeline.studies.curves.trajectories import trajectories
from pipeline.studies.estimators.reasons import REASONS as ESTIMATION
from pipeline.studies.study import compare_adjusted
from tests.studies import small_version, world

NEEDLING = "0_45_to_0_60"


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        world.build(connection, 3000)
        yield connection


@pytest.fixture(scope="module")
def found(con: duckdb.DuckDBPyConnection) -> Trajectories:
    return trajectories(con, "depth", "hair_density", 24)


def true(con: duckdb.DuckDBPyConnection, week: int, needles: bool) -> float:
    """Mean of all people of the arm, seen or not."""
    sql = f"SELECT avg(week{week}) / 1000 FROM person WHERE needles = $needles"
    return float(con.execute(sql, {"needles": needles}).fetchall()[0][0])


def test_those_who_left_count_in_an_arms_own_mean(found: Trajectories, con: duckdb.DuckDBPyConnection) -> None:
    for arm in found.arms:
        for visit in arm.own:
            truth = true(con, visit.week, arm.arm == NEEDLING)
            assert abs(visit.mean - truth) < 2.8 * visit.std_error  # type: ignore[operator]  # never withheld here
            assert visit.ci_lower < visit.mean < visit.ci_upper  # type: ignore[operator]  # never withheld here
    stayed = con.execute("SELECT avg(week24) / 1000 FROM person WHERE needles AND NOT leaves").fetchall()[0][0]
    (needling,) = (arm for arm in found.arms if arm.arm == NEEDLING)
    assert stayed - needling.own[-1].mean > 0.8, "the mean of those who stayed is another one"  # type: ignore[operator]  # never withheld here


def test_arms_made_alike_end_at_the_repeated_measures_of_the_comparison(
    found: Trajectories, con: duckdb.DuckDBPyConnection
) -> None:
    ends = {arm.arm: arm.alike[-1].mean for arm in found.arms}
    asked = ask(con, "depth", "hair_density", 24, (), None, "none")
    beside = compare_adjusted(con, asked, sensitivity=False).estimates
    (expected,) = (e for e in beside if e.method == "mmrm" and e.contrast == f"{NEEDLING} vs none")
    assert ends[NEEDLING] - ends["none"] == pytest.approx(expected.estimate)  # type: ignore[operator]  # never withheld here
    assert found.n_alike == sum(arm.n for arm in found.arms) == sum(arm.n_alike for arm in found.arms)


def test_seen_and_left_are_counted_at_their_visit(found: Trajectories, con: duckdb.DuckDBPyConnection) -> None:
    (needling,) = (arm for arm in found.arms if arm.arm == NEEDLING)
    sql = """SELECT count(*) FILTER (NOT skips), count(*) FILTER (NOT leaves), count(*), count(*) FILTER (site = 1),
  count(*) FILTER (leaves AND site < 3) FROM person WHERE needles"""
    ((at12, at24, n, stopped, lost),) = con.execute(sql).fetchall()
    assert [(v.week, v.n_seen, v.is_history) for v in needling.own] == [(12, at12, True), (24, at24, False)]
    leaving = needling.leaving
    assert leaving is not None
    assert (needling.n, leaving.n_due, leaving.n_stopped_needling) == (n, n, stopped)
    assert leaving.n_stopped_reporting == n - at24
    assert dict(leaving.reasons) == {"lost": lost, None: n - at24 - lost}


def test_an_earlier_landmark_leaves_more_visits_after_it(con: duckdb.DuckDBPyConnection) -> None:
    early = trajectories(con, "depth", "hair_density", 24, landmark=28)
    assert [v.is_history for v in early.arms[0].own] == [False, False]


def test_arms_unlike_each_other_keep_their_own_course_and_say_why() -> None:
    with duckdb.connect() as con:
        small_version.build(con)
        found = trajectories(con, "depth", "hair_density", 24)
    arms = {arm.arm: arm for arm in found.arms}
    assert (arms["1_40_to_1_60"].alike, arms["1_40_to_1_60"].n_alike) == ((), 0)
    assert arms["1_40_to_1_60"].reason == "no_overlap"
    assert arms["0_90_to_1_39"].reason == "too_few_to_adjust"
    assert [(v.mean, v.reason) for v in arms["0_90_to_1_39"].own] == [(None, "too_few")] * 2
    assert arms["1_40_to_1_60"].own[-1].mean is not None
    json.dumps(found.to_json(), allow_nan=False)
    reasons = {v.reason for arm in found.arms for v in (*arm.own, *arm.alike)} | {arm.reason for arm in found.arms}
    assert reasons - {None} <= {*REASONS, *ESTIMATION}


def test_a_visit_to_which_a_whole_source_never_comes_is_given_without_its_source() -> None:
    with duckdb.connect() as con:
        world.build(con, 1500)
        con.execute("UPDATE participants SET source = 'app' WHERE participant_id % 3 = 0")
        con.execute("DELETE FROM outcome_change WHERE visit_week = 12 AND participant_id % 3 = 0")
        found = trajectories(con, "depth", "hair_density", 24)
        for arm in found.arms:
            for visit in arm.own:
                assert visit.mean == pytest.approx(true(con, visit.week, arm.arm == NEEDLING), abs=1.6)
            assert all(visit.mean is not None for visit in arm.alike)


@pytest.mark.parametrize(("instrument", "week", "reason"), [
    ("ga_participant", 24, "instrument_absent"), ("hair_density", 4, "before_landmark"),
    ("hair_density", 52, None),
])  # fmt: skip
def test_what_cannot_be_drawn_says_why(
    con: duckdb.DuckDBPyConnection, instrument: str, week: int, reason: str | None
) -> None:
    found = trajectories(con, "depth", instrument, week)
    assert found.reason == reason
    assert all(v.mean is None for arm in found.arms for v in arm.own if v.week == 52)

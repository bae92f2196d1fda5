"""The rows that the adjusted estimators see: who is in them, and that nothing in them is missing."""

from dataclasses import replace

import duckdb
import numpy as np
import pytest

from pipeline.errors import UsageError
from pipeline.studies.contrasts.compare import ask_study, people_of, unadjusted
from pipeline.studies.people.frame import Frame, read_frame
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.protocols.protocol import Outcome, Protocol
from tests.studies import small_version

STUDY = find_study("c3-density-week-24")


def frame(con: duckdb.DuckDBPyConnection, protocol: Protocol = STUDY) -> Frame:
    population = people_of(con, ask_study(con, protocol))
    assert not isinstance(population, str), population
    return read_frame(con, population)


def test_the_people_are_those_of_the_comparison_seen_or_not(con: duckdb.DuckDBPyConnection) -> None:
    found, counted = frame(con), unadjusted(con, ask_study(con, STUDY))
    assert found.arms == ("needling", "none")
    for arm in counted.arms:
        mine = found.arm == found.arms.index(arm.arm)
        assert (mine.sum(), np.isfinite(found.horizon[mine]).sum()) == (arm.n_due, arm.n_observed)
    assert np.nanmean(found.horizon[found.arm == 1]) == pytest.approx(-2)


def test_an_earlier_visit_keeps_who_was_lost_later(con: duckdb.DuckDBPyConnection) -> None:
    found = frame(con)
    assert found.weeks == (12, 24)
    lost = ~np.isfinite(found.horizon)
    assert lost.sum() == 50 + 2
    assert np.isfinite(found.visits[lost, 0]).sum() == 25 + 2
    assert np.isfinite(found.visits[~lost, 0]).all()


def test_what_follows_a_transplant_counts_only_where_the_protocol_says_so(con: duckdb.DuckDBPyConnection) -> None:
    as_it_is = replace(STUDY, strategies={**STUDY.strategies, "hair_transplant": "treatment_policy"})
    assert np.isfinite(frame(con, as_it_is).horizon).sum() == np.isfinite(frame(con).horizon).sum() + 2
    counted = [unadjusted(con, ask_study(con, protocol)).attrition[-1][1] for protocol in (as_it_is, STUDY)]
    assert counted[0] == counted[1] + 2


def test_nothing_is_missing_and_what_was_is_told(con: duckdb.DuckDBPyConnection) -> None:
    covariates = frame(con).covariates
    years = np.asarray(covariates["years_since_onset"])
    known = np.array(covariates["years_since_onset_known"])
    assert np.isfinite(years).all()
    assert set(known) == {"yes", "no"}
    assert years[known == "no"] == pytest.approx(years[known == "yes"].mean())
    assert set(covariates["prior_microneedling"]) == {"never", "unknown"}
    assert set(covariates["minoxidil"]) == {"yes", "no", "not asked"}
    rank, scale = np.asarray(covariates["stage_rank"]), np.array(covariates["staging_scale"])
    assert {rank[scale == word].mean().round(9) for word in set(scale)} == {0}
    assert np.asarray(covariates["baseline"]) == pytest.approx(150)  # also of those who never came back


def test_what_makes_the_arms_is_not_adjusted_for(con: duckdb.DuckDBPyConnection) -> None:
    assert "minoxidil" not in frame(con, find_study("c2-minoxidil-already")).covariates
    only = frame(con, replace(STUDY, covariates=("sex",)))
    assert list(only.covariates) == ["sex"]


def test_a_change_has_no_baseline(con: duckdb.DuckDBPyConnection) -> None:
    found = frame(con, replace(STUDY, outcome=Outcome("ga_participant", 24)))
    assert "baseline" not in found.covariates
    assert found.weeks == (24,)


def test_same_rows_on_one_thread_and_many(con: duckdb.DuckDBPyConnection) -> None:
    many = frame(con)
    con.execute("SET threads = 1")
    one = frame(con)
    con.execute("RESET threads")
    assert np.array_equal(one.visits, many.visits, equal_nan=True)
    assert np.array_equal(one.arm, many.arm)


def test_a_version_without_a_table_that_is_asked_for_is_told_to_be_published_again() -> None:
    with duckdb.connect() as old:
        small_version.build(old)
        old.execute("DROP TABLE baseline")
        with pytest.raises(UsageError, match="needling publish"):
            unadjusted(old, ask_study(old, STUDY))

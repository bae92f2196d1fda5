"""Costs: never summed across currencies or years, skewed amounts told honestly, and nothing per responder without more
of them."""

from collections.abc import Iterator

import duckdb
import numpy as np
import pytest

from benchmarks.verdicts import payments_world
from pipeline.contract.results import REASONS, Comparison, Estimate
from pipeline.studies.claims.claims import Judgement, verdicts
from pipeline.studies.estimators.effect import Withheld
from pipeline.studies.estimators.reasons import REASONS as ESTIMATION
from pipeline.studies.estimators.skewed_means import Amounts, Studentised, amounts, mean_amount
from pipeline.studies.preview import preview
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.study import run_study
from tests.studies import world

STUDY = find_study("c8-home-or-professional")


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        world.build(connection, 2400, confounding=0)
        payments_world.add(connection, 2400, more=0.3)
        yield connection


def of(found: Comparison, quantity: str, unit: str = "") -> Estimate:
    return next(e for e in found.estimates if e.quantity == quantity and unit in e.unit)


def holds(estimate: Estimate, truth: float) -> bool:
    assert estimate.ci_lower is not None
    assert estimate.ci_upper is not None
    return estimate.ci_lower < truth < estimate.ci_upper


def test_costs_are_those_of_the_world(con: duckdb.DuckDBPyConnection) -> None:
    found = run_study(con, STUDY, "v1")
    assert found.estimates[0].role == "headline"
    assert holds(found.estimates[0], 10)
    assert holds(of(found, "difference", "USD a month (2025)"), 90)
    assert holds(of(found, "share"), 0.3)
    assert holds(of(found, "cost_per_responder"), 90 * 7 * 24 / 30.4375 / 0.3)
    assert all(e.reason in REASONS | ESTIMATION for e in found.estimates if not e.is_given)
    assert found.diagnostics["seed"] == 20
    found.to_json()


def test_currencies_and_years_stand_apart_and_other_treatments_do_not_count(con: duckdb.DuckDBPyConnection) -> None:
    found = run_study(con, STUDY)
    units = [e.unit for e in found.estimates if e.quantity == "mean" and e.arm == "home"]
    assert sorted(units) == ["EUR a month (2024)", "EUR a month (2025)", "USD a month (2024)", "USD a month (2025)"]
    means = [e.estimate for e in found.estimates if e.quantity == "mean" and e.arm == "home"]
    assert means == pytest.approx([10] * 4, rel=0.35)


def test_no_sum_stands_for_a_responder_who_may_not_be_there() -> None:
    for more, reason in ((0.0, "responders_alike"), (-0.2, "fewer_responders")):
        with duckdb.connect() as con:
            world.build(con, 2400, confounding=0)
            payments_world.add(con, 2400, more=more)
            found = run_study(con, STUDY)
        per = of(found, "cost_per_responder")
        assert (per.estimate, per.reason) == (None, reason)
        assert found.estimates[0].is_given


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"times": 1.0}, "contradicted"),
        ({"times": 1.2, "people": 260, "seed": 2}, "not enough people"),
        ({"people": 60}, "not enough people"),
        ({"told": 0.0}, "not answerable"),
    ],
)
def test_verdicts(how: dict[str, float], expected: Judgement) -> None:
    people = int(how.pop("people", 4000))
    with duckdb.connect() as con:
        world.build(con, people, confounding=0)
        payments_world.add(con, people, **how)  # type: ignore[arg-type]
        (verdict,) = verdicts([(STUDY, run_study(con, STUDY))])
    assert verdict.judgement == expected


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("UPDATE exposure SET setting = 'home'", "no_arm"),
        ("DELETE FROM cost WHERE participant_id IN (SELECT participant_id FROM exposure WHERE setting = 'home')",
         "no_costs"),
        ("UPDATE cost SET per_month = NULL", "too_few_amounts"),
        ("UPDATE cost SET per_month = 7", "no_variation"),
        ("UPDATE cost SET per_month = 0", "no_events"),
        ("DELETE FROM cost WHERE participant_id > 90", "too_few_amounts"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_says_why(spoil: str, reason: str) -> None:
    with duckdb.connect() as con:
        world.build(con, 600, confounding=0)
        payments_world.add(con, 600)
        con.execute(spoil)
        found = run_study(con, STUDY)
    assert (found.reason, found.estimates[0].estimate, found.gate) == (reason, None, "fail")
    assert reason in REASONS | ESTIMATION


def test_without_a_second_visit_no_response_is_confirmed() -> None:
    with duckdb.connect() as con:
        world.build(con, 600, confounding=0)
        payments_world.add(con, 600, more=0.3)
        con.execute("DELETE FROM outcome_change WHERE visit_week = 36")
        found = run_study(con, STUDY)
    assert of(found, "cost_per_responder").reason == "too_few"


def test_before_the_amounts_only_who_told_is_known(con: duckdb.DuckDBPyConnection) -> None:
    seen = preview(con, STUDY)
    assert {arm["arm"] for arm in seen["arms"]} == {"professional", "home"}
    con.execute("BEGIN; UPDATE cost SET per_month = 1 + participant_id")
    assert preview(con, STUDY) == seen
    con.execute("ROLLBACK")


def test_the_same_bits_for_any_number_of_threads(con: duckdb.DuckDBPyConnection) -> None:
    many = run_study(con, STUDY)
    con.execute("SET threads = 1")
    assert run_study(con, STUDY) == many
    con.execute("RESET threads")


def test_the_interval_holds_a_skewed_ratio_more_often_than_the_t_interval() -> None:
    held, held_by_t = [], []
    for seed in range(250):
        rng = np.random.default_rng(seed)
        here, there = rng.lognormal(0, 1.1, 50), rng.lognormal(0, 0.5, 50)
        found = amounts(here, there)
        assert isinstance(found, Amounts)
        ratio, truth = found.log_ratio, (1.1**2 - 0.5**2) / 2
        low, high = ratio.interval()
        held.append(low <= truth <= high)
        assert (ratio.p_value(truth) > 0.05) == held[-1] or abs(ratio.p_value(truth) - 0.05) < 0.01
        held_by_t.append(abs(ratio.estimate - truth) < 2 * ratio.std_error)
    assert np.mean(held) > 0.91
    assert np.mean(held) >= np.mean(held_by_t)


def test_amounts_that_say_nothing_are_no_interval() -> None:
    some = np.arange(1.0, 40.0)
    assert amounts(some[:1], some) == Withheld("one_person")
    assert amounts(np.zeros(9), some) == Withheld("no_events")
    assert amounts(np.ones(9), some) == Withheld("no_variation")
    assert mean_amount(some[:1]) == Withheld("one_person")
    assert mean_amount(np.ones(9)) == Withheld("no_variation")
    found = mean_amount(some)
    assert isinstance(found, Studentised)
    low, high = found.interval()
    assert low < some.mean() < high

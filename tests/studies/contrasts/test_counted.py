"""Comparisons of counts: a ratio in the headline, the better side told, and nobody judged by means alone."""

from dataclasses import replace

import duckdb
import numpy as np
import pytest

from pipeline.contract.results import Comparison, Estimate
from pipeline.studies.claims.claims import verdicts
from pipeline.studies.contrasts.compare import ask_study, people_of
from pipeline.studies.people.frame import read_frame
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.protocols.protocol import Protocol
from pipeline.studies.study import run_study
from tests.studies import world

STUDY = find_study("c3-shedding-week-24")


def count(con: duckdb.DuckDBPyConnection, people: int, ratio: float, *, higher: bool = False) -> None:
    """Turn the world's density into counts: those at week 24 are `ratio` times as many in people who needle."""
    world.build(con, people)
    rng = np.random.default_rng(7)
    stage = con.execute("SELECT stage_rank FROM participants ORDER BY participant_id").fetchnumpy()["stage_rank"]
    needles = con.execute("SELECT is_needling FROM exposure WHERE landmark_days = 84 ORDER BY participant_id")
    times = np.where(needles.fetchnumpy()["is_needling"], ratio, 1.0)
    usual = rng.gamma(4, 3, people) * (1 + stage / 10)
    drawn = {"start": rng.poisson(usual), "early": rng.poisson(usual * times**0.5), "late": rng.poisson(usual * times)}
    con.register("drawn", {"participant_id": np.arange(people)} | drawn)
    sign = 1 if higher else -1
    con.execute(f"""
UPDATE baseline SET instrument = 'comb_count_60s', baseline_milli = 1000 * start FROM drawn
WHERE drawn.participant_id = baseline.participant_id;
UPDATE outcome_change SET instrument = 'comb_count_60s', baseline_milli = 1000 * start,
  improvement_milli = {sign} * 1000 * (CASE visit_week WHEN 12 THEN early ELSE late END - start) FROM drawn
WHERE drawn.participant_id = outcome_change.participant_id;
UPDATE instruments SET decimals = '1', direction = '{"higher" if higher else "lower"}' WHERE code = 'comb_count_60s'""")


def found(people: int, ratio: float, *, higher: bool = False, protocol: Protocol = STUDY) -> Comparison:
    with duckdb.connect() as con:
        count(con, people, ratio, higher=higher)
        return run_study(con, protocol)


def of(comparison: Comparison, method: str) -> Estimate:
    return next(e for e in comparison.estimates if e.method == method and e.reference)


@pytest.fixture(scope="module")
def fewer() -> Comparison:
    return found(2000, 0.8)


def test_the_headline_is_a_ratio_and_finds_the_truth(fewer: Comparison) -> None:
    headline = fewer.estimates[0]
    assert (headline.role, headline.method, headline.quantity) == ("headline", "count_model", "rate_ratio")
    assert headline.unit == "ratio of hairs"
    assert headline.ci_lower < 0.8 < headline.ci_upper < 1  # type: ignore[operator]
    assert fewer.estimand["quantity"] == "ratio of mean counts, below 1 is better"
    assert fewer.estimand["variable"] == "60-second comb count at week 24"
    assert fewer.gate == "pass"


def test_means_stand_beside_it_with_improvement_above_nought(fewer: Comparison) -> None:
    roles = {e.method: e.role for e in fewer.estimates if e.reference}
    assert roles == {
        "count_model": "headline", "count_model_difference": "sensitivity", "mmrm": "sensitivity",
        "poisson_completers": "sensitivity", "count_ratio": "unadjusted", "welch": "unadjusted",
    }  # fmt: skip
    assert of(fewer, "count_model_difference").estimate > 0  # type: ignore[operator]
    assert of(fewer, "mmrm").estimate > 0  # type: ignore[operator]


def test_where_more_is_better_both_turn() -> None:
    more = found(1200, 1.3, higher=True)
    assert more.estimand["quantity"] == "ratio of mean counts, above 1 is better"
    assert more.estimates[0].estimate > 1.15  # type: ignore[operator]
    assert of(more, "count_model_difference").estimate > 0  # type: ignore[operator]


def test_what_it_rests_on_is_in_ratios_and_in_hairs(fewer: Comparison) -> None:
    (numbers,) = fewer.diagnostics["contrasts"]
    assert numbers["margin_in_unit"] == 2
    assert 1.05 < numbers["margin"] < 1.3
    assert 1 < numbers["detectable_difference"] < 1.3
    assert numbers["e_value"]["estimate"] > 1
    assert numbers["tipping_point"] < 0
    assert numbers["always_valid"]["ci_lower"] < fewer.estimates[0].ci_lower


@pytest.mark.parametrize(("ratio", "expected"), [(0.8, "supported"), (1.25, "contradicted"), (1.0, "contradicted")])
def test_fewer_hairs_support_the_claim(ratio: float, expected: str) -> None:
    (verdict,) = verdicts([(STUDY, found(4000, ratio))])
    assert verdict.judgement == expected


def test_sameness_is_judged_in_hairs() -> None:
    same = replace(STUDY, aim="equivalence")
    alike = found(4000, 1.0, protocol=same)
    assert verdicts([(same, alike)])[0].judgement == "supported"
    assert verdicts([(same, found(4000, 0.6, protocol=same))])[0].judgement == "contradicted"
    (numbers,) = alike.diagnostics["contrasts"]
    once, often = numbers["equivalence"], numbers["always_valid"]["equivalence"]
    assert often["margin"] == once["margin"] == 2
    assert often["ci_lower"] < once["ci_lower"] < once["ci_upper"] < often["ci_upper"]


def test_who_looks_often_is_told_what_could_be_seen_of_a_ratio(fewer: Comparison) -> None:
    (numbers,) = fewer.diagnostics["contrasts"]
    assert 1 < numbers["detectable_difference"] < numbers["always_valid"]["detectable_difference"] < 1.6


def test_a_control_of_counts_is_held_against_the_margin_in_hairs() -> None:
    with duckdb.connect() as con:
        count(con, 400, 1.0)
        con.execute("""INSERT INTO back_of_head
SELECT participant_id, instrument, side, rater, method, visit_week, visit_day, improvement_milli
FROM outcome_change WHERE visit_week = 24""")
        (numbers,) = run_study(con, STUDY, sensitivity=False).diagnostics["contrasts"]
    assert numbers["margin"] != numbers["margin_in_unit"] == 2
    assert numbers["negative_control"]["back_of_the_head"]["margin"] == 2


def test_too_few_to_adjust_are_a_ratio_as_they_are() -> None:
    few = found(60, 0.8)
    assert (few.estimates[0].role, few.estimates[0].method) == ("headline", "count_ratio")
    assert few.gate == "caution"
    assert verdicts([(STUDY, few)])[0].judgement == "not enough people"


def test_what_was_counted_is_the_start_less_the_improvement() -> None:
    with duckdb.connect() as con:
        count(con, 50, 0.8)
        population = people_of(con, ask_study(con, STUDY))
        assert not isinstance(population, str)
        frame = read_frame(con, population)
        late = con.execute("SELECT late FROM drawn ORDER BY participant_id").fetchnumpy()["late"]
    assert frame.counted is not None
    seen = np.isfinite(frame.horizon)
    assert frame.counted[seen].tolist() == late[seen].tolist()
    assert (np.isnan(frame.counted) == ~seen).all()

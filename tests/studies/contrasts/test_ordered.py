"""Ordered scales: an odds ratio or, of few people, the chance of a better result; what either may say."""

from dataclasses import replace

import duckdb
import pytest

from pipeline.contract.results import Comparison
from pipeline.studies.claims.claims import verdicts
from pipeline.studies.estimators.sensitivity import e_value
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.protocols.protocol import Contrast, Outcome
from pipeline.studies.study import run_study
from tests.studies import world

STUDY = replace(find_study("c3-density-week-24"), outcome=Outcome("ga_participant", 24))

IN_STEPS = """
UPDATE outcome_change SET instrument = 'ga_participant', baseline_milli = NULL,
  improvement_milli = 1000 * greatest(-3, least(3, round(improvement_milli / 4000.0)))"""


def found(people: int, gain: float, margin: float | None = None) -> Comparison:
    with duckdb.connect() as con:
        world.build(con, people, gain=gain)
        con.execute(IN_STEPS)
        return run_study(con, replace(STUDY, contrast=Contrast("needling", "none", margin)))


@pytest.mark.parametrize(("people", "gain"), [(64, 12.0), (90, -8.0)])
def test_a_chance_of_a_better_result_is_not_adjusted_and_judges_nothing(people: int, gain: float) -> None:
    few = found(people, gain)
    headline = few.estimates[0]
    assert (headline.role, headline.method, few.gate) == ("headline", "brunner_munzel", "caution")
    assert headline.p_value is not None
    assert headline.p_value < 0.05
    (verdict,) = verdicts([(STUDY, few)])
    assert (verdict.judgement, verdict.p_adjusted) == ("not enough people", None)
    assert few.estimand["summary"] == few.estimand["quantity"] == "chance of a better result"


@pytest.fixture(scope="module")
def many() -> Comparison:
    return found(1600, 3.0, margin=3.0)


def test_a_margin_in_steps_is_not_held_against_an_odds_ratio(many: Comparison) -> None:
    headline, (numbers,) = many.estimates[0], many.diagnostics["contrasts"]
    assert headline.quantity == "odds_ratio"
    assert 1 < headline.ci_lower < headline.ci_upper < 3  # type: ignore[operator]
    assert (numbers["margin"], numbers["margin_in_unit"]) == (None, 3.0)
    assert verdicts([(STUDY, many)])[0].judgement == "supported"
    assert many.estimand["quantity"] == "odds ratio of a better step, above 1 is better"
    assert many.estimand["variable"] == "Own global assessment at week 24"


def test_an_odds_ratio_tells_what_would_explain_it_away_and_what_could_be_seen(many: Comparison) -> None:
    headline, (numbers,) = many.estimates[0], many.diagnostics["contrasts"]
    assert headline.estimate is not None
    assert headline.ci_lower is not None
    assert numbers["e_value"]["estimate"] == pytest.approx(e_value(headline.estimate**0.5))
    assert numbers["e_value"]["limit"] == pytest.approx(e_value(headline.ci_lower**0.5))
    assert 1 < numbers["detectable_difference"] < numbers["always_valid"]["detectable_difference"] < 2

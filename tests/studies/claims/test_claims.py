"""Verdicts in worlds where the claim is true, false, undecidable and unanswerable."""

from dataclasses import replace

import duckdb
import pytest

from pipeline.contract.results import Comparison
from pipeline.studies.claims.claims import Verdict, verdicts
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.protocols.protocol import Contrast, Protocol
from pipeline.studies.study import run_study
from tests.studies import world

STUDY = find_study("c3-density-week-24")
MARGIN = 4.3
SEEDS = range(6)


def judge(people: int, gain: float, seed: int, protocol: Protocol = STUDY, spoil: str = "") -> Verdict:
    with duckdb.connect() as con:
        world.build(con, people, gain=gain, seed=seed)
        con.execute(spoil or "SELECT 1")
        (verdict,) = verdicts([(protocol, run_study(con, protocol))])
    return verdict


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("people", "gain", "expected"),
    [
        (2400, 6.0, "supported"),
        (2400, -3.0, "contradicted"),
        (2400, 0.0, "contradicted"),
        (64, 1.0, "not enough people"),
    ],
)
def test_a_difference_is_judged_as_the_world_is(people: int, gain: float, expected: str, seed: int) -> None:
    assert judge(people, gain, seed).judgement == expected


def test_the_difference_that_would_matter_is_told_with_its_unit() -> None:
    assert judge(240, 1.0, 0).because.endswith("or more could have been seen; 4.3 hairs/cm2 would matter.")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("gain", "expected"), [(0.0, "supported"), (9.0, "contradicted"), (MARGIN, "inconclusive")])
def test_sameness_is_judged_as_the_world_is(gain: float, expected: str, seed: int) -> None:
    same = replace(STUDY, aim="equivalence", contrast=Contrast("needling", "none", MARGIN))
    assert judge(2400, gain, seed, same).judgement == expected


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        ("UPDATE exposure SET is_needling = true", "not answerable"),
        ("DELETE FROM outcome_change; DELETE FROM baseline", "not answerable"),
        ("DELETE FROM outcome_change WHERE participant_id > 40", "not enough people"),
    ],
)
def test_what_nobody_can_answer_is_not_answered(spoil: str, expected: str) -> None:
    verdict = judge(1200, 6.0, 1, spoil=spoil)
    assert (verdict.judgement, verdict.p_adjusted) == (expected, None)


def test_different_people_are_no_verdict() -> None:
    with duckdb.connect() as con:
        world.build(con, 1500, confounding=3.0)
        (verdict,) = verdicts([(STUDY, run_study(con, STUDY))])
    assert verdict.judgement == "failed diagnostics"


def test_the_studies_of_a_claim_share_its_chance_of_error() -> None:
    with duckdb.connect() as con:
        world.build(con, 2400)
        found: Comparison = run_study(con, STUDY)
    p_value = next(e.p_value for e in found.estimates if e.role == "headline")
    assert p_value is not None
    weak = replace(found, estimates=tuple(replace(e, p_value=0.03) for e in found.estimates))
    same_claim, other = replace(STUDY, id="b"), replace(STUDY, id="c", claim="C9")
    family = verdicts([(STUDY, weak), (same_claim, weak), (other, weak)])
    assert [v.p_adjusted for v in family] == pytest.approx([0.06, 0.06, 0.03])
    assert [v.judgement == "supported" for v in family] == [False, False, True]


def test_a_difference_too_small_to_matter_supports_nothing_and_luck_contradicts_nothing() -> None:
    with duckdb.connect() as con:
        world.build(con, 2400)
        found: Comparison = run_study(con, STUDY)

    def judged(low: float, high: float, detectable: float) -> str:
        estimates = tuple(replace(e, ci_lower=low, ci_upper=high) for e in found.estimates)
        numbers = [{**found.diagnostics["contrasts"][0], "detectable_difference": detectable}]
        told = replace(found, estimates=estimates, diagnostics={**found.diagnostics, "contrasts": numbers})
        (verdict,) = verdicts([(STUDY, told)])
        return verdict.judgement

    assert judged(0.2, MARGIN - 0.2, MARGIN - 1) == "contradicted"
    assert judged(0.2, MARGIN + 0.2, MARGIN - 1) == "supported"
    assert judged(-3.0, MARGIN - 0.2, MARGIN + 1) == "not enough people"


def test_a_list_is_corrected_as_a_list_and_each_claim_by_itself() -> None:
    with duckdb.connect() as con:
        world.build(con, 400, gain=3.0, seed=1)
        found = run_study(con, STUDY)

    def listed(study: str, p: float | None) -> tuple[Protocol, Comparison]:
        """The study under a claim of its own, with this p-value, or refused."""
        estimates = tuple(replace(e, p_value=p) if e.role == "headline" else e for e in found.estimates)
        refused = replace(found, estimates=(), reason="no_arm")
        return replace(STUDY, id=study, claim=study), refused if p is None else replace(found, estimates=estimates)

    given = [listed("a", 0.01), listed("b", 0.04), listed("c", None), listed("d", 0.03)]
    told = verdicts(given)
    assert [verdict.p_adjusted for verdict in told] == [0.01, 0.04, None, 0.03]
    assert [verdict.q_value for verdict in told] == [pytest.approx(0.03), 0.04, None, 0.04]
    assert verdicts(given[1:2])[0].q_value == 0.04

"""A study looked at again and again: which interval decides, and what its verdict says of that."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from pipeline.contract.results import Comparison, Estimate
from pipeline.studies.claims.claims import Verdict, verdicts
from pipeline.studies.contrasts.looking_often import always_valid
from pipeline.studies.estimators.effect import Effect
from pipeline.studies.estimators.equivalence import Equivalence, equivalence
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.protocols.protocol import Aim

STUDY = find_study("c3-density-week-24")
MARGIN = 4.3


def found(effect: Effect, aim: Aim = "difference", *, is_known: bool = True) -> Comparison:
    """A comparison whose headline is this effect."""
    numbers: dict[str, object] = {"margin": MARGIN, "detectable_difference": 2.8 * effect.std_error}
    if aim == "equivalence":
        same = equivalence(effect, -MARGIN, MARGIN)
        assert isinstance(same, Equivalence)
        numbers["equivalence"] = {key: getattr(same, key) for key in ("ci_lower", "ci_upper", "p_value", "is_same")}
    if is_known:
        same_as = (effect, MARGIN) if aim == "equivalence" else None
        numbers["always_valid"] = always_valid(effect, same_as, is_logarithm=False)
    low, high = effect.interval()
    headline = Estimate("difference", "seq_dr", "needling", "none", "/cm2", effect.estimate, effect.std_error, low,
                        high, effect.p_value(), role="headline")  # fmt: skip
    return Comparison("v", STUDY.id, {}, (), (), (headline,), diagnostics={"contrasts": [numbers]}, gate="pass")


def judged(comparison: Comparison, looks: Mapping[str, int] | None = None, aim: Aim = "difference") -> Verdict:
    (verdict,) = verdicts([(replace(STUDY, aim=aim), comparison)], looks)
    return verdict


def effect(estimate: float, std_error: float = 1.0, n: int = 1000) -> Effect:
    return Effect(estimate, std_error, math.inf, n, float(n))


def test_the_first_look_is_judged_as_ever_and_a_later_one_by_the_wider_interval() -> None:
    borderline = found(effect(2.6))
    assert judged(borderline) == judged(borderline, {STUDY.id: 1})
    assert (judged(borderline).judgement, judged(borderline).n_looks) == ("supported", 1)
    again = judged(borderline, {STUDY.id: 3})
    assert (again.judgement, again.n_looks) == ("inconclusive", 3)
    assert again.because.endswith(
        "Looked at on 3 versions; the wider interval that stays right however often one looks decides."
    )
    assert again.p_adjusted is not None
    assert again.p_adjusted > 0.05
    assert judged(found(effect(4.0)), {STUDY.id: 3}).judgement == "supported"


def test_what_could_be_seen_is_less_for_whoever_looks_often() -> None:
    small = found(effect(0.5, std_error=1.4))
    assert judged(small).judgement == "contradicted"
    assert judged(small, {STUDY.id: 2}).judgement == "not enough people"


def test_sameness_needs_the_wider_interval_inside_the_margin() -> None:
    close = found(effect(1.8), "equivalence")
    assert judged(close, aim="equivalence").judgement == "supported"
    assert judged(close, {STUDY.id: 2}, "equivalence").judgement == "inconclusive"
    assert judged(found(effect(0.2), "equivalence"), {STUDY.id: 2}, "equivalence").judgement == "supported"
    assert judged(found(effect(9.0), "equivalence"), {STUDY.id: 2}, "equivalence").judgement == "contradicted"


def test_a_figure_without_such_an_interval_says_that_looks_are_not_allowed_for() -> None:
    other = judged(found(effect(2.6), is_known=False), {STUDY.id: 2})
    assert other.judgement == "supported"
    assert other.because.endswith("Looked at on 2 versions, which this verdict does not allow for.")


def test_an_odds_ratio_is_judged_on_its_own_scale() -> None:
    wide = always_valid(effect(0.9, 0.3), None, is_logarithm=True)
    assert wide is not None
    assert wide["ci_lower"] < 1 < math.exp(0.9) < wide["ci_upper"]
    assert math.log(wide["ci_lower"] * wide["ci_upper"]) / 2 == pytest.approx(0.9)
    assert wide["equivalence"] is None
    assert math.log(wide["detectable_difference"]) > 2.8 * 0.3


def test_too_few_people_for_such_an_interval_get_none_and_are_told() -> None:
    assert always_valid(effect(2.3, n=49), None, is_logarithm=False) is None
    assert always_valid(effect(2.3, n=50), None, is_logarithm=False) is not None
    few = judged(found(effect(2.3, n=49)), {STUDY.id: 2})
    assert few.because.endswith("which this verdict does not allow for.")


def test_arms_that_differ_by_the_margin_are_rarely_called_the_same_in_a_hundred_looks() -> None:
    """One look at a time that happens to 5% at most; looked at a hundred times, to far more without the wider one."""
    rng, looks = np.random.default_rng(5), np.arange(100, 4001, 40)
    paths = MARGIN + rng.normal(0, 20, (400, 4000)).cumsum(axis=1)[:, looks - 1] / looks
    often, once = 0, 0
    for path in paths:
        effects = [effect(float(m), 20 / math.sqrt(n), int(n)) for m, n in zip(path, looks, strict=True)]
        wide = [always_valid(e, (e, MARGIN), is_logarithm=False) for e in effects]
        often += any(w is not None and w["equivalence"]["p_value"] < 0.05 for w in wide)
        once += any(abs(e.estimate) + 1.645 * e.std_error < MARGIN for e in effects)
    assert often / len(paths) <= 0.05
    assert once / len(paths) > 0.10

"""The diagnostics in sentences, each with its unit, its term explained."""

from dataclasses import replace
from typing import Any

from dashboard.contrasts import Contrast, contrasts
from dashboard.words.diagnosis_words import overlap, robustness
from tests.dashboard.adjusted import comparison, estimate


def contrast(**numbers: Any) -> Contrast:
    first = contrasts(comparison())[0]
    return replace(first, numbers={**first.numbers, **numbers})


def said(**numbers: Any) -> str:
    return "\n".join([*overlap(contrast(**numbers)), *robustness(contrast(**numbers), 1)])


def test_every_term_is_explained_where_it_stands() -> None:
    words = said()
    assert "3.1% of the people could hardly have been in the other arm" in words
    assert "Arm A: 25 people worth 21, Arm B: 50 people worth 33" in words
    assert "7 people of a kind that only one of the arms has" in words
    assert "2.2 times as likely to explain the figure away (1.6 times to move the interval's limit there)" in words
    assert "would have had to do 11.5 hairs/cm² worse than those like them who stayed" in words
    assert "a difference of 6.8 hairs/cm² would be found in 80 of 100 such studies" in words
    assert "4.3 hairs/cm² would matter" in words


def test_a_ratio_that_would_matter_is_told_as_finely_as_in_its_verdict() -> None:
    first = contrasts(comparison(estimate("a", 1.2, "headline", quantity="rate_ratio")))[0]
    numbers = {"detectable_difference": 1.24, "margin": 1.08}
    assert "a ratio of 1.24 would be found" in (words := " ".join(robustness(replace(first, numbers=numbers), 1)))
    assert "A ratio of 1.08 would matter." in words


def test_an_interval_that_holds_no_difference_needs_nothing_to_reach_it() -> None:
    words = said(tipping_point=0.0, e_value={"estimate": 1.4, "limit": 1.0})
    assert "the interval already holds no difference" in words
    assert "holds no difference already, whatever is supposed" in words
    assert "nobody of Arm A left" in said(tipping_point=None)
    assert "2.0 hairs/cm² better" in said(tipping_point=2.0)


def test_sameness_and_looking_often() -> None:
    same = {"ci_lower": -1.0, "ci_upper": 2.0, "is_same": True}
    assert "lies within 4.3 of no difference, the least that would matter, so the arms can be said" in said(
        equivalence=same
    )
    assert "does not lie within" in said(equivalence={**same, "is_same": False})
    assert "\N{MINUS SIGN}1.0 to 11.0 hairs/cm², the wider interval" in said(
        always_valid={"ci_lower": -1.0, "ci_upper": 11.0}
    )


def test_what_is_not_there_is_not_said() -> None:
    bare = replace(contrast(), numbers={})
    assert list(overlap(bare)) == []
    assert list(robustness(bare, 1)) == []

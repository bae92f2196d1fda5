"""Forest plot: what is drawn is what was given, adjusted and unadjusted told apart by shape and dash."""

from dataclasses import replace

import pytest

from dashboard.figures.forest import Mark, Row, contrast_axis, contrast_rows, forest, mean_axis, mean_rows, quantities
from pipeline.contract.results import Estimate
from tests.dashboard.adjusted import comparison, estimate


def test_a_row_has_both_figures_and_its_people() -> None:
    first, reference, last = contrast_rows(comparison(), "difference")
    assert (first.label, first.detail) == ("Arm A", "20 of 25 with a result")
    assert [(m.is_adjusted, m.numbers) for m in first.marks] == [
        (True, "+5.0 (3.0 to 7.0)"),
        (False, "+3.0 (1.0 to 5.0)"),
    ]
    assert reference.marks == (Mark(True, note="reference arm"),)
    assert [(m.numbers, m.note) for m in last.marks] == [("", "arms too different"), ("+8.0 (6.0 to 10.0)", "")]


def test_a_single_contrast_says_what_it_is_against() -> None:
    (row,) = contrast_rows(comparison(estimate("a", 5.0, "headline")), "difference")
    assert row.detail == "against arm B"


def test_adjusted_is_filled_and_solid_unadjusted_open_and_dashed() -> None:
    figure = forest(contrast_rows(comparison(), "difference"), "x")
    drawn = [trace for trace in figure.data if trace.x[0] is not None]
    points = [trace for trace in drawn if trace.mode == "markers"]
    lines = [trace for trace in drawn if trace.mode == "lines+markers"]
    assert [p.marker.symbol for p in points] == ["circle", "circle-open", "diamond-open"]
    assert [line.line.dash for line in lines] == ["solid", "dash", "dash"]
    assert list(lines[0].x) == [3.0, 7.0]
    assert [p.x[0] for p in points] == [5.0, 3.0, 8.0]
    assert len({p.marker.color for p in points}) == 2
    assert [t.name for t in figure.data if t.showlegend] == ["adjusted", "not adjusted"]


def test_a_headline_of_too_few_people_to_adjust_is_not_called_adjusted() -> None:
    result = comparison(estimate("a", 5.0, "headline", "welch"), estimate("c", None, "headline", reason="too_few"))
    first, _, _ = contrast_rows(result, "difference")
    assert [mark.is_adjusted for mark in first.marks] == [False]
    named = [trace.name for trace in forest(contrast_rows(result, "difference"), "x").data if trace.showlegend]
    assert named == ["not adjusted"]


def test_what_nothing_is_given_in_has_no_plot_beside_one_that_has() -> None:
    chance = estimate("a", 0.4, "headline", "brunner_munzel", quantity="win_probability")
    odds = estimate("c", None, "headline", "welch", quantity="odds_ratio", reason="too_few")
    assert quantities(comparison(chance, odds)) == ("win_probability",)
    assert quantities(comparison(odds)) == ("odds_ratio",)


def test_what_is_given_in_other_quantities_has_a_plot_of_its_own() -> None:
    odds = estimate("a", 1.8, "headline", "proportional_odds", quantity="odds_ratio", unit="odds ratio")
    odds = replace(odds, ci_lower=1.1, ci_upper=2.9, std_error=None)
    chance = replace(estimate("a", 0.62, "unadjusted", quantity="win_probability"), ci_lower=0.55, ci_upper=0.69)
    result = comparison(odds, chance)
    assert quantities(result) == ("odds_ratio", "win_probability")
    assert contrast_rows(result, "odds_ratio")[0].marks[0].numbers == "1.80 (1.10 to 2.90)"
    assert contrast_rows(result, "win_probability")[0].marks[0].numbers == "62% (55 to 69)"
    assert "1 is no difference" in contrast_axis(result, "odds_ratio")
    assert "%" in contrast_axis(result, "win_probability")
    assert forest(contrast_rows(result, "odds_ratio"), "x", "odds_ratio").layout.xaxis.type == "log"
    drawn = forest(contrast_rows(result, "win_probability"), "x", "win_probability")
    assert next(t.x[0] for t in drawn.data if t.mode == "markers") == pytest.approx(62)


@pytest.mark.parametrize(
    "quantity", ["difference", "rate_ratio", "variance_ratio", "cost_ratio", "share", "cost_per_responder", "mean"]
)
def test_every_quantity_has_an_axis_with_its_unit(quantity: str) -> None:
    result = comparison(estimate("a", 1.5, "headline", quantity=quantity))
    said = contrast_axis(result, quantity)  # type: ignore[arg-type]
    assert "hairs/cm²" in said or "1 is no difference" in said or "%" in said


def test_each_arm_by_itself_is_not_adjusted() -> None:
    (row,) = mean_rows(comparison())
    assert (row.label, row.marks[0].is_adjusted) == ("Arm A", False)
    assert mean_axis(comparison()) == "Mean improvement, hairs/cm² (to the right is better)"


def test_what_a_study_asks_besides_arms_is_drawn_too() -> None:
    asked = Estimate(
        "difference_of_differences", "mmrm", "a less b", "c less b", "/cm2", 1.0, 1.0, -1, 3, role="headline"
    )
    (row,) = contrast_rows(comparison(asked), "difference_of_differences")
    assert row.label == "Arm A minus Arm B"
    assert row.detail == "against arm C minus Arm B"


def test_the_axis_holds_every_interval_and_no_difference() -> None:
    low, high = forest([Row("a", "", 0, (Mark(True, 5.0, 4.0, 6.0, "5"),))], "x").layout.xaxis.range
    assert low < 0
    assert high > 6


def test_nothing_to_draw_is_still_a_figure() -> None:
    figure = forest([Row("a", "", 0, (Mark(True, note="too few results"),))], "x")
    assert len(figure.data) == 0
    assert "too few" in figure.layout.annotations[0].text

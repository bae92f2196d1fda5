"""Published trials: an interval only where it is known, what is doubted open, ours first."""

from dashboard.figures.published import DOUBTED, OWN, POOLED, USABLE, published
from dashboard.words.evidence_words import answer, headline, rows, trials_table
from tests.dashboard.adjusted import comparison, estimate

TRIAL = {
    "trial": "one-2020", "name": "One 2020", "year": 2020, "design": "split_scalp", "arm": "needling",
    "reference": "minoxidil", "n_arm": 30, "n_reference": None, "needle_length_mm": [0.5, 1.5], "weeks": 12.0,
    "printed": ["needling: change 9 /cm2"], "difference": 7.0, "std_error": None, "ci_lower": None, "ci_upper": None,
    "is_poolable": False, "reasons": [{"code": "same_head", "sentence": "Same head."}],
    "disagreement": ["printed twice"], "verified_fulltext": False,
    "source": "example.org/a", "source_locator": "table 2",
}  # fmt: skip
USED = TRIAL | {"trial": "two-2021", "name": "Two 2021", "std_error": 1.0, "ci_lower": 5.0, "ci_upper": 9.0,
                "is_poolable": True, "reasons": [], "disagreement": [], "verified_fulltext": True}  # fmt: skip
SILENT = TRIAL | {"trial": "three-2022", "difference": None, "weeks": None, "needle_length_mm": None, "n_arm": None}
POOL = {"n_trials": 3, "estimate": 6.0, "ci_lower": 4.0, "ci_upper": 8.0}


def found(*trials: dict, pooled: dict | None = None) -> dict:
    return {"trials": list(trials), "pooled": pooled, "why": "Shown, not pooled.", "compares": "x", "unit": "/cm2"}


OURS = comparison(estimate("a", 5.0, "headline"))


def test_ours_stands_first_then_what_was_pooled_then_each_with_a_figure() -> None:
    shown = rows(found(TRIAL, USED, SILENT, pooled=POOL), OURS)
    assert [row.kind for row in shown] == [OWN, POOLED, DOUBTED, USABLE]
    assert [row.numbers for row in shown] == [
        "+5.0 (3.0 to 7.0)", "+6.0 (4.0 to 8.0)", "+7.0 (no interval)", "+7.0 (5.0 to 9.0)",
    ]  # fmt: skip
    assert "(95% interval in brackets, adjusted; 20 and 40 with a result)" in answer(found(TRIAL), OURS)
    assert shown[2].detail == "against minoxidil; week 12; n = 30 and ?"


def test_a_line_is_drawn_only_where_an_interval_is_known() -> None:
    figure = published(rows(found(TRIAL, USED), OURS), "x")
    lines = [trace for trace in figure.data if trace.mode == "lines+markers"]
    assert [list(line.x) for line in lines] == [[3.0, 7.0], [5.0, 9.0]]
    assert {t.marker.symbol for t in figure.data if t.showlegend} == {"circle", "square", "square-open"}


def test_a_withheld_figure_of_ours_is_no_point() -> None:
    result = comparison(estimate("a", None, "headline", reason="failed_diagnostics"))
    (ours, _) = rows(found(TRIAL), result)
    assert (ours.value, ours.numbers) == (None, "withheld")
    assert "These data give no figure" in answer(found(TRIAL), result)


def test_a_study_of_another_quantity_stands_beside_no_trial() -> None:
    odds = comparison(estimate("a", 1.5, "headline", quantity="odds_ratio"))
    assert headline(odds) is None
    assert [row.kind for row in rows(found(TRIAL), odds)] == [DOUBTED]


def test_the_table_says_what_is_doubtful_and_where_it_was_read() -> None:
    first, _, last = trials_table([TRIAL, USED, SILENT], "/cm2")
    doubts = first["What is doubtful, and where it was read"].replace("\N{ZERO WIDTH SPACE}", "")
    assert doubts == "Same head. Printed twice. Not read in full. Read in: example.org/a, table 2."
    assert first["Difference, hairs/cm² (95% interval)"] == "+7.0 (no interval), not pooled"
    assert last["Difference, hairs/cm² (95% interval)"] == "none"
    assert last["Contrast"] == "needling against minoxidil; needle length not known; week not known"
    assert last["People"] == "people not known"

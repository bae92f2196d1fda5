"""Tables and files of a comparison: every number with its n, its interval, its unit and what it rests on."""

from dashboard.contrasts import contrasts
from dashboard.words import tables
from tests.dashboard.adjusted import comparison, estimate


def test_adjusted_and_unadjusted_stand_side_by_side() -> None:
    first, second = tables.contrasts_table(comparison())
    assert first == {
        "Compared": "Arm A against Arm B",
        "With a result": "20 and 40",
        "Adjusted (95% interval)": "+5.0 (3.0 to 7.0) hairs/cm²",
        "p, corrected": "0.002",
        "Not adjusted (95% interval)": "+3.0 (1.0 to 5.0) hairs/cm²",
        "Smallest detectable": "6.8 hairs/cm²",
    }
    assert second["Adjusted (95% interval)"] == tables.WITHHELD


def test_a_headline_of_too_few_people_to_adjust_stands_under_not_adjusted() -> None:
    (row,) = tables.contrasts_table(comparison(estimate("a", 5.0, "headline", "welch")))
    assert row["Adjusted (95% interval)"] == ""
    assert row["Not adjusted (95% interval)"] == "+5.0 (3.0 to 7.0) hairs/cm²"


def test_a_withheld_figure_is_among_the_methods_alone() -> None:
    given, withheld = contrasts(comparison())
    assert [row["Stands as"] for row in tables.methods_table(given)] == ["headline", "beside it", "not adjusted"]
    assert tables.methods_table(withheld)[0]["Figure (95% interval)"] == "+9.0 (7.0 to 11.0) hairs/cm²"
    assert tables.why_not(given)[0].startswith("Everybody: right if either the outcomes, or")


def test_leavers_are_told_by_arm_and_reference() -> None:
    table = tables.leavers_table(contrasts(comparison())[0], 1)
    assert table is not None
    assert list(table.columns) == ["no worse", "4.30 worse"]
    assert table.loc["4.30 worse", "no worse"] == "+0.7 (1.0 to 9.0)"
    assert tables.leavers_table(contrasts(comparison())[1], 1) is None

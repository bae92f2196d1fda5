"""Codes stand in the same words, whoever tells of them."""

from pipeline.contract.instruments import instruments
from pipeline.contract.spoken import characteristic, sign, unit


def test_a_characteristic_is_told_in_words() -> None:
    assert characteristic("years_since_onset") == "years since onset"
    assert characteristic("log_baseline") == "logarithm of the result at the start"
    assert characteristic("stage_rank") == "stage (steps above the mean of its scale)"
    assert characteristic("age_band=18-29") == "age (years): 18 to 29"
    assert characteristic("prior_microneedling=over_90d") == "prior microneedling: More than 90 days before"
    assert characteristic("source=clinic-04") == "source: clinic-04"


def test_what_is_counted_per_area_are_hairs() -> None:
    assert [unit(code) for code in ("/cm2", "hairs/60s", "mm")] == ["hairs/cm2", "hairs/60s", "mm"]


def test_a_share_of_the_scalp_changes_by_points() -> None:
    assert unit(instruments()["salt"].unit) == "percentage points"


def test_a_ratio_or_a_chance_or_a_share_has_no_sign() -> None:
    units = ("hairs/cm2", "ratio", "share of responders", "odds ratio", "ratio of hairs/60s", "probability")
    assert [sign(unit, "a vs b") for unit in units] == ["+z", "+z", "+z", "z", "z", "z"]
    assert [sign(unit, "a") for unit in ("hairs/cm2", "share of sessions asked")] == ["+z", "z"]

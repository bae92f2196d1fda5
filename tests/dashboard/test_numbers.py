"""Numbers as people read them."""

import pytest

from dashboard.words.numbers import amount, decimals, interval, number, p_value, people, raised, signed, unit
from pipeline.contract.results import Estimate

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("errors", "expected"), [([0.75], 1), ([2.0], 1), ([7.0], 0), ([0.004], 2), ([None, 0.07], 2), ([], 1)]
)
def test_decimals_follow_the_smallest_error(errors: list[float | None], expected: int) -> None:
    assert decimals(errors) == expected


def test_minus_plus_and_nought() -> None:
    assert number(-1234.56, 1) == f"{MINUS}1,234.6"
    assert number(-0.01, 1) == "0.0"
    assert signed(2, 1) == "+2.0"
    assert signed(-2, 1) == f"{MINUS}2.0"
    assert signed(0.01, 1) == "0.0"
    assert interval(-1, 2, 0) == f"{MINUS}1 to 2"


def test_a_difference_of_shares_has_a_true_minus_and_none_at_nought() -> None:
    small = Estimate("share", "responders", "a", "b", "share", -0.004, 0.05, -0.12, 0.11, 0.93)
    assert amount(small, 1) == f"0% ({MINUS}12 to 11)"


def test_a_p_value_is_never_nought() -> None:
    assert p_value(1e-9) == "< 0.001"
    assert p_value(0.0394) == "0.039"


def test_units_and_counts_in_words() -> None:
    assert unit("/cm2") == "hairs/cm²"
    assert unit("um") == "µm"
    assert unit("hairs/60s") == "hairs/60s"
    assert raised("at most 21 hairs/cm2") == "at most 21 hairs/cm²"
    assert people(1) == "1 person"
    assert people(1200) == "1,200 people"

"""Units: as they are said, else as the numbers allow; never where two would do."""

from dataclasses import replace

from pipeline.contract.instruments import instruments
from pipeline.contract.tables import TABLES
from pipeline.proposal.dates import Dates
from pipeline.proposal.profile import Profile
from pipeline.proposal.units import Unit, fitting, fitting_instrument, of_column, of_instrument

NEEDLE = TABLES["sessions"].column("needle_length_mm")
SIZES = Profile("n", 100, 10, 100, 100, 0, 0, 0, 500.0, 1500.0, 1000.0, None, Dates(), ())
MILLIMETRES = replace(SIZES, low=0.5, median=1.0, high=1.5)


def test_the_header_says_it() -> None:
    assert of_column(NEEDLE, SIZES, "µm") == Unit("um", is_said=True)
    assert of_column(NEEDLE, MILLIMETRES, "mm") is None
    assert of_column(NEEDLE, replace(MILLIMETRES, suffix="µm"), None) == Unit("um", is_said=True)


def test_the_size_says_it_even_against_the_header() -> None:
    assert of_column(NEEDLE, SIZES, None) == Unit("um", is_said=False)
    assert of_column(NEEDLE, SIZES, "mm") == Unit("um", is_said=False)
    assert of_column(NEEDLE, MILLIMETRES, None) is None


def test_where_no_unit_or_several_would_do_none_is_chosen() -> None:
    assert of_column(NEEDLE, replace(SIZES, low=1e6, high=2e6), None) is None
    hours = TABLES["side_effects"].column("resolved_after_hours")
    huge = replace(SIZES, low=90_000.0, high=2_000_000.0)
    assert fitting(hours, huge) == ["minutes"]
    assert fitting(hours, MILLIMETRES) == []


def test_a_declared_unit_may_be_the_wrong_one() -> None:
    assert fitting(NEEDLE, MILLIMETRES, "um") == ["mm"]
    assert fitting(NEEDLE, SIZES, "um") == []


def test_words_and_texts_have_no_unit() -> None:
    assert of_column(NEEDLE, replace(SIZES, n_numbers=10), None) is None
    assert of_column(TABLES["sessions"].column("device"), SIZES, "mm") is None


def test_density_is_told_apart_where_it_can_be() -> None:
    density = instruments()["hair_density"]
    assert of_instrument(density, replace(SIZES, median=120.0), None) == Unit("/cm2", is_said=False)
    assert of_instrument(density, replace(SIZES, median=1.2), None) == Unit("/mm2", is_said=False)
    assert of_instrument(density, replace(SIZES, median=300.0), None) is None, "per cm2, or per inch2?"
    assert of_instrument(density, replace(SIZES, median=300.0), "per inch2") == Unit("/inch2", is_said=True)
    assert of_instrument(instruments()["norwood"], SIZES, None) is None


def test_values_of_an_instrument_that_are_impossible_in_its_unit() -> None:
    density = instruments()["hair_density"]
    assert fitting_instrument(density, replace(SIZES, low=700.0, high=1500.0), "/cm2") == ["/inch2", "/inch_circle"]
    assert fitting_instrument(density, replace(SIZES, low=90.0, high=200.0), "/cm2") == []

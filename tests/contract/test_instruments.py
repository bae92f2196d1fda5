"""Instruments, their units, and the units of columns: figures that have to agree with each other."""

import math

import pytest

from pipeline.contract import reference
from pipeline.contract.columns import Column
from pipeline.contract.instruments import Instrument, instruments
from pipeline.contract.tables import TABLES

PROMISED = {
    "hair_density", "hair_count", "shaft_diameter", "terminal_vellus_ratio", "norwood", "ludwig", "sinclair", "salt",
    "ga_investigator", "ga_participant", "comb_count_60s", "wash_test", "shedding_visual", "satisfaction_nrs",
    "waa_qol",
}  # fmt: skip
CM_PER_INCH = 2.54
INTEGER_LIMIT = 2**31
ALL = list(instruments().values())


def by_code(instrument: Instrument) -> str:
    return instrument.code


def test_the_instruments_promised_are_there() -> None:
    assert set(instruments()) >= PROMISED


@pytest.mark.parametrize("instrument", ALL, ids=by_code)
def test_range_direction_and_scale_are_sane(instrument: Instrument) -> None:
    assert instrument.low < instrument.high
    assert instrument.direction in ("higher", "lower")
    assert instrument.scale in ("ratio", "count", "ordinal")
    assert instrument.decimals == 0 or instrument.scale != "ordinal"
    assert max(abs(instrument.low), abs(instrument.high)) * 10**instrument.decimals < INTEGER_LIMIT
    assert 0 <= instrument.min_follow_up_weeks <= 52


@pytest.mark.parametrize("instrument", ALL, ids=by_code)
def test_every_figure_has_its_source(instrument: Instrument) -> None:
    assert instrument.label
    assert instrument.explanation
    assert instrument.source
    assert instrument.responder_rule
    assert (instrument.margin is None) == (not instrument.margin_source)
    assert (instrument.measurement_error is None) == (not instrument.measurement_error_source)
    told = f"{instrument.source} {instrument.responder_rule} {instrument.margin_source} {instrument.explanation}"
    assert not (instrument.is_verified and "unchecked" in told), "an unchecked figure is not verified"


@pytest.mark.parametrize("instrument", ALL, ids=by_code)
def test_margin_and_threshold_fit_into_the_range(instrument: Instrument) -> None:
    for figure in (instrument.margin, instrument.responder_threshold, instrument.measurement_error):
        assert figure is None or 0 < figure < instrument.high - instrument.low


def test_a_responder_of_density_is_beyond_the_measurement_error() -> None:
    density = instruments()["hair_density"]
    assert density.margin == 4.3
    assert density.responder_threshold == 21
    assert density.measurement_error is not None
    assert round(1.96 * math.sqrt(2) * density.measurement_error) == density.responder_threshold


@pytest.mark.parametrize("instrument", ALL, ids=by_code)
def test_the_native_unit_has_factor_one(instrument: Instrument) -> None:
    assert [unit.factor for unit in instrument.units if unit.name == instrument.unit] == [1]


@pytest.mark.parametrize("instrument", ALL, ids=by_code)
def test_no_unit_word_stands_for_two_units(instrument: Instrument) -> None:
    owners: dict[str, str] = {}
    for unit in instrument.units:
        for word in (unit.name, *unit.synonyms):
            assert owners.setdefault(word.strip().casefold(), unit.name) == unit.name


def test_units_belong_to_instruments_that_exist() -> None:
    assert {row["instrument"] for row in reference.rows("instrument_units")} == set(instruments())


def test_conversion_factors_are_those_of_geometry() -> None:
    factors = {(i.code, unit.name): unit.factor for i in ALL for unit in i.units}
    assert factors["hair_density", "/inch2"] == pytest.approx(1 / CM_PER_INCH**2, rel=1e-7)
    assert factors["hair_density", "/inch_circle"] == pytest.approx(1 / (math.pi * (CM_PER_INCH / 2) ** 2), rel=1e-7)
    assert factors["hair_density", "/mm2"] == 100
    assert factors["shaft_diameter", "mm"] == 1000


def test_diagnoses_are_known_and_areata_instruments_refuse_androgenetic_alopecia() -> None:
    known = {term.code for term in reference.vocabulary("diagnosis")}
    assert all(set(i.diagnoses) <= known for i in ALL)
    assert "androgenetic_alopecia" not in instruments()["salt"].diagnoses
    assert "alopecia_areata" not in instruments()["norwood"].diagnoses


def test_stage_instruments_run_over_the_ranks_of_their_scale() -> None:
    for scale in {row["scale"] for row in reference.rows("stages")}:
        ranks = [int(row["rank"]) for row in reference.rows("stages") if row["scale"] == scale]
        assert ranks == list(range(1, len(ranks) + 1))
        assert (instruments()[scale].low, instruments()[scale].high) == (1, len(ranks))
        assert instruments()[scale].unit == "stage"


def test_early_stages_are_those_of_the_claim() -> None:
    early = {(row["scale"], row["code"]) for row in reference.rows("stages") if row["is_early"] == "true"}
    norwood = {("norwood", code) for code in ("I", "II", "IIa", "III", "IIIa", "III-vertex")}
    assert early == norwood | {("ludwig", "I"), ("sinclair", "1"), ("sinclair", "2")}


@pytest.mark.parametrize("word", ["NW3V", "3v", "norwood 3 vertex", "III vertex", "iii-vertex"])
def test_short_forms_of_a_stage_are_understood(word: str) -> None:
    found = [
        row["code"]
        for row in reference.rows("stages")
        if row["scale"] == "norwood"
        and word.casefold() in {w.casefold() for w in (row["code"], *row["synonyms"].split("|"))}
    ]
    assert found == ["III-vertex"]


def numeric() -> list[Column]:
    return [c for t in TABLES.values() for c in t.columns if c.unit and c.kind in ("integer", "decimal")]


def test_every_column_with_a_unit_has_it_in_the_table_of_units() -> None:
    canonical = {row["canonical"] for row in reference.rows("units")}
    elsewhere = {c.name for t in TABLES.values() for c in t.columns}  # a unit that stands in a column of its own
    assert {c.unit for c in numeric()} - canonical <= elsewhere


@pytest.mark.parametrize(
    ("unit", "canonical", "factor"),
    [
        ("um", "mm", 1e-3), ("cm", "mm", 10), ("inch", "mm", 25.4), ("mm2", "cm2", 0.01), ("inch2", "cm2", 6.4516),
        ("weeks", "days", 7), ("hours", "days", 1 / 24), ("minutes", "hours", 1 / 60), ("days", "hours", 24),
        ("years", "months", 12), ("months", "years", 1 / 12), ("per day", "per week", 7), ("fraction", "%", 100),
    ],
)  # fmt: skip
def test_factors_of_column_units(unit: str, canonical: str, factor: float) -> None:
    found = [float(r["factor"]) for r in reference.rows("units") if (r["unit"], r["canonical"]) == (unit, canonical)]
    assert found == [pytest.approx(factor, rel=1e-12)]


def test_only_exact_units_are_offered() -> None:
    """A month is no number of days, a point of ten no point of a line of a hundred."""
    offered = {(row["unit"], row["canonical"]) for row in reference.rows("units")}
    assert not offered & {("months", "days"), ("years", "days"), ("points of 100", "points of 10")}
    for canonical in {row["canonical"] for row in reference.rows("units")}:
        assert [r["factor"] for r in reference.rows("units") if r["unit"] == r["canonical"] == canonical] == ["1"]

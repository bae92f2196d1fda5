"""The sentence of every fault: the sender's header, their cell, and what would have been taken."""

from datetime import date

import pytest

from pipeline.contract.mapping import InstrumentColumn, Manifest, TableMapping
from pipeline.contract.reasons import REASONS
from pipeline.contract.tables import TABLES
from pipeline.sender.phrases import Fault, Origin, sentence

PEOPLE = TableMapping(
    "participants",
    ("people.csv",),
    columns={"Patient": "participant_id", "Alter": "age_years", "Stadium": "stage"},
    constants={"sex": "mann"},
)
SESSIONS = TableMapping(
    "sessions",
    ("log.csv",),
    columns={"Patient": "participant_id", "Datum": "performed_on", "Gerät": "device", "Nadel": "needle_length_mm"},
    units={"needle_length_mm": "um"},
    values={"device": {"Walze": "dermaroller"}},
)
OUTCOMES = TableMapping(
    "outcomes",
    ("visits.csv",),
    columns={"Patient": "participant_id", "Datum": "assessed_on"},
    instruments=(
        InstrumentColumn("Dichte", "hair_density", unit="/cm2"),
        InstrumentColumn("Zahl", "hair_count", area_column="Feld"),
        InstrumentColumn("SALT", "salt"),
        InstrumentColumn("Norwood", "norwood"),
    ),
)
EFFECTS = TableMapping("side_effects", ("effects.csv",), effects={"Rötung": "redness"})
MAPPINGS = {m.table: m for m in (PEOPLE, SESSIONS, OUTCOMES, EFFECTS)}
HEADERS = (
    "Patient", "Datum", "Gerät", "Nadel", "Alter", "Stadium", "Dichte", "Zahl", "Feld", "SALT", "Norwood", "Rötung",
    "setting", "performed_day", "recorded_on", "passes", "clinic_id",
)  # fmt: skip
MANIFEST = Manifest(
    "north", "csv", date(2026, 6, 30), "north", "main", ("main", "east"), False,
    tuple(MAPPINGS.values()), dates="%d.%m.%Y", encoding="cp1252", decimal=",",
)  # fmt: skip


def said(table: str, reason: str, column: str | None = None, part: str | None = None, scale: str | None = None) -> str:
    mapping = MAPPINGS.get(table, TableMapping(table, ("x.csv",)))
    return sentence(Fault(table, reason, column, part, scale), Origin(MANIFEST, mapping, HEADERS))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (("sessions", "out_of_range", "needle_length_mm"),
         "Nadel: {cell} lies outside 0.10 to 5.00 mm (100 to 5000 um)"),
        (("sessions", "out_of_range", "passes"), "passes: {cell} lies outside 1 to 50 passes"),
        (("sessions", "out_of_range", "performed_on"), "Datum: {cell} lies outside the years from 1900 on"),
        (("sessions", "out_of_range", "recorded_on"),
         "recorded_on: {cell} lies outside the ten years after the day that the row is about"),
        (("outcomes", "out_of_range", "value", "Dichte", "hair_density"), "Dichte: {cell} lies outside 0 to 400 /cm2"),
        (("costs", "out_of_range", "amount"), "amount: {cell} lies outside 0.00 to 1000000.00"),
        (("sessions", "unknown_value", "device"),
         "Gerät: '{cell}' is not known; known are: Walze, dermaroller, dermastamp, pen_motorised, rf_fractional, "
         "nano_patch, other"),
        (("sessions", "missing_required", "setting"), "setting: it is empty, and it is required"),
        (("sessions", "missing_required", "enrolled_on"),
         "the day on which this person was enrolled is not known, so the date cannot be placed"),
        (("events", "missing_required", "event"), "event: it is required, and the file has no column for it"),
        (("participants", "unknown_value", "sex"), "sex: source.toml sets it to 'mann', which is not taken"),
        (("participants", "unknown_value", "clinic_id"), "clinic_id: '{cell}' is not known; known are: main, east"),
        (("participants", "minor", "age_years"),
         "under 18: such people are not taken, and nothing of the row is kept"),
        (("participants", "wrong_type", "age_years"), "Alter: '{cell}' is no number; expected one such as 1,5"),
        (("sessions", "wrong_type", "performed_on"), "Datum: '{cell}' is no date; expected one such as 31.12.2025"),
        (("sessions", "wrong_type", "passes"), "passes: '{cell}' is no whole number"),
        (("sessions", "ambiguous", "passes"),
         "passes: '{cell}' can be read in more than one way; give a number"),
        (("outcomes", "ambiguous", "value", "Norwood", "norwood"),
         "Norwood: '{cell}' can be read in more than one way; give one stage or one number"),
        (("outcomes", "ambiguous", "unit", "Dichte", "hair_density"),
         "Dichte: '{cell}' can be read in more than one way; the number carries another unit than the one declared"),
        (("outcomes", "unit_missing", "unit", "Dichte", "hair_density"),
         "Dichte: it needs a unit; known are: /cm2, /inch2, /inch_circle, /mm2"),
        (("outcomes", "area_missing", "area_cm2", "Zahl", "hair_count"),
         "Feld: it is empty, and a hair count needs the area that was counted"),
        (("outcomes", "instrument_not_for_diagnosis", "instrument", "SALT", "salt"),
         "SALT: it is not meant for this person's diagnosis, only for alopecia areata, other, unknown"),
        (("side_effects", "unknown_value", "effect", "Rötung"), "Rötung: '{cell}' is not known; known are: "),
        (("sessions", "unknown_participant", "participant_id"),
         "Patient: '{cell}' is no person taken so far; the row waits for that person's own row"),
        (("sessions", "before_time", "performed_on"),
         "Datum: {cell} lies more than 365 days before this person's enrolment"),
        (("sessions", "in_future", "performed_on"),
         "Datum: {cell} lies after the day on which the data were taken out (2026-06-30)"),
        (("sessions", "encoding"), "letters of the line are damaged: they are not cp1252"),
        (("sessions", "duplicate_id"),
         "the same record stands here with different content (line {mates} of this file): keep the true one, or give "
         "each an id of its own"),
    ],
)  # fmt: skip
def test_a_fault_is_said_in_the_senders_words(fault: tuple[str, ...], expected: str) -> None:
    assert said(*fault).startswith(expected)


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("table", TABLES)
def test_every_reason_can_be_said_of_every_column_with_and_without_the_file(table: str, reason: str) -> None:
    for column in (None, *TABLES[table].names):
        for scale in (None, "hair_density", "norwood"):
            fault = Fault(table, reason, column, None, scale)
            for origin in (Origin(), Origin(MANIFEST, MAPPINGS.get(table, TableMapping(table, ("x",))), HEADERS)):
                told = sentence(fault, origin)
                assert told
                assert "None" not in told


def test_a_broken_line_is_said_without_commas_and_quotes() -> None:
    assert not set(said("sessions", "malformed_line")) & set(",;\t|\"'")


def test_long_vocabularies_are_cut_and_counted() -> None:
    assert " more" in said("costs", "unknown_value", "currency")

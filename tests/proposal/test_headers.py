"""Headers: folded, taken apart, matched; what is ambiguous is not chosen."""

import pytest

from pipeline.contract import reference
from pipeline.contract.instruments import instruments
from pipeline.contract.tables import TABLES
from pipeline.proposal import synonyms
from pipeline.proposal.headers import effect_of, instrument_of, is_unit, readings, strength_unit, table_of, wide_name
from pipeline.proposal.spelling import fold, folds, likeness, nearest

LANGUAGES = {"en", "de", "fr", "es", "pt"}
SAYS_NO_COLUMN = {"date", "day", "id", "asked"}


def best(header: str, table: str) -> tuple[str, str | None]:
    first = readings(header, table)[0]
    return first.native, first.unit


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Nadel-Länge", "nadel lange"), ("userId", "user id"), ("  NEEDLE__length ", "needle length"),
     ("Straße", "strasse"), ("Año", "ano"), ("№ 3", "no 3"), ("%", ""), ("", ""), ("œdème", "oedeme")],
)  # fmt: skip
def test_case_accents_and_punctuation_do_not_count(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_umlauts_may_be_written_out() -> None:
    assert folds("Gerät") == ("gerat", "geraet")
    assert folds("Größe") == ("grosse", "groesse")
    assert folds("plain") == ("plain",)


def test_short_words_are_never_taken_for_misspelt_ones() -> None:
    assert likeness("age", "ago") == 0
    assert likeness("age", "age") == 1
    assert likeness("needle length", "neddle lenght") > 0.8
    assert nearest("tonsur", ["tonsure", "temporal"]) == [(pytest.approx(12 / 13), "tonsure")]


@pytest.mark.parametrize(
    ("header", "table", "expected"),
    [
        ("Nadel (µm)", "sessions", ("needle_length_mm", "μm")),
        ("Needle length [mm]", "sessions", ("needle_length_mm", "mm")),
        ("needle_length_mm", "sessions", ("needle_length_mm", "mm")),
        ("needle_length_um", "sessions", ("needle_length_mm", "um")),
        ("Nadellaenge in mm", "sessions", ("needle_length_mm", "mm")),
        ("Profondeur en mm", "sessions", ("needle_length_mm", "mm")),
        ("Needle (length)", "sessions", ("needle_length_mm", None)),
        ("neddle length", "sessions", ("needle_length_mm", None)),
        ("Area (cm2)", "sessions", ("area_cm2", None)),
        ("Feld cm²", "outcomes", ("area_cm2", "cm2")),
        ("Stärke %", "treatments", ("strength", "%")),
        ("weg nach Stunden", "side_effects", ("resolved_after_hours", "Stunden")),
        ("Fecha de la sesión", "sessions", ("performed_on", None)),
        ("Datum", "costs", ("date", None)),
        ("Tag", "events", ("day", None)),
    ],
)
def test_a_header_is_read_with_its_unit(header: str, table: str, expected: tuple[str, str | None]) -> None:
    assert best(header, table) == expected


@pytest.mark.parametrize(
    "header", ["Geburtsdatum", "Name", "Vorname", "Telefon", "Adresse", "E-Mail", "Bemerkung", "date of birth"]
)
def test_headers_that_name_people_stand_for_nothing(header: str) -> None:
    assert [r for table in TABLES for r in readings(header, table)] == []


@pytest.mark.parametrize(
    ("header", "words", "week", "day", "unit"),
    [
        ("density_w12", "density", 12, None, None),
        ("dens12w", "dens", 12, None, None),
        ("Dichte Woche 24", "dichte", 24, None, None),
        ("DensityW4", "density", 4, None, None),
        ("W12_density", "density", 12, None, None),
        ("Densidad semana 12", "densidad", 12, None, None),
        ("hair density baseline (/cm2)", "hair density", 0, None, "/cm2"),
        ("SALT month 3", "salt", None, 91, None),
        ("comb60", "comb60", None, None, None),
        ("Norwood", "norwood", None, None, None),
    ],
)
def test_a_wide_header_is_taken_apart(
    header: str, words: str, week: int | None, day: int | None, unit: str | None
) -> None:
    name = wide_name(header)
    assert (name.words, name.week, name.day, name.unit) == (words, week, day, unit)


def test_instruments_effects_and_tables_are_known_by_many_names() -> None:
    assert {instrument_of(fold(w)) for w in ("Dichte", "densité", "hair density", "Hair Densty")} == {"hair_density"}
    assert instrument_of("global assessment") is None, "the investigator's, or the participant's"
    assert {effect_of(fold(w)) for w in ("Rötung", "se_redness", "vermelhidão", "AE Redness")} == {"redness"}
    assert effect_of("se") is None
    assert [table_of(w) for w in ("patienten", "Sessions March", "séances", "Nebenwirkungen 2025", "misc")] == [
        "participants", "sessions", "sessions", "side_effects", None,
    ]  # fmt: skip
    assert [strength_unit(u) for u in ("%", "mg/ml", "mm")] == ["percent", "mg_per_ml", None]
    assert is_unit("µm")
    assert not is_unit("length")


def test_every_synonym_stands_for_something_in_every_language() -> None:
    rows = reference.rows("header_synonyms")
    natives = {name for table in TABLES.values() for name in table.native_names}
    known = natives | SAYS_NO_COLUMN | {f"table:{t}" for t in TABLES} | {f"instrument:{i}" for i in instruments()}
    languages: dict[str, set[str]] = {}
    for row in rows:
        assert row["column"] in known, row
        assert row["synonym"] == row["synonym"].strip().lower(), row
        languages.setdefault(row["column"], set()).add(row["language"])
    assert {column: missing for column, here in languages.items() if (missing := LANGUAGES - here)} == {}
    assert len({tuple(row.values()) for row in rows}) == len(rows)


def test_every_column_has_synonyms() -> None:
    columns = {column.name for table in TABLES.values() for column in table.columns}
    assert columns - {row["column"] for row in reference.rows("header_synonyms")} == set()


@pytest.mark.parametrize("table", TABLES)
def test_no_synonym_stands_for_two_columns_of_a_table(table: str) -> None:
    """But for `asked`, which cells tell apart: dates, or yes and no."""
    twofold = {word: natives for word, natives in synonyms.of_table(table).items() if len(natives) > 1}
    assert {word for word, natives in twofold.items() if set(natives) != {"asked_on", "asked"}} == set()

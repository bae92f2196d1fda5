"""`[tables.*]`: names, units and codes are ours, or the mistake says which would be."""

import pytest

from tests.sources.mapping_text import HEAD, mistakes, table


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("sessions", "files = []", "files: names no file"),
        ("sessions", "files = [7]", "files: found [7]; expected a list of texts"),
        ("sessions", 'mode = "snapshott"', "mode: found 'snapshott'; did you mean 'snapshot'?"),
        ("sessions", "allow_shrink = 1", "allow_shrink: found 1; expected true or false"),
        ("sessions", "header_row = 0", "header_row: found 0; expected a whole number from 1 to 1000"),
        ("sessions", "skip_footer = true", "skip_footer: found True"),
        ("sessions", 'sheet = "Log"', "sheet: has no meaning for format 'csv'"),
        ("sessions", 'columns = "x"', "columns: found 'x'; expected a table"),
        (
            "sessions",
            'columns = { a = "devise" }',
            ".columns] a: 'devise' is no column of sessions; did you mean 'device'?",
        ),
        ("sessions", 'columns = { a = "age_years" }', "'age_years' is no column of sessions"),
        ("sessions", 'columns = { a = "device", b = "device" }', "] b: device is already taken from 'a'"),
        ("sessions", 'columns = { " a" = "device", "a " = "side" }', "the header 'a' is given twice"),
        ("sessions", 'columns = { "" = "device" }', "a header may not be empty"),
        ("sessions", "columns = { a = 7 }", "] a: found 7; expected a text in quotes"),
        ("participants", 'columns = { a = "enrolled_day" }', "'enrolled_day' is no column of participants"),
        (
            "treatments",
            'columns = { a = "asked_on", b = "started_day" }',
            "asked_on and started_day stand side by side",
        ),
        ("sessions", 'columns = { a = "performed_on" }\nconstants = { performed_day = 3 }', "stand side by side"),
        ("sessions", 'units = { needle_length_mm = "parsec" }', "the unit 'parsec' is not known here; allowed: mm"),
        ("sessions", 'units = { needle_length_mm = "cm2" }', "the unit 'cm2' is not known here"),
        ("sessions", 'units = { device = "mm" }', "] device: has no unit"),
        ("treatments", 'units = { strength = "%" }', "map or set strength_unit instead"),
        ("outcomes", 'units = { value = "furlong" }', "the unit 'furlong' is not known here"),
        ("sessions", 'values = { device = { x = "pen" } }', "'pen' is no value of device; "),
        ("sessions", 'values = { device = "x" }', "] device: found 'x'; expected a table"),
        ("sessions", 'values = { gadget = { x = "y" } }', "'gadget' is no column of sessions"),
        ("sessions", 'values = { side = { X = "left", "x " = "right" } }', "is given twice; case and outer blanks"),
        (
            "sessions",
            'values = { shared_device = { ja = "oui" } }',
            "'oui' is no value of shared_device; allowed: true",
        ),
        ("sessions", 'values = { side = { x = ["left"] } }', "found ['left']"),
        ("participants", 'values = { stage = { x = "IX" } }', "'IX' is no value of stage"),
        ("outcomes", 'values = { instrument = { x = "hair_densty" } }', "did you mean 'hair_density'?"),
        ("sessions", "where = { a = [] }", ".where] a: found []; expected a value or a list of values"),
        ("sessions", "where = { a = { b = 1 } }", "expected a value or a list of values"),
        ("sessions", 'constants = { region = "nose" }', "'nose' is no value of region; "),
        ("sessions", "constants = { region = [1] }", "found [1]; expected one value"),
        ("sessions", 'constants = { setting = "home" }\ncolumns = { a = "setting" }', "also taken from a header"),
        ("sessions", 'effects = { a = "redness" }', "effects: belongs to side_effects, not to sessions"),
        ("sessions", 'asked = { a = "1" }', "asked: belongs to side_effects"),
        ("side_effects", 'effects = { a = "rednes" }', "'rednes' is no value of effect; did you mean 'redness'?"),
        ("side_effects", 'effects = { a = "none" }', "'none' is no box to tick"),
        ("side_effects", 'effects = { a = "redness" }\ncolumns = { b = "effect" }', "columns maps it too"),
        ("side_effects", 'asked = { a = "1" }', "asked: stands without effects"),
        ("sessions", 'instruments = { a = { instrument = "wash_test" } }', "belongs to outcomes, not to sessions"),
        (
            "outcomes",
            'instruments = { a = { instrument = "wash_tset" } }',
            "found 'wash_tset'; did you mean 'wash_test'?",
        ),
        ("outcomes", "instruments = { a = {} }", ".instruments.a] instrument: is missing"),
        ("outcomes", 'instruments = { a = "wash_test" }', "found 'wash_test'; expected a table"),
        (
            "outcomes",
            'instruments = { a = { instrument = "hair_density", unit = "kg" } }',
            "the unit 'kg' is not known",
        ),
        (
            "outcomes",
            'instruments = { a = { instrument = "wash_test", visit = "3m" } }',
            "visit: found '3m'; expected weeks",
        ),
        (
            "outcomes",
            'instruments = { a = { instrument = "wash_test", visit = "4w", day = 3 } }',
            "and day are both given",
        ),
        ("outcomes", 'instruments = { a = { instrument = "wash_test", rater = "me" } }', "'me' is no value of rater"),
        ("outcomes", 'instruments = { a = { instrument = "wash_test", unti = "x" } }', "did you mean 'unit'?"),
        (
            "outcomes",
            'instruments = { a = { instrument = "wash_test" } }\ncolumns = { v = "value" }',
            "columns maps it too",
        ),
    ],
)
def test_a_mistake_in_a_table_is_named_with_what_is_allowed(name: str, text: str, message: str) -> None:
    found = mistakes(f"{HEAD}[tables.{name}]\n{text}\n")
    assert any(message in line and f"[tables.{name}" in line for line in found), found


def test_a_constant_clinic_must_be_one_that_the_source_may_claim() -> None:
    text = f'{HEAD}clinics = ["north"]\n[tables.participants]\nconstants = {{ clinic_id = "south" }}\n'
    assert "found 'south'" in mistakes(text)[0]


def test_spellings_of_units_and_codes_are_made_ours() -> None:
    assert table('units = { needle_length_mm = "μm" }').units == {"needle_length_mm": "um"}
    assert table('units = { needle_length_mm = "mm" }').units == {"needle_length_mm": "mm"}
    assert table('values = { side = { L = "Left" } }').values == {"side": {"L": "left"}}
    assert table("values = { shared_device = { 1 = true } }").values == {"shared_device": {"1": "true"}}


def test_names_that_exist_only_beside_the_columns() -> None:
    assert table('columns = { a = "performed_day" }').columns == {"a": "performed_day"}
    assert table('columns = { a = "age_band" }', "participants").columns == {"a": "age_band"}
    assert table('values = { stage = { mild = "20" } }', "participants").values == {"stage": {"mild": "20"}}
    assert table('files = "one.csv"').files == ("one.csv",)


def test_settings_of_a_sheet_are_mistakes_where_they_would_be_ignored() -> None:
    text = HEAD.replace("csv", "parquet") + "[tables.sessions]\nheader_row = 2\nskip_footer = 1\n"
    assert [line.split(": ")[1] for line in mistakes(text)] == ["has no meaning for format 'parquet'; take it out"] * 2

"""`source.toml`: what it may say, and that every mistake is told at once, by key, with what is allowed."""

import datetime as dt

import pytest

from pipeline.contract.mapping import InstrumentColumn, Manifest, TableMapping
from pipeline.errors import RefusedError
from pipeline.sources.manifest import read_manifest
from tests.sources.mapping_text import HEAD, PATH, mistakes, read


@pytest.fixture
def example() -> str:
    """The mapping that the contract shows, with side effects and outcomes as tables of their own."""
    return """
[source]
id = "clinic-north"
format = "csv"
extracted_on = "2026-11-01"
people = "north-registry"
default_clinic = "north"
clinics = ["north", "north-2"]
simulated = false
dates = "%d/%m/%Y"
timezone = "Europe/Berlin"
encoding = "windows-1252"
delimiter = ";"
quote = "'"
decimal = ","

[tables.side_effects]
effects = { "se___1" = "redness", "se___2" = "swelling" }
asked = { se_asked = "1" }

[tables.outcomes]
files = ["wide.csv"]
constants = { rater = "participant", region = "crown" }
instruments = { dens_w12 = { instrument = "hair_density", unit = "/cm2", visit = "12w", area_column = " area " }, comb60 = { instrument = "comb_count_60s" } }

[tables.sessions]
files = ["sessions*.csv"]
mode = "snapshot"
allow_shrink = true
key = ["Patient", "Date", " Zone "]
columns = { "Patient" = "participant_id", "Needle (µm)" = "needle_length_mm" }
units = { needle_length_mm = "µm" }
values = { device = { "Roller" = "dermaroller", "DP" = "pen_motorised" } }
where = { redcap_repeat_instrument = "mn_session", arm = ["", 1] }
header_row = 3
skip_footer = 2
"""  # noqa: E501


def test_everything_the_contract_shows_is_understood(example: str) -> None:
    manifest = read(example)
    sessions, outcomes, effects = manifest.tables
    assert [t.table for t in manifest.tables] == ["sessions", "outcomes", "side_effects"]
    assert manifest == Manifest(
        source="clinic-north", format="csv", extracted_on=dt.date(2026, 11, 1), people="north-registry",
        default_clinic="north", clinics=("north", "north-2"), simulated=False, tables=manifest.tables,
        dates="%d/%m/%Y", timezone="Europe/Berlin", encoding="cp1252", delimiter=";", quote="'", decimal=",",
    )  # fmt: skip
    assert sessions == TableMapping(
        "sessions", ("sessions*.csv",), "snapshot", allow_shrink=True, key=("Patient", "Date", "Zone"),
        columns={"Patient": "participant_id", "Needle (µm)": "needle_length_mm"}, units={"needle_length_mm": "um"},
        values={"device": {"Roller": "dermaroller", "DP": "pen_motorised"}},
        where={"redcap_repeat_instrument": ("mn_session",), "arm": ("", "1")}, header_row=3, skip_footer=2,
    )  # fmt: skip
    assert outcomes.instruments == (
        InstrumentColumn("dens_w12", "hair_density", "/cm2", "12w", area_column="area"),
        InstrumentColumn("comb60", "comb_count_60s"),
    )
    assert outcomes.constants == {"rater": "participant", "region": "crown"}
    assert (effects.effects, effects.asked) == ({"se___1": "redness", "se___2": "swelling"}, {"se_asked": ("1",)})
    assert effects.files == ("side_effects.csv", "side_effects.csv.gz", "side_effects.csv.zst")


def test_a_native_drop_names_its_files_after_the_tables() -> None:
    manifest = read(HEAD.replace("csv", "ndjson"))
    assert [t.table for t in manifest.tables][:3] == ["participants", "courses", "sessions"]
    assert "sessions.jsonl.zst" in manifest.tables[2].files
    assert (manifest.people, manifest.encoding, manifest.quote, manifest.decimal) == ("north", "utf-8", '"', ".")


@pytest.mark.parametrize("written", ["2026-11-01", '"2026-11-01"'])
def test_a_date_may_stand_with_or_without_quotes(written: str) -> None:
    assert read(f"{HEAD}extracted_on = {written}\n").extracted_on == dt.date(2026, 11, 1)


def test_quoting_can_be_switched_off() -> None:
    assert read(f'{HEAD}quote = ""\n').quote == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[source]\nformat = "csv"', "[source] id: is missing"),
        ('[source]\nid = "North"\nformat = "csv"', "[source] id: found 'North'; expected 1 to 40 of a-z"),
        (f'[source]\nid = "{"a" * 41}"\nformat = "csv"', "[source] id: found"),
        ('[source]\nid = 7\nformat = "csv"', "[source] id: found 7; expected a text in quotes"),
        ('[source]\nid = "north"', "[source] format: is missing; allowed: csv, ndjson, parquet"),
        ('[source]\nid = "n"\nformat = "cvs"', "[source] format: found 'cvs'; did you mean 'csv'?"),
        ('[source]\nid = "n"\nformat = "redcap"', "[tables]: is missing; format 'redcap' has no headers of its own"),
        ('[source]\nid = "n"\nformat = "fhir"', "[tables]: is missing; format 'fhir' has no headers of its own"),
        (HEAD + "extracted_on = 2026-11-01T10:00:00", "[source] extracted_on: found"),
        (HEAD + 'extracted_on = "01.11.2026"', "expected a date such as 2026-11-01"),
        (HEAD + 'people = " "', "[source] people: is empty"),
        (HEAD + 'clinics = "north"', "[source] clinics: found 'north'; expected a list of texts"),
        (HEAD + 'clinics = ["north"]\ndefault_clinic = "nord"', "[source] default_clinic: found 'nord'; did you mean"),
        (HEAD + 'simulated = "yes"', "[source] simulated: found 'yes'; expected true or false"),
        (HEAD + 'dates = "%d/%m"', "[source] dates: found '%d/%m'; expected a pattern"),
        (HEAD + 'dates = "DD/MM/YYYY"', "[source] dates: found 'DD/MM/YYYY'"),
        (HEAD + 'timezone = "Europe/Berlim"', "did you mean 'Europe/Berlin'?"),
        (HEAD + 'encoding = "cp1253x"', "[source] encoding: found 'cp1253x'; did you mean 'cp1252'?"),
        (HEAD + 'encoding = "shift-jis"', "allowed: utf-8, utf-16, utf-16-le, utf-16-be, cp1252, latin-1"),
        (HEAD + 'delimiter = ";;"', "[source] delimiter: found ';;'; expected one character"),
        (HEAD + 'quote = "ab"', "[source] quote: found 'ab'"),
        (HEAD + 'delimiter = "\'"\nquote = "\'"', "[source] delimiter: is the same as quote"),
        (HEAD + 'decimal = ";"', "[source] decimal: found ';'; allowed: ., ,"),
        (HEAD + 'fromat = "x"', "[source] fromat: there is no such key; did you mean 'format'?"),
        (HEAD + "[table.sessions]", "table: there is no such key; did you mean 'tables'?"),
        (HEAD + "[tables.session]", "[tables] session: there is no such key; did you mean 'sessions'?"),
        (HEAD + "[tables]", "[tables]: is empty"),
        ('source = "x"', "source: found 'x'; expected a table"),
    ],
)
def test_a_mistake_is_named_with_what_is_allowed(text: str, message: str) -> None:
    assert any(message in line for line in mistakes(text)), mistakes(text)


def test_all_mistakes_are_told_at_once() -> None:
    text = '[source]\nid = "N"\nformat = "cvs"\nencoding = "x"\n[tables.sessions]\nmode = "apend"\nheadr_row = 2\n'
    assert [line.split(":")[0] for line in mistakes(text)] == [
        "[source] id", "[source] format", "[tables.sessions] headr_row", "[tables.sessions] mode", "[source] encoding",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", r"\[source\]: is missing"),
        (b"[source\n", "is not valid TOML: .*line 1"),
        (b'[source]\nid = "a"\nid = "b"\n', "is not valid TOML"),
        ('[source]\nid = "ä"'.encode("latin-1"), "is not UTF-8"),
    ],
)
def test_a_file_that_is_no_mapping_at_all(raw: bytes, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        read_manifest(PATH, raw)


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read_manifest(PATH, b"\xef\xbb\xbf" + HEAD.encode()).source == "north"

"""The data dictionary of a REDCap project, and the labels it gives to codes."""

import csv
import io
import re

import pytest

from pipeline.errors import RefusedError
from pipeline.sources import open_drop
from pipeline.sources.redcap.dictionary import Field, read_dictionary
from tests.sources.conftest import MakeDrop
from tests.sources.redcap_exports import DICTIONARY, ReadExport, read_export

__all__ = ["read_export"]

ROWS = """record_id,enrol,text,Record,
sex,enrol,radio,Sex,"0, Female | 1, Male"
device,enrol,dropdown,Device,"1, Derma roller | 2, DP-4, grey"
seen,reaction,checkbox,Seen,"1, Redness | 2, Swelling"
asked,reaction,yesno,Asked,
note,reaction,notes,Note,"1, no choice"
"""
DATA = """record_id,redcap_repeat_instrument,redcap_repeat_instance,sex,device,asked,seen___1,seen___2
1,,,1,2,,,
1,reaction,1,,,1,0,0
"""
PEOPLE = '[tables.participants]\nwhere = { redcap_repeat_instrument = "" }\ncolumns = { sex = "sex" }\n'


def dictionary(rows: str = ROWS) -> bytes:
    return (DICTIONARY + rows).encode()


def test_fields_have_the_choices_of_their_kind() -> None:
    fields = read_dictionary("d.csv", dictionary(), "utf-8")
    assert fields["sex"] == Field("radio", (("0", "Female"), ("1", "Male")))
    assert fields["device"].choices == (("1", "Derma roller"), ("2", "DP-4, grey"))
    assert fields["asked"].choices == (("1", "Yes"), ("0", "No"))
    assert fields["note"].choices == fields["record_id"].choices == ()


def parted(delimiter: str) -> bytes:
    """The dictionary as a spreadsheet of another country writes it."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(csv.reader((DICTIONARY + ROWS).splitlines()))
    return text.getvalue().encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + dictionary(),
        dictionary().replace(b"\n", b"\r\n"),
        dictionary().replace(b"\n", b"\r"),
        (DICTIONARY + ROWS).encode("utf-16"),
        b"field_name,form_name,field_type,field_label,select_choices_or_calculations\n" + ROWS.encode(),
        parted(";"),
        parted("\t"),
    ],
)
def test_every_way_of_writing_it_reads_the_same(raw: bytes) -> None:
    assert read_dictionary("d.csv", raw, "utf-16")["sex"].choices == (("0", "Female"), ("1", "Male"))


def test_labels_lose_their_markup_and_keep_their_letters() -> None:
    rows = 'a,f,radio,A,"1, <b>Grün</b> <br> hell | 2,  | 3 | , lost | -1, < 5"\n'
    choices = (("1", "Grün hell"), ("2", ""), ("3", ""), ("-1", "< 5"))
    assert read_dictionary("d.csv", dictionary(rows), "utf-8")["a"].choices == choices
    in_cp1252 = (DICTIONARY + rows).encode("cp1252")
    assert read_dictionary("d.csv", in_cp1252, "cp1252")["a"].choices == choices


def test_it_may_be_utf8_beside_data_that_are_not() -> None:
    """REDCap writes it so, whatever the data were saved in later."""
    found = read_dictionary("d.csv", dictionary('a,f,radio,A,"1, Grün"\n'), "cp1252")
    assert found["a"].choices == (("1", "Grün"),)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "is no data dictionary; expected the columns Variable / Field Name"),
        (b"record_id,sex\n1,1\n", "is no data dictionary; expected the columns Variable / Field Name"),
        (dictionary('a,f,radio,A,"1, open\n'), "has a quote that is never closed; export it from REDCap again"),
        (DICTIONARY.encode() + b"a,f,radio,Gr\xfc,\n", "is not utf-8; save it so, or set encoding"),
    ],
)
def test_what_is_none_is_refused(raw: bytes, sentence: str) -> None:
    with pytest.raises(RefusedError, match=re.escape(f"[redcap] dictionary: 'd.csv' {sentence}")):
        read_dictionary("d.csv", raw, "utf-8")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("missing.csv", "is not in the drop; put it there, or take the line out"),
        ("../dictionary.csv", "leads out of the drop; put the dictionary into it"),
        (".", "cannot be read; name a file of the drop that can"),
    ],
)
def test_a_dictionary_that_is_not_there_refuses_the_drop(read_export: ReadExport, name: str, sentence: str) -> None:
    with pytest.raises(RefusedError, match=re.escape(f"source.toml: [redcap] dictionary: {name!r} {sentence}")):
        read_export(DATA, PEOPLE, redcap=f'dictionary = "{name}"\n')


def test_a_label_that_the_contract_knows_explains_its_code(read_export: ReadExport) -> None:
    assert read_export(DATA, PEOPLE, ROWS).table("participants").values == {"sex": {"0": "Female", "1": "Male"}}
    assert read_export(DATA, PEOPLE).table("participants").values == {}


def test_values_may_name_labels_or_codes(read_export: ReadExport) -> None:
    tables = """[tables.sessions]
columns = { device = "device" }
values = { device = { "dp-4, GREY " = "pen_motorised" } }
"""
    found = read_export(DATA, tables, ROWS).table("sessions").values["device"]
    assert found["2"] == "pen_motorised"
    assert found["1"] == "Derma roller"
    by_code = tables.replace('"dp-4, GREY "', '"2"')
    assert read_export(DATA, by_code, ROWS).table("sessions").values["device"]["2"] == "pen_motorised"


def test_a_word_of_values_that_is_no_choice_is_told(read_export: ReadExport) -> None:
    tables = '[tables.sessions]\ncolumns = { device = "device" }\nvalues = { device = { "DP4" = "pen_motorised" } }\n'
    assert read_export(DATA, tables, ROWS).warnings == (
        "[tables.sessions.values] device: 'DP4' is neither a code nor a label of the field device; "
        "its choices are 1 Derma roller, 2 DP-4, grey",
    )


def test_where_and_asked_may_name_labels(read_export: ReadExport) -> None:
    tables = """[tables.side_effects]
where = { sex = ["Male", ""], redcap_repeat_instrument = "reaction" }
columns = { asked_date = "asked_on" }
effects = { seen___1 = "redness", seen___2 = "swelling" }
asked = { asked = "yes" }
"""
    found = read_export(DATA, tables, ROWS).table("side_effects")
    assert (found.where["sex"], found.asked) == (("Male", "", "1"), {"asked": ("yes", "1")})
    assert found.where["redcap_repeat_instrument"] == ("reaction",)


def test_a_code_that_is_also_a_label_means_the_code(read_export: ReadExport) -> None:
    """`where = 1` is the code 1, though another choice is called 1."""
    rows = 'kind,f,radio,Kind,"1, 2 | 2, 1"\n'
    tables = '[tables.participants]\nwhere = { kind = "1" }\n'
    data = "record_id,kind\n1,1\n"
    assert read_export(data, tables, rows).table("participants").where == {"kind": ("1",)}


@pytest.mark.parametrize(
    ("choices", "stands_for"),
    [
        ("1, 0.5 mm | 2, 1.5 mm", {"1": "0.5 mm", "2": "1.5 mm"}),
        ("1, 0.5 | 2, 1.5", {"1": "0.5", "2": "1.5"}),
        ("0.5, 0.5 mm | 1.5, 1.5 mm", {"0.5": "0.5 mm", "1.5": "1.5 mm"}),
        ("0.5, short | 1.5, long", {}),
        ("1, 0.5 mm | 9, not known", {"1": "0.5 mm", "9": "not known"}),
    ],
)
def test_a_quantity_that_is_a_code_is_what_its_label_says(
    read_export: ReadExport, choices: str, stands_for: dict[str, str]
) -> None:
    """Else code 2 would be a needle of 2 mm."""
    tables = '[tables.sessions]\ncolumns = { needle = "needle_length_mm" }\n'
    found = read_export("record_id,needle\n1,1\n", tables, f'needle,f,radio,Needle,"{choices}"\n')
    assert found.table("sessions").values.get("needle_length_mm", {}) == stands_for


def test_stages_and_other_instruments_are_explained_by_column(read_export: ReadExport) -> None:
    rows = 'nw,f,radio,Stage,"1, II | 2, III vertex"\nga,f,radio,Change,"-1, worse | 0, same | 1, better"\n'
    tables = """[tables.outcomes]
columns = { day = "assessed_on" }
instruments = { nw = { instrument = "norwood" }, ga = { instrument = "ga_investigator" } }
"""
    found = read_export("record_id,day,nw,ga\n1,2025-01-01,1,0\n", tables, rows).table("outcomes")
    assert [wide.values for wide in found.instruments] == [{"1": "II", "2": "III vertex"}, {}]


def test_boxes_that_say_the_opposite_are_refused(read_export: ReadExport) -> None:
    tables = '[tables.side_effects]\ncolumns = { day = "asked_on" }\neffects = { red = "redness" }\n'
    with pytest.raises(RefusedError, match="the field red says 'No' with the code 1, which would be read as the oppos"):
        read_export("record_id,day,red\n1,2025-01-01,1\n", tables, 'red,f,radio,Red,"1, No | 2, Yes"\n')


def test_the_dictionary_of_another_project_is_told(read_export: ReadExport) -> None:
    other = 'bp,f,text,Blood pressure,\nsex,f,radio,Sex,"0, Female | 1, Male"\n'
    tables = '[tables.participants]\ncolumns = { sex = "sex", "device" = "skin_type" }\n'
    found = read_export(DATA, tables, other)
    assert found.warnings == (
        "data.csv: dictionary.csv does not describe device; their codes are read as they stand. "
        "Is it the dictionary of this project?",
    )


def test_columns_that_redcap_adds_are_no_sign_of_another_project(read_export: ReadExport) -> None:
    data = "record_id,redcap_event_name,enrol_complete,enrol_timestamp,sex,seen___1,day\n1,e,2,2025-01-01 10:00,1,1,\n"
    tables = """[tables.participants]
where = { redcap_event_name = "e", enrol_complete = "2" }
columns = { sex = "sex", enrol_timestamp = "enrolled_on" }
[tables.side_effects]
columns = { day = "asked_on" }
effects = { seen___1 = "redness" }
"""
    assert read_export(data, tables, ROWS + "day,f,text,Day,\n").warnings == ()


def test_the_dictionary_is_part_of_what_a_file_is_known_by(make_drop: MakeDrop) -> None:
    """Mend the dictionary, send again, and the export is read again."""
    head = '[redcap]\ndata = "data.csv"\ndictionary = "d.csv"\n' + PEOPLE
    digests = {
        open_drop(make_drop({"data.csv": DATA.encode(), "d.csv": raw}, "", head, "redcap")).manifest_digest
        for raw in (dictionary(), dictionary(ROWS.replace("Male", "M")))
    }
    assert len(digests) == 2

"""Each guess of a check: raised where it should be, with the line that mends it, and silent where all is well."""

import json

import pytest

from tests.proposal.conftest import Desk
from tests.proposal.guessed import HEAD, PEOPLE, SESSION, TABLES, guesses, one, sessions
from tests.sources.fhir_responses import item, response
from tests.sources.workbooks import written


def test_nothing_is_guessed_where_all_is_well(desk: Desk) -> None:
    rows = sessions("{p},2025-02-{d},dermaroller,0.5,home")
    assert guesses(desk, {"participants.csv": PEOPLE, "sessions.csv": SESSION + rows}) == []


def test_micrometres(desk: Desk) -> None:
    guess = one(desk, sessions("{p},2025-02-{d},dermaroller,{i}00,home").replace(",000,", ",500,"), "unit_by_size")
    assert guess["sentence"].startswith("needle_length_mm: values ")
    assert guess["sentence"].endswith("would be out of range as mm; are they um?")
    assert guess["setting"] == 'units = { needle_length_mm = "um" }'


def test_another_unit_behind_the_numbers(desk: Desk) -> None:
    head = SESSION.replace("setting", "setting,topical_delay_h")
    guess = one(desk, sessions("{p},2025-02-{d},dermaroller,0.5 mm,home,{i}0 min"), "unit_behind", head=head)
    assert guess["sentence"].endswith("have the unit minutes behind them, and hours is what is declared")
    assert guess["setting"] == 'units = { topical_delay_h = "minutes" }'


def test_millimetres_declared_as_micrometres(desk: Desk) -> None:
    toml = HEAD + "[tables.participants]\n[tables.sessions]\nunits = { needle_length_mm = 'um' }\n"
    guess = one(desk, sessions("{p},2025-02-{d},dermaroller,0.5,home"), "unit_by_size", toml=toml)
    assert guess["setting"] == 'units = { needle_length_mm = "mm" }'


@pytest.mark.parametrize(
    ("cell", "declared", "setting"), [('"0,5"', "", 'decimal = ","'), ("0.5", 'decimal = ","\n', 'decimal = "."')]
)
def test_the_other_decimal_sign(cell: str, declared: str, setting: str, desk: Desk) -> None:
    guess = one(desk, sessions("{p},2025-02-{d},dermaroller," + cell + ",home"), "decimal_sign", toml=HEAD + declared)
    assert guess["setting"] == setting
    assert guess["n"] == 8


def test_a_few_decimal_commas_among_the_true_numbers_of_a_workbook(desk: Desk) -> None:
    """They were typed as text, and the others come right with either sign."""
    rows: list[list[object]] = [
        [f"P{i}", f"2025-02-1{i}", "dermaroller", "0,5" if i < 2 else 0.5, "home"] for i in range(8)
    ]
    book = written([["participant_id", "performed_on", "device", "needle_length_mm", "setting"], *rows], "Sessions")
    toml = HEAD.replace("csv", "xlsx")
    found = [guess for guess in guesses(desk, {"log.xlsx": book}, toml) if guess["kind"] == "decimal_sign"]
    assert [(guess["n"], guess["setting"]) for guess in found] == [(2, 'decimal = ","')]
    mended = [guess["kind"] for guess in desk.check(toml + 'decimal = ","\n')["guesses"]]
    assert "decimal_sign" not in mended


def test_a_quote_that_was_never_closed(desk: Desk) -> None:
    rows = SESSION + sessions("{p},2025-02-{d},dermaroller,0.5,home").replace("P2,", '"P2,')
    found = guesses(desk, {"participants.csv": PEOPLE, "sessions.csv": rows})
    (guess,) = [guess for guess in found if guess["kind"] == "lines_in_a_row"]
    assert "lines 4 to 9, one after another" in guess["sentence"]
    assert "opened in line 4 and never closed" in guess["sentence"]
    assert guess["n"] == 6
    one_line = sessions("{p},2025-02-{d},dermaroller,0.5,home").replace("P2,", "P2,,")
    assert guesses(desk, {"participants.csv": PEOPLE, "sessions.csv": SESSION + one_line}) == []


@pytest.mark.parametrize(
    ("below", "line", "footer"),
    [
        ("\n\npatient,visit,hair count,,\nP1,2025-03-01,80,,\nP2,2025-03-01,82,,\n", 12, 3),
        (",,,,\npatient,visit,hair count,,\nP1,2025-03-01,80,,\n", 11, 2),
        ("\npatient,visit\nP1,2025-03-01\nP2,2025-03-01\n", 11, 3),
    ],
)
def test_another_table_below_the_first(below: str, line: int, footer: int, desk: Desk) -> None:
    rows = SESSION + sessions("{p},2025-02-{d},dermaroller,0.5,home") + below
    found = guesses(desk, {"participants.csv": PEOPLE, "sessions.csv": rows})
    (guess,) = [guess for guess in found if guess["kind"] == "second_table"]
    assert f"from line {line} on another table seems to begin" in guess["sentence"]
    assert f"skip_footer = {footer} leaves it out" in guess["sentence"]
    assert "2025-03" not in guess["sentence"]


@pytest.mark.parametrize(
    "below", ["\nP1,2025-03-01,dermaroller,0.5,home\n", "\nTotal,,,,\n", "\nprinted\n", "\nSum,8,,,\n"]
)
def test_a_gap_or_a_footer_is_no_other_table(below: str, desk: Desk) -> None:
    rows = SESSION + sessions("{p},2025-02-{d},dermaroller,0.5,home") + below
    found = guesses(desk, {"participants.csv": PEOPLE, "sessions.csv": rows})
    assert not [guess for guess in found if guess["kind"] == "second_table"]


def test_rows_of_nothing_but_delimiters(desk: Desk) -> None:
    guess = one(desk, sessions("{p},2025-02-{d},dermaroller,0.5,home") + ",,,,\n , ,,,\n", "empty_rows")
    assert guess["n"] == 2
    assert guess["sentence"].startswith("2 rows, the first in line 10, hold nothing but delimiters")


def test_a_header_that_is_called_like_a_column(desk: Desk) -> None:
    head = SESSION.replace("setting", "setting,Schmerz,Remarks")
    guess = one(desk, sessions("{p},2025-02-{d},dermaroller,0.5,home,3,so so"), "header_close", head=head)
    assert guess["sentence"] == '"Schmerz" is not stored; is it pain_nrs?'
    assert guess["setting"] == 'columns = { "Schmerz" = "pain_nrs" }'


def test_a_header_that_is_called_like_an_instrument(desk: Desk) -> None:
    toml = (
        HEAD
        + """[tables.participants]
[tables.outcomes]
instruments = { Norwood = { instrument = "norwood", rater = "clinician" } }
columns = { Patient = "participant_id", am = "assessed_on" }
"""
    )
    rows = "".join(f"P{i},2025-02-1{i},III,{100 + i}\n" for i in range(8))
    found = guesses(desk, {"participants.csv": PEOPLE, "outcomes.csv": "Patient,am,Norwood,Dichte\n" + rows}, toml)
    (guess,) = found
    assert guess["kind"] == "header_close"
    assert guess["setting"] == 'instruments = { "Dichte" = { instrument = "hair_density" } }'


def test_words_that_are_misspelt(desk: Desk) -> None:
    guess = one(desk, sessions("{p},2025-02-{d},Dermaroler,0.5,home"), "word_close")
    assert guess["setting"] == 'values = { device = { "Dermaroler" = "dermaroller" } }'
    assert '"Dermaroler" (8 cells) like dermaroller' in guess["sentence"]


def test_words_that_nobody_knows_are_told_only_if_people_share_them(desk: Desk) -> None:
    rows = sessions("{p},2025-02-{d},Zwirbler,0.5,home") + "P1,2025-03-01,Anna Muster,0.5,home\n"
    guess = one(desk, rows, "word_unknown")
    assert guess["setting"] == 'values = { device = { "Zwirbler" = "..." } }'
    assert "which of dermaroller, dermastamp" in guess["sentence"]
    assert "Anna" not in str(guess)


def test_words_of_a_mapping_are_left_alone(desk: Desk) -> None:
    toml = HEAD + TABLES + 'values = { device = { "zwirbler" = "pen_motorised" } }\n'
    rows = sessions("{p},2025-02-{d},Zwirbler,0.5,home")
    assert guesses(desk, {"participants.csv": PEOPLE, "sessions.csv": SESSION + rows}, toml) == []


def test_utf8_read_as_a_code_page(desk: Desk) -> None:
    head = SESSION.replace("setting", "setting,Ort der Übung")
    rows = sessions("{p},2025-02-{d},dermaroller,0.5,home,Küche")
    guess = one(desk, rows, "encoding", head=head, toml=HEAD + 'encoding = "cp1252"\n')
    assert guess["setting"] == 'encoding = "utf-8"'
    assert guess["n"] == 8
    assert "Küche" not in guess["sentence"]


def test_letters_that_were_lost_before(desk: Desk) -> None:
    head = SESSION.replace("setting", "setting,Raum")
    guess = one(desk, sessions("{p},2025-02-{d},dermaroller,0.5,home,K\ufffdche"), "encoding", head=head)
    assert guess["setting"] is None


def test_a_required_column_that_no_header_holds(desk: Desk) -> None:
    rows = sessions("{p},2025-02-{d},dermaroller,0.5")
    guess = one(desk, rows, "required_unmapped", head=SESSION.replace(",setting", ""))
    assert (guess["table"], guess["column"]) == ("sessions", "setting")
    assert 'constants = { setting = "home" }' in guess["sentence"]


def test_a_stage_without_its_scale(desk: Desk) -> None:
    people = "".join(line + (",stage" if line.startswith("part") else ",III") + "\n" for line in PEOPLE.splitlines())
    (guess,) = guesses(desk, {"participants.csv": people})
    assert (guess["kind"], guess["column"]) == ("required_unmapped", "staging_scale")
    assert (
        "no record that has a stage can be taken: map one; if it is the same for all rows, constants"
        in guess["sentence"]
    )
    constant = HEAD + '[tables.participants]\nconstants = { staging_scale = "norwood" }\n'
    assert desk.check(constant)["guesses"] == []
    (desk.folder / "source.toml").unlink()
    assert "# staging_scale: which header holds it?" in desk.map({"participants.csv": people})["toml"]


def test_a_file_of_responses_to_another_table_lacks_nothing(desk: Desk) -> None:
    enrolment = {"age": "34", "sex": "male", "diagnosis": "androgenetic_alopecia", "consent": "yes"}
    enrolled = response(*(item(link, said) for link, said in enrolment.items()), questionnaire="urn:example:enrolment")
    session = response(item("tool", "dermaroller"), item("needle", "0.5"), item("place", "home"), n=2)
    toml = (
        HEAD.replace("csv", "fhir")
        + """[tables.participants]
files = ["*.ndjson"]
questionnaire = "urn:example:enrolment"
columns = { age = "age_years", sex = "sex", diagnosis = "diagnosis", consent = "consent" }
[tables.sessions]
files = ["*.ndjson"]
questionnaire = "urn:example:diary"
columns = { tool = "device", needle = "needle_length_mm", place = "setting" }
"""
    )
    files: dict[str, str | bytes] = {"1.ndjson": json.dumps(enrolled), "2.ndjson": json.dumps(session)}
    assert guesses(desk, files, toml) == []


def test_lines_of_json_open_no_quote(desk: Desk) -> None:
    person = dict(zip(PEOPLE.splitlines()[0].split(","), PEOPLE.splitlines()[1].split(","), strict=True))
    lines = [json.dumps(person), *["[]"] * 9]
    assert guesses(desk, {"participants.ndjson": "\n".join(lines)}, HEAD.replace("csv", "ndjson")) == []


def test_a_missing_consent_column_and_missing_participants(desk: Desk) -> None:
    people = "\n".join(line.rpartition(",")[0] for line in PEOPLE.splitlines()) + "\n"
    (guess,) = guesses(desk, {"participants.csv": people})
    assert (guess["kind"], guess["column"]) == ("no_consent", "consent")
    (desk.folder / "participants.csv").unlink()
    rows = sessions("{p},2025-02-{d},dermaroller,0.5,home")
    (guess,) = guesses(desk, {"sessions.csv": SESSION + rows})
    assert (guess["kind"], guess["n"]) == ("no_participants", 8)


def test_ids_that_do_not_meet(desk: Desk) -> None:
    rows = sessions("{p},2025-02-{d},dermaroller,0.5,home").replace("P", "p-00")
    found = guesses(desk, {"participants.csv": PEOPLE, "sessions.csv": SESSION + rows})
    assert [(guess["kind"], guess["n"]) for guess in found] == [("orphans", 8)]
    rows = rows.replace("p-00", "p-")
    found = guesses(desk, {"participants.csv": PEOPLE, "sessions.csv": SESSION + rows})
    assert [(guess["kind"], guess["n"]) for guess in found] == [("ids_differ", 8), ("orphans", 8)]
    assert "(100%)" in found[1]["sentence"]


def test_values_without_a_unit(desk: Desk) -> None:
    head = "participant_id,assessed_on,instrument,value,rater\n"
    rows = "".join(f"P{i},2025-02-1{i},hair_density,{100 + i},software\n" for i in range(8))
    (guess,) = guesses(desk, {"participants.csv": PEOPLE, "outcomes.csv": head + rows})
    assert guess["kind"] == "unit_missing"
    assert guess["setting"] == 'constants = { unit = "/cm2" }'
    assert "/cm2, /inch2, /inch_circle, /mm2" in guess["sentence"]
    (both,) = guesses(desk, {"outcomes.csv": head + rows + "P1,2025-03-01,comb_count_60s,12,participant\n"})
    assert both["setting"] is None, "one unit for all rows would be wrong for one of the two"


def test_wide_values_in_another_unit_or_none(desk: Desk) -> None:
    toml = (
        HEAD
        + """[tables.participants]
[tables.outcomes]
columns = { Patient = "participant_id", am = "assessed_on" }
[tables.outcomes.instruments]
Dichte = { instrument = "hair_density", rater = "software", unit = "/cm2" }
Seite = { instrument = "hair_density", rater = "software", side = "left" }
"""
    )
    rows = "".join(f"P{i},2025-02-1{i},{900 + 10 * i},{100 + i}\n" for i in range(8))
    found = guesses(desk, {"participants.csv": PEOPLE, "outcomes.csv": "Patient,am,Dichte,Seite\n" + rows}, toml)
    told = {(guess["kind"], guess["header"]): guess["setting"] for guess in found}
    assert told == {("unit_by_size", "Dichte"): 'unit = "/inch2"', ("unit_missing", "Seite"): 'unit = "/cm2"'}


def test_a_first_line_that_is_a_record(desk: Desk) -> None:
    toml = HEAD + '[tables.sessions]\ncolumns = { "a" = "participant_id" }\n'
    desk.write({"sessions.csv": "P1,03.02.2025,0.5,Anna\nP2,04.02.2025,0.5,Berta\n"})
    document = desk.check(toml)
    assert [guess["kind"] for guess in document["guesses"]] == ["header_is_data"]
    assert "Anna" not in str(document)
    assert "03.02" not in str(document)


def test_only_rows_of_the_table_are_looked_at(desk: Desk) -> None:
    toml = (
        HEAD
        + """[tables.participants]
[tables.sessions]
where = { kind = "session" }
"""
    )
    rows = sessions("{p},2025-02-{d},dermaroller,0.5,home,session") + sessions("{p},2025-02-{d},word,900,moon,else", 40)
    head = SESSION.replace("setting", "setting,kind")
    assert guesses(desk, {"participants.csv": PEOPLE, "sessions.csv": head + rows}, toml) == []

"""REDCap: a field asked once is found on the other rows of its record, and nothing else is."""

import pytest

from pipeline.sources.redcap.settings import RECORD
from tests.sources.redcap_exports import ReadExport, read_export
from tests.sources.staged_rows import cells

__all__ = ["read_export"]

EVENTS = "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance"
SESSIONS = """
[tables.sessions]
where = { redcap_repeat_instrument = "session" }
columns = { done = "performed_on", device = "device" }
"""
PEOPLE = """
[tables.participants]
where = { redcap_event_name = "enrol_arm_1" }
columns = { day0 = "enrolled_on", sex = "sex", age = "age_years", stage = "stage" }
"""
OUTCOMES = """
[tables.outcomes]
where = { redcap_repeat_instrument = "" }
columns = { visit = "assessed_on" }
instruments = { density = { instrument = "hair_density", unit = "/cm2" } }
"""


def export(headers: str, *rows: str) -> str:
    return "\n".join([f"{EVENTS},{headers}", *rows, ""])


def test_what_is_asked_once_stands_on_every_row_of_the_record(read_export: ReadExport) -> None:
    data = export(
        "device,done",
        "1,enrol_arm_1,,,roller,",
        "1,diary_arm_1,session,1,,2025-01-12",
        "1,diary_arm_1,session,2,NA,2025-01-19",
        "2,diary_arm_1,session,1,,2025-01-13",
        "2,enrol_arm_1,,,pen,",
        " 2 ,diary_arm_1,session,2, ,2025-01-20",
    )
    found = read_export(data, SESSIONS)
    assert found.column("device") == ["roller", "roller", "roller", "pen", "pen", "pen"]
    assert found.column("done") == [None, "2025-01-12", "2025-01-19", "2025-01-13", None, "2025-01-20"]
    assert found.warnings == ()


def test_two_values_are_never_chosen_between(read_export: ReadExport) -> None:
    data = export(
        "device,done",
        "1,enrol_arm_1,,,roller,",
        "1,enrol_arm_1,,,pen,",
        "1,diary_arm_1,session,1,,2025-01-12",
        "1,diary_arm_1,session,2,,2025-01-19",
        "2,enrol_arm_1,,,pen,",
        "2,enrol_arm_1,,, pen ,",
        "2,diary_arm_1,session,1,,2025-01-12",
    )
    found = read_export(data, SESSIONS)
    assert found.column("device") == ["roller", "pen", None, None, "pen", " pen ", "pen"]
    assert found.warnings == (
        "data.csv: device is left empty in 1 record: their rows say different things; "
        "let where choose the row that holds it",
    )


def test_a_table_that_holds_the_field_itself_is_left_alone(read_export: ReadExport) -> None:
    """One of its own rows has it: where another lacks it, it was not recorded."""
    data = export(
        "device,done",
        "1,enrol_arm_1,,,roller,",
        "1,diary_arm_1,session,1,,2025-01-12",
        "1,diary_arm_1,session,2,pen,2025-01-19",
    )
    assert read_export(data, SESSIONS).column("device") == ["roller", None, "pen"]


def test_repeated_rows_give_nothing_away(read_export: ReadExport) -> None:
    data = export(
        "device,done",
        "1,diary_arm_1,other,1,roller,",
        "1,again_arm_1,,1,roller,",
        "1,diary_arm_1,session,1,,2025-01-12",
    )
    assert read_export(data, SESSIONS).column("device") == ["roller", "roller", None]


def test_a_record_without_an_id_shares_with_nobody(read_export: ReadExport) -> None:
    data = export("device,done", ",enrol_arm_1,,,roller,", ",diary_arm_1,session,1,,2025-01-12")
    assert read_export(data, SESSIONS).column("device") == ["roller", None]


def test_what_a_person_is_is_found_in_any_event(read_export: ReadExport) -> None:
    data = export(
        "day0,sex,age,stage",
        "1,screen_arm_1,,,2025-01-10,male,34,III",
        "1,enrol_arm_1,,,,,,",
        "2,enrol_arm_1,,,2025-01-11,,35,II",
        "2,week_12_arm_1,,,,female,,",
    )
    found = read_export(data, PEOPLE)
    assert found.column("sex") == ["male", "male", "female", "female"]
    # two events of the arm hold the date, the age and the stage: those of another event may be of another day
    assert [found.column(h)[1] for h in ("day0", "age", "stage")] == [None, None, None]
    assert [w.split(" in ")[0] for w in found.warnings] == [
        f"data.csv: {h} is left empty" for h in ("day0", "age", "stage")
    ]
    assert "only rows of other events hold it" in found.warnings[0]


def test_a_date_and_a_stage_asked_in_one_event_only_are_found(read_export: ReadExport) -> None:
    data = export("day0,sex,age,stage", "1,screen_arm_1,,,2025-01-10,male,34,III", "1,enrol_arm_1,,,,,,")
    found = read_export(data, PEOPLE)
    assert [found.column(h)[1] for h in ("day0", "sex", "age", "stage")] == ["2025-01-10", "male", "34", "III"]


def test_arms_have_the_same_events_under_other_names(read_export: ReadExport) -> None:
    """The field stands in one event of each arm: it is asked once of everybody."""
    data = export(
        "device,done",
        "1,enrol_arm_1,,,roller,",
        "1,diary_arm_1,session,1,,2025-01-12",
        "2,enrol_arm_2,,,pen,",
        "2,diary_arm_2,session,1,,2025-01-12",
    )
    assert read_export(data, SESSIONS).column("device") == ["roller", "roller", "pen", "pen"]
    twice = data + "1,week_12_arm_1,,,roller,\n"
    assert read_export(twice, SESSIONS).column("device") == ["roller", None, "pen", None, "roller"]


def test_in_several_events_each_row_takes_what_its_own_event_says(read_export: ReadExport) -> None:
    data = export(
        "device,done",
        "1,enrol_arm_1,,,roller,",
        "1,enrol_arm_1,session,1,,2025-01-12",
        "1,week_12_arm_1,,,pen,",
        "1,week_12_arm_1,session,1,,2025-04-12",
        "1,week_24_arm_1,session,1,,2025-07-12",
    )
    found = read_export(data, SESSIONS)
    assert found.column("device") == ["roller", "roller", "pen", "pen", None]
    assert "device is left empty in 1 record: only rows of other events hold it" in found.warnings[0]


@pytest.mark.parametrize("row", ["1,week_12_arm_1,,,,150", "1,week_12_arm_1,,,2025-04-10,"])
def test_an_outcome_takes_neither_its_day_nor_its_value_from_another_visit(read_export: ReadExport, row: str) -> None:
    data = export("visit,density", "1,enrol_arm_1,,,2025-01-10,120", row)
    found = read_export(data, OUTCOMES)
    assert [found.column("visit")[1], found.column("density")[1]] == [cell or None for cell in row.split(",")[-2:]]


def test_not_even_where_no_row_of_the_table_holds_them(read_export: ReadExport) -> None:
    tables = OUTCOMES.replace('redcap_repeat_instrument = ""', 'redcap_event_name = "week_12_arm_1"')
    data = export("visit,density", "1,enrol_arm_1,,,2025-01-10,120", "1,week_12_arm_1,,,,")
    assert read_export(data, tables).column("visit")[1] is None
    long = """[tables.outcomes]
where = { redcap_event_name = "week_12_arm_1" }
columns = { visit = "assessed_on", density = "value" }
constants = { instrument = "hair_density", unit = "/cm2" }
"""
    assert read_export(data, long).column("density")[1] is None


def test_a_repeated_row_takes_its_day_from_the_visit_of_its_event(read_export: ReadExport) -> None:
    """Also where another table reads the same header, and must not be filled."""
    data = export(
        "visit,density,pain",
        "1,week_12_arm_1,,,2025-04-10,150,",
        "1,week_12_arm_1,reaction,1,,,2",
        "1,week_24_arm_1,reaction,1,,,1",
        "1,week_24_arm_1,,,,160,",
    )
    reactions = """[tables.side_effects]
where = { redcap_repeat_instrument = "reaction" }
columns = { visit = "asked_on", pain = "severity" }
"""
    assert read_export(data, OUTCOMES + reactions).column("visit") == ["2025-04-10", "2025-04-10", None, None]


def test_tick_boxes_and_choices_of_rows_stay_as_they_are(read_export: ReadExport) -> None:
    data = export(
        "kind,asked,se___1,done",
        "1,enrol_arm_1,,,diary,1,1,",
        "1,diary_arm_1,session,1,,,,2025-01-12",
    )
    tables = """[tables.side_effects]
where = { redcap_repeat_instrument = "session", kind = ["diary", ""] }
columns = { done = "asked_on" }
effects = { se___1 = "redness" }
asked = { asked = "1" }
"""
    found = read_export(data, tables)
    assert [found.column(h)[1] for h in ("kind", "asked", "se___1")] == [None, None, None]


def test_without_events_the_row_of_the_record_serves_all(read_export: ReadExport) -> None:
    data = "id,redcap_repeat_instrument,redcap_repeat_instance,device,done\n5,,,pen,\n5,session,1,,2025-01-12\n"
    found = read_export(data, SESSIONS)
    assert (found.column("device"), found.column(RECORD)) == (["pen", "pen"], ["5", "5"])


def test_lines_are_told_as_in_the_file_after_the_join(read_export: ReadExport) -> None:
    rows = [f"{n % 50},diary_arm_1,session,{n},,2025-01-{1 + n % 28:02d}" for n in range(500)]
    rows += [f"{n},enrol_arm_1,,,device {n}," for n in range(50)]
    found = read_export(export("device,done", *rows), SESSIONS)
    expected = [f"device {n % 50}" for n in range(500)]
    assert found.column("device")[:500] == expected
    assert [row[0] for row in cells(found.staged)] == list(range(2, 552))

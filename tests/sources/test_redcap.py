"""REDCap: one flat export, read as the CSV file it is, with the record as the participant."""

import re

import pytest

from pipeline.errors import RefusedError
from pipeline.sources import open_drop
from pipeline.sources.redcap.settings import RECORD
from tests.sources.conftest import MakeDrop
from tests.sources.mapping_text import mistakes, read
from tests.sources.redcap_exports import ReadExport, read_export
from tests.sources.staged_rows import malformed

__all__ = ["read_export"]

DATA = """record_id,redcap_repeat_instrument,redcap_repeat_instance,enrol_date,note,session_date
7,,,2025-01-10,"a ""quoted"" word",
7,session,1,,,2025-01-12
8,,,2025-02-01,,
"""
TABLES = """
[tables.participants]
where = { redcap_repeat_instrument = "" }
columns = { enrol_date = "enrolled_on" }
[tables.sessions]
where = { redcap_repeat_instrument = "session" }
columns = { session_date = "performed_on" }
"""


def test_every_row_stands_with_its_record_as_the_participant(read_export: ReadExport) -> None:
    found = read_export(DATA, TABLES)
    assert found.column(RECORD) == ["7", "7", "8"]
    assert found.column("enrol_date") == ["2025-01-10", None, "2025-02-01"]
    assert (found.staged.records, found.staged.malformed, found.warnings) == (3, None, ())
    assert found.table("sessions").columns[RECORD] == "participant_id"


@pytest.mark.parametrize(
    ("data", "source"),
    [
        (b"\xef\xbb\xbf" + DATA.encode(), ""),
        (DATA.replace("\n", "\r\n").encode(), ""),
        (DATA.replace(",", ";").encode(), ""),
        (DATA.replace(",", "\t").encode(), ""),
        (DATA.encode("cp1252"), 'encoding = "cp1252"'),
        (DATA.encode("utf-16"), ""),
    ],
)
def test_every_way_of_writing_the_export_reads_the_same(read_export: ReadExport, data: bytes, source: str) -> None:
    found = read_export(data, TABLES, source=source)
    assert found.column(RECORD) == ["7", "7", "8"]
    assert found.column("session_date") == [None, "2025-01-12", None]


def test_umlauts_in_cp1252_are_read(read_export: ReadExport) -> None:
    data = DATA.replace("session_date\n", "Gerät\n").encode("cp1252")
    tables = TABLES.replace('session_date = "performed_on"', '"Gerät" = "device"')
    assert read_export(data, tables, source='encoding = "cp1252"').column("Gerät") == [None, "2025-01-12", None]


def test_a_line_that_is_no_record_is_set_aside_alone(read_export: ReadExport) -> None:
    found = read_export(DATA + "8,session\n9,,,2025-03-01,,\n", TABLES)
    assert malformed(found.staged) == [(5, "malformed_line")]
    assert (found.column(RECORD), found.staged.records) == (["7", "7", "8", "9"], 5)


def test_an_export_without_a_row_is_read(read_export: ReadExport) -> None:
    found = read_export(DATA.splitlines()[0] + "\n", TABLES)
    assert (found.staged.records, found.column(RECORD)) == (0, [])
    found = read_export("record_id,x\n", TABLES)  # nor does it matter that `where` has nothing to look at
    assert found.staged.records == 0


def test_the_record_id_has_any_name_and_any_place(read_export: ReadExport) -> None:
    by_place = read_export(DATA.replace("record_id", "study_no"), TABLES)
    assert by_place.column(RECORD) == ["7", "7", "8"]
    turned = "\n".join(",".join(reversed(line.split(","))) for line in DATA.replace('"', "").splitlines()) + "\n"
    assert read_export(turned, TABLES, redcap='record_id = "record_id"\n').column(RECORD) == ["7", "7", "8"]


def test_a_record_id_that_is_not_there_is_told_with_the_nearest(read_export: ReadExport) -> None:
    with pytest.raises(RefusedError, match=re.escape("record_id names 'recordid'; did you mean 'record_id'?")):
        read_export(DATA, TABLES, redcap='record_id = "recordid"\n')


def test_the_readers_own_column_may_not_be_a_header(read_export: ReadExport) -> None:
    with pytest.raises(RefusedError, match=r"has a header \(record id\), which the program uses itself; rename it"):
        read_export(DATA.replace("note", RECORD), TABLES)


def test_a_participant_id_of_their_own_goes_before_the_record(
    read_export: ReadExport,
) -> None:
    """It stands at enrolment alone, as any other field of the person."""
    mapped = read_export(
        DATA.replace("note", "study_no").replace('"a ""quoted"" word"', "A-1"),
        TABLES.replace("columns = {", 'columns = { study_no = "participant_id",'),
    )
    assert mapped.column("study_no") == ["A-1", "A-1", None]
    native = read_export(DATA.replace("note", "participant_id").replace('"a ""quoted"" word"', "A-1"), TABLES)
    assert native.column(RECORD) == ["A-1", "A-1", None]


def test_one_file_of_several_may_be_named_by_its_table(read_export: ReadExport) -> None:
    tables = TABLES + '[tables.events]\nfiles = ["events.csv"]\ncolumns = { ended = "occurred_on", what = "event" }\n'
    found = read_export(DATA, tables, more={"events.csv": b"record_id,ended,what\n7,2025-05-01,lost\n"})
    assert found.table("events").files == ("events.csv",)
    assert found.column(RECORD) == ["7", "7", "8"]


def test_an_export_of_labels_is_known_by_its_headers(read_export: ReadExport) -> None:
    """What is asked once is found there too; its rows are told apart under other names."""
    data = """Record ID,Event Name,Repeat Instrument,Repeat Instance,Device given,Needled on,Seen (choice=Redness)
7,Enrolment (Arm 1: Needling),,,Roller,,
7,Diary (Arm 1: Needling),Session,1,,2025-01-12,Checked
8,Diary (Arm 1: Needling),Session,1,,2025-01-13,Unchecked
"""
    tables = """
[tables.sessions]
where = { "Repeat Instrument" = "Session" }
columns = { "Needled on" = "performed_on", "Device given" = "device" }
[tables.side_effects]
where = { "Repeat Instrument" = "Session" }
columns = { "Needled on" = "asked_on" }
effects = { "Seen (choice=Redness)" = "redness" }
"""
    found = read_export(data, tables)
    assert found.column("Device given") == ["Roller", "Roller", None]
    assert found.column("Seen (choice=Redness)") == [None, "Checked", "Unchecked"]


HEAD = '[source]\nid = "north"\nformat = "redcap"\n'
TABLE = "[tables.sessions]\n"


def test_mistakes_in_the_section_are_named() -> None:
    assert mistakes(HEAD + TABLE) == [
        '[redcap] data: is missing, and [tables.sessions] has no files; such as "data.csv"'
    ]
    assert mistakes(HEAD + '[redcap]\ndata = ""\n' + TABLE) == ["[redcap] data: is empty; leave it out or give a name"]
    (typed,) = mistakes(HEAD + '[redcap]\ndata = "d.csv"\ndictonary = "x"\n' + TABLE)
    assert typed.startswith("[redcap] dictonary: there is no such key; did you mean 'dictionary'?")
    (other,) = mistakes(HEAD.replace("redcap", "csv") + '[redcap]\ndata = "d.csv"\n' + TABLE)
    assert other == "[redcap]: has no meaning for format 'csv'; take it out"
    (tables,) = mistakes(HEAD + '[redcap]\ndata = "d.csv"\n')
    assert "format 'redcap' has no headers of its own" in tables


def test_a_constant_participant_is_left_alone() -> None:
    manifest = read(HEAD + '[redcap]\ndata = "d.csv"\n' + TABLE + 'constants = { participant_id = "x" }\n')
    assert RECORD not in manifest.tables[0].columns


def test_a_drop_without_its_export_is_refused(make_drop: MakeDrop) -> None:
    with pytest.raises(RefusedError, match=r"holds none of the files its mapping names \(data.csv\)"):
        open_drop(make_drop({}, "", '[redcap]\ndata = "data.csv"\n' + TABLES, "redcap"))

"""A sheet as its table: headers, records, footers, merged cells, and which sheet it is."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.errors import RefusedError
from pipeline.sources import Staged, open_drop, stage
from tests.sources.conftest import MakeDrop, StageOne
from tests.sources.staged_rows import cells
from tests.sources.workbooks import HEADER, cell, inline, package, row, saved, written

HEADERS: list[object] = ["participant_id", "performed_on", "needle_length_mm"]
TABLE = '[tables.sessions]\nfiles = ["*.xlsx"]\n'
Read = Callable[..., Staged]


@pytest.fixture
def read(stage_one: StageOne) -> Read:
    """Stage the one sheet of a workbook that is a table."""

    def run(content: bytes, tables: str = "", source: str = "") -> Staged:
        return stage_one(content, source, tables, "xlsx", "log.xlsx")

    return run


def test_lines_are_the_sheets_rows_and_blank_rows_are_no_records(read: Read) -> None:
    staged = read(written([HEADERS, ["P1", "2026-01-02", 1.5], [], ["P2", None, None], [" ", None, None], ["P3"]]))
    assert staged.headers == tuple(HEADERS)
    assert cells(staged) == [(2, "P1", "2026-01-02", "1.5"), (4, "P2", None, None), (6, "P3", None, None)]
    assert (staged.records, staged.malformed, staged.warnings) == (3, None, ())


def test_titles_above_and_footers_below_are_left_out(read: Read) -> None:
    rows: list[list[object]] = [
        ["Our clinic", None, None], [], ["as of", "2026-05-01"], HEADERS, ["P1"], ["P2"], [], ["Total", 2], ["printed"],
    ]  # fmt: skip
    staged = read(written(rows), TABLE + "header_row = 4\nskip_footer = 2\n")
    assert cells(staged) == [(5, "P1", None, None), (6, "P2", None, None)]


def test_a_title_is_skipped_where_the_header_stands_below_for_certain(read: Read) -> None:
    headers: list[object] = ["participant_id", "needle_length_mm (mm)"]
    staged = read(written([["Our clinic"], [], headers, ["P1", 1.5]]), TABLE)
    assert cells(staged) == [(4, "P1", "1.5")]
    assert staged.warnings[0].endswith(
        "names no column that is read, row 3 does; what stands above row 3 was taken for a title"
    )


def test_the_header_is_the_first_row_with_cells_from_its_row_on(read: Read) -> None:
    staged = read(written([["title"], [], [], HEADERS, ["P1"]]), TABLE + "header_row = 2\n")
    assert cells(staged) == [(5, "P1", None, None)]


def test_a_cell_merged_over_rows_belongs_to_all_of_them(read: Read) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:C1")
        sheet.merge_cells("A4:A6")
        sheet.merge_cells("B6:C6")

    rows: list[list[object]] = [
        ["Sessions of our clinic"], [], HEADERS,
        ["P1", "d1", 1], [None, "d2", 2], [None, "d3", None], [None, "d4", 4], ["P2", "d5", 5],
    ]  # fmt: skip
    staged = read(written(rows, dress=merge), TABLE + "header_row = 3\n")
    assert cells(staged) == [
        (4, "P1", "d1", "1"), (5, "P1", "d2", "2"), (6, "P1", "d3", None), (7, None, "d4", "4"), (8, "P2", "d5", "5"),
    ]  # fmt: skip


def test_a_header_of_two_rows_with_merged_cells_is_read_in_its_lower_row(read: Read) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B2:C2")

    rows: list[list[object]] = [
        ["title"],
        ["participant_id", "session"],
        [None, "performed_on", "pain_nrs"],
        ["P1", "d", 2],
    ]
    staged = read(written(rows, dress=merge), TABLE + "header_row = 3\n")
    assert staged.headers == ("participant_id", "performed_on", "pain_nrs")
    assert cells(staged) == [(4, "P1", "d", "2")]


def test_empty_headers_keep_their_place_and_double_ones_are_refused(read: Read) -> None:
    staged = read(written([["participant_id", None, "pain_nrs"], ["P1", "note", 2]]))
    assert staged.headers == ("participant_id", "(column 2 has no name)", "pain_nrs")
    assert cells(staged) == [(2, "P1", "note", "2")]
    with pytest.raises(RefusedError, match=r"headers that stand twice \(Pain_nrs, pain_nrs; case does not count\)"):
        read(written([["participant_id", "pain_nrs", "Pain_nrs"]]))


def test_a_remark_may_stand_twice(read: Read) -> None:
    staged = read(written([["participant_id", "Remark", "pain_nrs", "Remark"], ["P1", "a", 2, "b"]]))
    assert staged.headers == ("participant_id", "Remark", "pain_nrs", "(column 4: Remark again)")
    assert cells(staged) == [(2, "P1", "a", "2", "b")]


def test_values_right_of_the_last_header_are_told_and_make_no_record(read: Read) -> None:
    staged = read(written([["participant_id", "pain_nrs"], ["P1", 2, None, "a note"], [None, None, None, "another"]]))
    assert cells(staged) == [(2, "P1", "2")]
    assert "2 rows have values right of the last header" in staged.warnings[0]


def test_two_cells_in_opposite_corners_are_a_header_and_nothing_more(read: Read) -> None:
    far = HEADER + row(2, inline("A2", "P1"), cell("B2", "3")) + row(1_048_576, cell("XFD1048576", "1"))
    assert cells(read(package(far))) == [(2, "P1", "3")]
    with pytest.raises(RefusedError, match="has 16384 columns, expected at most 10000"):
        read(package(row(1, inline("A1", "participant_id"), inline("XFD1", "x"))))
    with pytest.raises(RefusedError, match="damaged inside"):
        read(package(HEADER + row(2, cell("XFE2", "1"))))


def test_a_sheet_without_a_header_is_refused(read: Read) -> None:
    with pytest.raises(RefusedError, match=r"log.xlsx\[sessions\]: has no header in row 3; expected column names"):
        read(written([HEADERS, ["P1"]]), TABLE + "header_row = 3\n")
    with pytest.raises(RefusedError, match="has no header in row 1"):
        read(written([]))
    assert read(written([HEADERS])).records == 0


def test_hidden_rows_are_read_and_told(read: Read) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[9].hidden = True

    staged = read(written([HEADERS, ["P1"], ["P2"]], dress=hide))
    assert [line for line, *_ in cells(staged)] == [2, 3]
    assert staged.warnings == ("log.xlsx[sessions]: 1 row is hidden, the first is row 3; it is read too",)


def test_example_rows_of_the_template_are_no_records(read: Read) -> None:
    staged = read(written([HEADERS, ["Example", "2026-01-01", 1.5], ["P1", "2026-01-02", 0.5]]))
    assert (cells(staged), staged.records) == ([(3, "P1", "2026-01-02", "0.5")], 1)


def test_headers_may_carry_the_unit_of_the_contract(read: Read) -> None:
    staged = read(written([["participant_id", "needle_length_mm (mm)", "area_cm2 [cm²]"], ["P1", 1.5, 80]]))
    assert staged.headers == ("participant_id", "needle_length_mm", "area_cm2")
    staged = read(written([["participant_id", "needle_length_mm (um)"], ["P1", 1500]]))
    assert staged.headers == ("participant_id", "needle_length_mm (um)")
    assert "is not taken for needle_length_mm, which is kept in mm" in staged.warnings[0]
    mapped = TABLE + 'columns = { "needle_length_mm (um)" = "needle_length_mm" }\nunits = { needle_length_mm = "um" }\n'
    assert read(written([["participant_id", "needle_length_mm (um)"], ["P1", 1500]]), mapped).warnings == ()


def book(**sheets: list[list[object]]) -> bytes:
    """A workbook with a sheet per name; one whose name begins with `hidden` is."""
    whole = Workbook()
    whole.remove(whole.worksheets[0])
    for name, rows in sheets.items():
        sheet = whole.create_sheet(name)
        sheet.sheet_state = "hidden" if name.startswith("hidden") else "visible"
        for cells_of_row in rows:
            sheet.append(cells_of_row)
    return saved(whole)


ONE: list[list[object]] = [["participant_id"], ["P1"]]


def parts(folder: Path) -> list[tuple[str, list[str]]]:
    return [(file.name, [m.table for m in file.tables]) for file in open_drop(folder).files]


def test_a_sheet_per_table_without_any_mapping(make_drop: MakeDrop) -> None:
    folder = make_drop({"log.xlsx": book(help=[["hello"]], Sessions=ONE, outcomes=ONE, hidden=ONE)}, form="xlsx")
    drop = open_drop(folder)
    assert parts(folder) == [("log.xlsx[Sessions]", ["sessions"]), ("log.xlsx[outcomes]", ["outcomes"])]
    assert len({file.digest for file in drop.files}) == 2
    assert drop.warnings == ()


def test_a_shown_sheet_that_no_table_reads_is_told(make_drop: MakeDrop) -> None:
    log = book(**{"Sessions": ONE, "Sessions 2025": ONE, "Notes": ONE, "hidden": ONE})
    drop = open_drop(make_drop({"log.xlsx": log}, form="xlsx"))
    assert drop.warnings == ("log.xlsx: sheets not read, no table names them: Sessions 2025, Notes",)


def test_workbooks_of_a_glob_are_each_read(make_drop: MakeDrop, tmp_path: Path) -> None:
    months = {f"log-{n}.xlsx": written([HEADERS, [f"P{n}"]], "Log") for n in (1, 2)}
    folder = make_drop({**months, "~$log-1.xlsx": b"x"}, tables=TABLE + 'sheet = "log"\n', form="xlsx")
    drop = open_drop(folder)
    assert parts(folder) == [("log-1.xlsx[Log]", ["sessions"]), ("log-2.xlsx[Log]", ["sessions"])]
    with duckdb.connect() as con:
        found = [cells(stage(con, file, drop.manifest, tmp_path))[0][1] for file in drop.files]
    assert found == ["P1", "P2"]


def test_a_pattern_reads_a_sheet_a_month(make_drop: MakeDrop) -> None:
    log = book(**{"Log 2025": ONE, "log 2026": ONE, "Summary": ONE})
    folder = make_drop({"log.xlsx": log}, tables=TABLE + 'sheet = "Log 20??"\n', form="xlsx")
    assert parts(folder) == [("log.xlsx[Log 2025]", ["sessions"]), ("log.xlsx[log 2026]", ["sessions"])]
    nothing = open_drop(make_drop({"log.xlsx": log}, tables=TABLE + 'sheet = "19*"\n', form="xlsx"))
    assert [file.name for file in nothing.files] == ["log.xlsx[19*]"]  # refused when it is read, with the names


def test_two_tables_may_read_one_sheet_in_the_same_way_only(make_drop: MakeDrop, tmp_path: Path) -> None:
    other = '[tables.events]\nfiles = ["*.xlsx"]\nsheet = "Log"\n'
    content = {"log.xlsx": written([HEADERS, ["P1"]], "Log")}
    folder = make_drop(content, tables=TABLE + 'sheet = "Log"\n' + other, form="xlsx")
    assert parts(folder) == [("log.xlsx[Log]", ["sessions", "events"])]
    drop = open_drop(make_drop(content, tables=TABLE + 'sheet = "Log"\n' + other + "header_row = 2\n", form="xlsx"))
    with duckdb.connect() as con, pytest.raises(RefusedError, match="with different header_row or skip_footer"):
        stage(con, drop.files[0], drop.manifest, tmp_path)


def test_the_only_sheet_that_is_shown_needs_no_name(make_drop: MakeDrop) -> None:
    folder = make_drop({"log.xlsx": book(Tabelle1=ONE, hidden_lists=[["a"]])}, tables=TABLE, form="xlsx")
    assert parts(folder) == [("log.xlsx[Tabelle1]", ["sessions"])]
    named = make_drop({"log.xlsx": book(Tabelle1=ONE, hidden=ONE)}, tables=TABLE + 'sheet = "hidden"\n', form="xlsx")
    assert parts(named) == [("log.xlsx[hidden]", ["sessions"])]


@pytest.mark.parametrize(
    ("content", "tables", "message"),
    [
        (
            book(Log=ONE, Lists=ONE),
            'sheet = "Logs"',
            "has no sheet 'Logs'; did you mean 'Log'? its sheets are Log, Lists",
        ),
        (book(Log=ONE, Lists=ONE), "", "has 2 sheets (Log, Lists), none of them called sessions; say which it is"),
        (book(**{"Sessions": ONE, "SESSIONS ": ONE}), "", "has 2 sheets (Sessions, SESSIONS ), several of them called"),
    ],
)
def test_a_sheet_nobody_can_tell_is_refused_with_the_names(
    make_drop: MakeDrop, tmp_path: Path, content: bytes, tables: str, message: str
) -> None:
    drop = open_drop(make_drop({"log.xlsx": content}, tables=f"{TABLE}{tables}\n", form="xlsx"))
    with duckdb.connect() as con, pytest.raises(RefusedError) as refused:
        stage(con, drop.files[0], drop.manifest, tmp_path)
    assert message in str(refused.value)


def test_a_drop_whose_workbooks_hold_no_table_says_what_to_do(make_drop: MakeDrop) -> None:
    with pytest.raises(RefusedError, match="name a sheet after its table"):
        open_drop(make_drop({"log.xlsx": book(A=ONE, B=ONE)}, form="xlsx"))
    drop = open_drop(make_drop({"a.xlsx": book(A=ONE, B=ONE), "sessions.xlsx": book(C=ONE)}, form="xlsx"))
    assert [file.name for file in drop.files] == ["sessions.xlsx[C]"]
    assert "a.xlsx: none of its sheets is called like a table" in drop.warnings[0]

"""What a cell says: numbers, dates, texts, formulas and errors, as the user of the sheet sees them."""

import datetime as dt
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.errors import RefusedError
from pipeline.sources import Staged
from pipeline.sources.xlsx.cells import number, renderer
from pipeline.sources.xlsx.oddities import NOT_COMPUTED
from tests.sources.conftest import StageOne
from tests.sources.staged_rows import cells
from tests.sources.workbooks import HEADER, cell, inline, package, row, written

TABLE = '[tables.sessions]\nfiles = ["*.xlsx"]\n'
Read = Callable[..., Staged]


@pytest.fixture
def read(stage_one: StageOne) -> Read:
    """Stage the one sheet of a workbook that is a table."""

    def run(content: bytes, source: str = "") -> Staged:
        return stage_one(content, source, TABLE, "xlsx", "log.xlsx")

    return run


def shown(
    code: int | str, text: str, *, is_1904: bool = False, decimal: str = ".", dates: str | None = None
) -> str | None:
    return renderer(code, is_1904=is_1904, decimal=decimal, dates=dates)(text)


@pytest.mark.parametrize(
    ("code", "text", "says"),
    [
        (0, "1", "1"), (0, "1.0", "1"), (0, "-0", "0"), (0, "0.30000000000000004", "0.3"),
        (0, "1.1500000000000001", "1.15"),
        (0, "2.9999999999999996", "3"), (0, "1E-3", "0.001"), (0, "1e400", None), (0, "NaN", None), (0, "007", "7"),
        (0, "12345678901234567", "12345678901234567"), ("0.00", "0.5", "0.5"), ('0.0" mm"', "1.5", "1.5"),
        ('"day" 0', "3", "3"), ("0000", "7", "0007"), ("#,##0.00\\ \\€", "120", "120"), ("0.00E+00", "0.5", "0.5"),
        ("@", "5", "5"),
        ("[Red][<0]0;0", "-5", "-5"), ('"yes";"yes";"no"', "1", "1"),
        (9, "0.8", "80%"), (10, "0.005", "0.5%"), (9, "0.07", "7%"), (9, "0.57", "57%"), ("0.0%", "1", "100%"),
        (14, "45932", "2025-10-02"), (22, "45932.5", "2025-10-02T12:00:00"),
        ("[$-407]d. mmmm yyyy", "45932", "2025-10-02"),
        ("dd/mm/yyyy;@", "1", "1900-01-01"), (14, "59", "1900-02-28"), (14, "60", "1900-02-29"),
        (14, "61", "1900-03-01"),
        (14, "-3", "-3"), (14, "2958465", "9999-12-31"), (14, "2958466", "2958466"),
        ("mmm-yy", "45047", "2023-05"), ("yyyy", "44927", "2023"), ("yyyy", "44928", "2023-01-02"),
        ("mmm yyyy", "45048", "2023-05-02"),
        (20, "0.5", "12:00:00"), (20, "0.999999", "23:59:59.914"), ("[h]:mm", "1.5", "36:00:00"),
        ("h:mm AM/PM", "0.25", "06:00:00"),
        (31, "45932", "2025-10-02"),
    ],
)  # fmt: skip
def test_a_number_is_what_its_format_shows(code: int | str, text: str, says: str | None) -> None:
    assert shown(code, text) == says


def test_workbooks_from_old_macs_count_days_from_1904() -> None:
    assert [shown(14, n, is_1904=True) for n in ("0", "44470")] == ["1904-01-01", "2025-10-02"]
    assert shown(20, "0.5", is_1904=True) == "12:00:00"


def test_dates_and_decimals_are_written_as_the_source_writes_them() -> None:
    assert shown(14, "45932", dates="%d.%m.%Y") == "02.10.2025"
    assert [shown(c, "0.5", decimal=",") for c in (0, "0.0%")] == ["0,5", "50%"]
    assert shown(9, "0.005", decimal=",") == "0,5%"


@given(st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31)), st.integers(0, 86_399))
def test_every_moment_comes_back(day: dt.date, second: int) -> None:
    serial = (day - dt.date(1899, 12, 30)).days + second / 86_400
    when = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=second)
    assert shown(22, repr(serial)) == (when.isoformat() if second else day.isoformat())


@given(st.decimals(-(10**6), 10**6, places=6, allow_nan=False))
def test_every_decimal_comes_back(value: object) -> None:
    assert float(number(float(value))) == float(value)  # type: ignore[arg-type]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_keeps_the_digits_that_are_shown(value: float) -> None:
    assert math.isclose(float(number(value)), value, rel_tol=1e-14)


def test_cells_of_every_type_as_openpyxl_writes_them(read: Read) -> None:
    def dress(sheet: Worksheet) -> None:
        sheet["C2"].number_format = "0%"
        sheet["C3"].number_format = "0000"

    rich = CellRichText("half ", TextBlock(InlineFont(b=True), "bold"))
    rows: list[list[object]] = [
        ["participant_id", "performed_on", "x", "y"],
        ["P1", dt.date(2026, 1, 2), 0.8, True],
        [17, dt.datetime(2026, 1, 2, 10, 30), 12, False],
        ["  P 3\u00a0", dt.time(8, 5), 0.1 + 0.2, rich],
        ["0012", "03/04/2025", "1,5", "NA"],
    ]
    assert cells(read(written(rows, dress=dress))) == [
        (2, "P1", "2026-01-02", "80%", "true"),
        (3, "17", "2026-01-02T10:30:00", "0012", "false"),
        (4, "P 3", "08:05:00", "0.3", "half bold"),
        (5, "0012", "03/04/2025", "1,5", "NA"),
    ]


def test_the_workbook_says_where_its_days_begin_and_how_numbers_look(read: Read) -> None:
    rows = row(1, inline("A1", "participant_id"), inline("B1", "performed_on"))
    rows += row(2, inline("A2", "P1"), cell("B2", "44470", style=1))
    for flag in ("1", "true"):
        content = package(rows, formats={1: "yyyy\\-mm\\-dd"}, properties=f'<workbookPr date1904="{flag}"/>')
        assert cells(read(content)) == [(2, "P1", "2025-10-02")]
    assert cells(read(package(rows, formats={1: "d/m/yy"}), 'dates = "%d/%m/%Y"\n')) == [(2, "P1", "01/10/2021")]
    assert cells(read(package(rows))) == [(2, "P1", "44470")]


def test_texts_shared_inline_and_in_runs(read: Read) -> None:
    shared = (
        "<si><t>participant_id</t></si><si><r><t>P</t></r><r><t>1</t></r></si>"
        "<si><t>東京</t><rPh><t>トウキョウ</t></rPh></si><si><t>a_x000D_\nb</t></si><si><t/></si>"
    )
    rows = row(1, cell("A1", "0", "s"), inline("B1", "x")) + "".join(
        row(n + 1, cell(f"A{n + 1}", "1", "s"), cell(f"B{n + 1}", str(n), "s")) for n in (2, 3, 4)
    )
    rows += row(9, inline("A9", "_x005F_x0041_"), '<c r="B9" t="inlineStr"><is><r><t>c</t></r><r><t>d</t></r></is></c>')
    rows += row(10, inline("A10", "P10"), cell("B10", "2026-01-02T00:00:00Z", "d"))
    assert cells(read(package(rows, strings=shared))) == [
        (3, "P1", "東京"), (4, "P1", "a\r\nb"), (5, "P1", None), (9, "_x0041_", "cd"), (10, "P10", "2026-01-02"),
    ]  # fmt: skip


def test_the_strict_form_of_the_standard_is_read_and_parts_may_be_named_from_the_root(read: Read) -> None:
    strict = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    content = package(
        HEADER + row(2, inline("A2", "P1"), cell("B2", "2026-01-02", "d")),
        parts={
            "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{strict}/officeDocument" '
            'Target="/xl/workbook.xml"/></Relationships>',
            "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="rId1" Type="{strict}/worksheet" '
            'Target="/xl/worksheets/sheet1.xml"/></Relationships>',
        },
    )
    assert cells(read(content)) == [(2, "P1", "2026-01-02")]


def test_prefixes_and_cells_without_references_are_understood(read: Read) -> None:
    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>participant_id</x:t></x:is></x:c></x:row>'
        "<x:row><x:c><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    assert cells(read(package("", parts={"xl/worksheets/sheet1.xml": sheet}))) == [(2, "7")]


def test_the_value_of_a_formula_is_read_not_the_formula(read: Read) -> None:
    rows = HEADER + row(2, '<c r="A2" t="str"><f>"P"&amp;1</f><v>P1</v></c>', '<c r="B2"><f>1+1</f><v>2</v></c>')
    rows += row(3, inline("A3", "P2"), '<c r="B3" t="str"><f>IF(1,"","")</f><v></v></c>')
    staged = read(package(rows))
    assert cells(staged) == [(2, "P1", "2"), (3, "P2", None)]
    assert staged.warnings == ()


def test_a_formula_without_a_value_is_not_taken_for_an_empty_cell(read: Read) -> None:
    staged = read(written([["participant_id", "pain_nrs"], ["P1", "=1+1"], ["P2", 3], ["=A2", 4], ["=A2", "=B2"]]))
    assert cells(staged) == [(2, "P1", NOT_COMPUTED), (3, "P2", "3"), (4, None, "4")]
    assert len(staged.warnings) == 1
    assert (
        "2 formulas have no value in the file, the first in row 2: open the workbook in a spreadsheet program"
        in str(staged.warnings)
    )


def test_a_zero_that_stands_for_a_formula_nobody_computed_is_none(read: Read) -> None:
    """XlsxWriter and others write 0, and ask for the values when somebody opens the workbook."""
    formulas = "".join(
        row(n, inline(f"A{n}", f"P{n}"), f'<c r="B{n}"><f>C{n}*2</f><v>{value}</v></c>')
        for n, value in ((2, "0"), (3, "0.0"), (4, "6"))
    )
    rows = HEADER + formulas + row(5, inline("A5", "P5"), cell("B5", "0"))
    asks = read(package(rows, properties='<calcPr fullCalcOnLoad="1"/>'))
    assert [b for _, _, b in cells(asks)] == [NOT_COMPUTED, NOT_COMPUTED, "6", "0"]
    assert "2 formulas have no value in the file, the first in row 2" in asks.warnings[0]
    assert [b for _, _, b in cells(read(package(rows)))] == ["0", "0", "6", "0"]


def test_errors_are_told_and_n_a_is_an_empty_cell(read: Read) -> None:
    rows = (
        HEADER
        + row(2, inline("A2", "P1"), cell("B2", "#N/A", "e"))
        + row(3, inline("A3", "P2"), cell("B3", "#REF!", "e"))
    )
    rows += row(4, cell("A4", "#REF!", "e"), cell("B4", "2")) + row(
        5, cell("A5", "#N/A", "e"), cell("B5", "#REF!", "e")
    )
    staged = read(package(rows + row(6, inline("A6", "P3"), cell("B6", "#OTHER", "e"))))
    assert cells(staged) == [(2, "P1", None), (3, "P2", "#REF!"), (4, None, "2"), (6, "P3", "#VALUE!")]
    assert "4 cells hold an error such as #REF!, the first in row 2" in staged.warnings[0]


@pytest.mark.parametrize(
    "bad",
    [cell("B2", "99", "s"), cell("B2", "-1", "s"), cell("B2", "abc"), cell("B2", "soon", "d"), '<c r="2B"><v>1</v></c>',
     '<c r="B2" s="x"><v>1</v></c>'],
)  # fmt: skip
def test_a_cell_that_contradicts_itself_refuses_the_workbook(read: Read, bad: str) -> None:
    with pytest.raises(RefusedError, match="is damaged inside; open it in a spreadsheet program and save it again"):
        read(package(HEADER + row(2, inline("A2", "P1"), bad)))

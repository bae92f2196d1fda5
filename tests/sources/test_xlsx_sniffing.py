"""Where the header of a sheet stands and where its records end, seen from the cells alone."""

from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.errors import RefusedError
from pipeline.sources.sniffing import readable, sniff
from pipeline.sources.xlsx.sniffing import SheetLook
from tests.sources.workbooks import written

HEAD: list[object] = ["Patient", "Date", "Needle (mm)"]
ROWS: list[list[object]] = [["P1", "2026-01-02", 1.5], ["P2", "2026-01-03", 0.5], ["P3", None, None]]


def look(tmp_path: Path, rows: list[list[object]], merged: tuple[str, ...] = ()) -> tuple[SheetLook, ...]:
    def merge(sheet: Worksheet) -> None:
        for area in merged:
            sheet.merge_cells(area)

    path = tmp_path / "log.xlsx"
    path.write_bytes(written(rows, "Log", merge))
    return sniff(path).sheets


@pytest.mark.parametrize(
    ("rows", "header_row", "skip_footer"),
    [
        ([HEAD, *ROWS], 1, 0),
        ([["Our clinic"], [], ["as of", "2026-05-01"], HEAD, *ROWS], 4, 0),
        ([HEAD, *ROWS, ["Total", 3]], 1, 1),
        ([HEAD, *ROWS, ["Summe:", 3], ["printed on Monday"]], 1, 2),
        ([HEAD, *ROWS, [], ["Total", 3], ["printed"]], 1, 2),
        ([HEAD, *ROWS, [], ["a remark"]], 1, 1),
        ([HEAD, *ROWS, [], ["P4", "2026-01-04", 1.5]], 1, 0),
        ([["Patient", "Pain"], ["P1", 3], [], ["P2", 4]], 1, 0),
        ([["Our clinic"], [*HEAD, "Remark", "Remark"], *ROWS], 2, 0),
        ([["a", "b"], ["yes", "no", "yes", "no", "yes", "perhaps"]], 1, 0),
    ],
    ids=[
        "plain",
        "title",
        "total",
        "remark under a total",
        "parted total",
        "remark",
        "gap",
        "two columns",
        "a name twice",
        "words",
    ],
)
def test_header_and_footer(tmp_path: Path, rows: list[list[object]], header_row: int, skip_footer: int) -> None:
    assert look(tmp_path, rows) == (SheetLook("Log", header_row, skip_footer),)


def test_of_two_header_rows_the_lower_one_names_the_columns(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Patient", "Date", "Session", None],
        [None, None, "Needle", "Pain"],
        ["P1", "2026-01-02", 1, 2],
    ]
    assert look(tmp_path, rows, ("A1:A2", "B1:B2", "C1:D1")) == (SheetLook("Log", 2),)


def test_a_sheet_of_figures_or_without_records_is_no_table(tmp_path: Path) -> None:
    assert look(tmp_path, [HEAD]) == ()
    assert look(tmp_path, [["a", 1], ["b", 2]]) == ()
    assert look(tmp_path, [["only a remark"]]) == ()


def test_a_workbook_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log.xlsx").write_bytes(b"PK damaged")
    with pytest.raises(RefusedError, match=r"log\.xlsx: is damaged or was cut off"):
        sniff(tmp_path / "log.xlsx")


def test_other_kinds_of_workbooks_are_to_be_saved_anew(tmp_path: Path) -> None:
    with pytest.raises(
        RefusedError, match=r"log\.XLS: this kind of workbook is not read; open it and save it as \.xlsx"
    ):
        sniff(tmp_path / "log.XLS")


def test_what_excel_lays_beside_an_open_workbook_is_not_looked_at(tmp_path: Path) -> None:
    for name in ("log.xlsx", "~$log.xlsx"):
        (tmp_path / name).write_bytes(b"")
    assert readable(tmp_path) == [tmp_path / "log.xlsx"]

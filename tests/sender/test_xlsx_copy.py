"""The sender's workbook with reasons and colour: nothing else of it changes."""

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pipeline.errors import RefusedError
from pipeline.sender.sheet_xml import Reasons, letters, rewrite
from pipeline.sender.xlsx_copy import write_copy

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PART = "xl/worksheets/sheet1.xml"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="{MAIN}"><dimension ref="A1:C3"/><sheetData>'
TAIL = '</sheetData><mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells></worksheet>'
ROWS = (
    '<row r="1" spans="1:3"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Datum</t></is></c>'
    '<c r="C1" t="s"><v>1</v></c></row>'
    '<row r="2"><c r="A2" s="1" t="s"><v>2</v></c><c r="C2" s="1"><f>1+8</f><v>9</v></c></row>'
    '<row r="5" ht="20"><c r="A5" t="s"><v>3</v></c><c r="C5"><v>1</v></c></row>'
    '<row r="6"/>'
)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="2"><fill><patternFill/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fillId="0"/>'
    '<xf numFmtId="14" fillId="1" applyFill="1" xfId="0"><alignment wrapText="1"/></xf></cellXfs></styleSheet>'
)


def workbook(folder: Path, sheet: str = HEAD + ROWS + TAIL, styles: str | None = STYLES) -> Path:
    path = folder / "book.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(PART, sheet)
        archive.writestr("xl/media/image1.png", bytes(range(256)), zipfile.ZIP_STORED)
        if styles is not None:
            archive.writestr("xl/styles.xml", styles)
    return path


def reasons(why: dict[int, str], cells: dict[int, set[int]] | None = None, **more: object) -> Reasons:
    return Reasons(1, "why not taken", 3, why, cells or {}, **more)  # type: ignore[arg-type]


def copied(folder: Path, path: Path, marks: Reasons, styles: str | None = "xl/styles.xml") -> dict[str, bytes]:
    write_copy(path, styles, {PART: marks}, folder / "out" / "book.xlsx")
    with zipfile.ZipFile(folder / "out" / "book.xlsx") as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(sheet: bytes) -> dict[int, str]:
    return {
        int(number): text
        for number, text in re.findall(r'(?s)(?=<row r="(\d+)")(<row.*?(?:/>|</row>))', sheet.decode())
    }


def test_a_reason_stands_behind_its_row_and_the_cell_is_coloured(tmp_path: Path) -> None:
    parts = copied(tmp_path, workbook(tmp_path), reasons({2: 'Nadel: 9 < "5" & more'}, {2: {1, 2}}))
    sheet = parts[PART].decode()
    ET.fromstring(sheet)
    assert '<c r="D1" t="inlineStr"><is><t xml:space="preserve">why not taken</t></is></c></row>' in sheet
    assert '<c r="B2" s="2"/><c r="C2" s="3"><f>1+8</f><v>9</v></c>' in sheet
    assert (
        '<c r="D2" t="inlineStr" s="2"><is><t xml:space="preserve">Nadel: 9 &lt; "5" &amp; more</t></is></c></row>'
        in sheet
    )
    assert "dimension" not in sheet
    assert sheet.endswith(TAIL)
    for row in ('<row r="5" ht="20"><c r="A5" t="s"><v>3</v></c><c r="C5"><v>1</v></c></row>', '<row r="6"/>'):
        assert row in sheet
    styles = ET.fromstring(parts["xl/styles.xml"])
    every = styles.findall(f"{{{MAIN}}}cellXfs/{{{MAIN}}}xf")
    assert [(xf.get("numFmtId"), xf.get("fillId")) for xf in every] == [
        ("0", "0"),
        ("14", "1"),
        ("0", "2"),
        ("14", "2"),
    ]
    assert every[3].find(f"{{{MAIN}}}alignment") is not None
    assert len(styles.findall(f"{{{MAIN}}}fills/{{{MAIN}}}fill")) == 3


def test_other_parts_come_back_byte_for_byte(tmp_path: Path) -> None:
    parts = copied(tmp_path, workbook(tmp_path), reasons({5: "why"}))
    assert list(parts) == ["[Content_Types].xml", PART, "xl/media/image1.png", "xl/styles.xml"]
    assert parts["xl/media/image1.png"] == bytes(range(256))


def test_a_column_that_is_there_is_filled_anew_and_cleared(tmp_path: Path) -> None:
    rows = ROWS.replace("</row>", '<c r="D1"><v>7</v></c></row>', 1).replace(
        '<c r="C5"><v>1</v></c>', '<c r="C5"><v>1</v></c><c r="D5" t="str"><v>old</v></c>'
    )
    sheet = copied(tmp_path, workbook(tmp_path, HEAD + rows + TAIL), reasons({2: "new"}, clears=True))[PART].decode()
    ET.fromstring(sheet)
    assert "old" not in sheet
    assert '<row r="5" ht="20"><c r="A5" t="s"><v>3</v></c><c r="C5"><v>1</v></c></row>' in sheet
    assert sheet.count("why not taken") == 1


def test_without_styles_the_cells_stay_as_they_look(tmp_path: Path) -> None:
    parts = copied(tmp_path, workbook(tmp_path, styles=None), reasons({2: "why"}, {2: {2}}), None)
    assert b'<c r="C2" s="1"><f>1+8</f>' in parts[PART]
    assert b'<c r="D2" t="inlineStr"><is>' in parts[PART]


@pytest.mark.parametrize("size", [1, 7, 64, 1 << 20])
def test_the_pieces_in_which_a_sheet_streams_make_no_difference(size: int) -> None:
    text = (HEAD + ROWS * 1 + TAIL).encode()
    marks = reasons({2: "why", 6: "empty row"}, {2: {0}}, styles=2)
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    assert b"".join(rewrite(pieces, marks)) == b"".join(rewrite([text], marks))


def test_prefixes_and_cells_without_references_are_understood() -> None:
    rows = "<x:row><x:c><x:v>1</x:v></x:c></x:row><x:row><x:c/><x:c><x:v>2</x:v></x:c></x:row>"
    text = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'.encode()
    sheet = b"".join(rewrite([text], reasons({2: "why"}, {2: {1}}, styles=4))).decode()
    ET.fromstring(sheet)
    assert '<x:row><x:c/><x:c s="4"><x:v>2</x:v></x:c><x:c r="D2" t="inlineStr" s="4"><x:is>' in sheet


def test_what_xml_cannot_hold_and_formulas_are_made_harmless() -> None:
    text = (HEAD + ROWS + TAIL).encode()
    sheet = b"".join(rewrite([text], reasons({2: "=cmd: \x00'\x1f"}))).decode()
    ET.fromstring(sheet)
    assert "'=cmd:  ' </t>" in sheet


def test_a_sheet_in_utf_16_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(PART, (HEAD + TAIL).encode("utf-16"))
        archive.writestr("xl/styles.xml", STYLES)
    with pytest.raises(RefusedError, match="UTF-16 inside"):
        copied(tmp_path, path, reasons({2: "why"}))


def test_columns_are_named_as_spreadsheets_name_them() -> None:
    assert [letters(n) for n in (0, 25, 26, 701, 702, 16383)] == [b"A", b"Z", b"AA", b"ZZ", b"AAA", b"XFD"]


def test_a_stray_cell_right_of_the_last_header_is_the_senders() -> None:
    text = (
        HEAD + ROWS.replace("</f><v>9</v></c></row>", '</f><v>9</v></c><c r="D2"><v>77</v></c></row>') + TAIL
    ).encode()
    sheet = b"".join(rewrite([text], reasons({2: "why"}))).decode()
    assert '<c r="D2"><v>77</v></c><c r="E2" t="inlineStr">' in sheet


def test_the_header_is_the_first_row_with_cells_from_its_row_on() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"/><row r="3"></row>' + ROWS.replace('r="1"', 'r="4"', 1)
    text = (HEAD + rows.replace('<row r="2"><c', '<row r="9"><c') + TAIL).encode()
    sheet = b"".join(rewrite([text], Reasons(2, "why not taken", 3, {}, {}))).decode()
    assert rows_of(sheet.encode())[4].endswith("why not taken</t></is></c></row>")
    assert sheet.count("why not taken") == 1

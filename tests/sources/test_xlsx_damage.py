"""Files that are no workbooks, or were made to harm: each is refused with what to do, and none is unpacked."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import RefusedError
from pipeline.sources import Staged
from pipeline.sources.xlsx import container as xlsx_container
from pipeline.sources.xlsx import rows as xlsx_rows
from pipeline.sources.xlsx import xml as xlsx_xml
from tests.sources.conftest import StageOne
from tests.sources.staged_rows import cells
from tests.sources.workbooks import BOOK, HEADER, MAIN, SHEET, STRINGS, cell, inline, package, row, written

Read = Callable[[bytes], Staged]
GOOD = HEADER + row(2, inline("A2", "P1"), cell("B2", "3"))


@pytest.fixture
def read(stage_one: StageOne) -> Read:
    return lambda content: stage_one(content, "", '[tables.sessions]\nfiles = ["*.xlsx"]\n', "xlsx", "log.xlsx")


def refusal(read: Read, content: bytes) -> str:
    with pytest.raises(RefusedError) as refused:
        read(content)
    assert str(refused.value).startswith("log.xlsx")
    return str(refused.value)


def old_container(stream: str) -> bytes:
    """The beginning of an OLE container whose directory names one stream."""
    head = bytearray(512)
    head[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<H", head, 30, 9)
    return bytes(head) + stream.encode("utf-16-le").ljust(512, b"\0")


def archive(**parts: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as whole:
        for name, text in parts.items():
            whole.writestr(name.replace("__", "/"), text)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty; ask the sender for it again"),
        (b"participant_id;device\n", 'is text, not an Excel workbook; save it as .xlsx, or set format = "csv"'),
        (b"<html><table>", "is text, not an Excel workbook"),
        (b"\x89PNG\0\0", "is no Excel workbook (.xlsx); open it in the program it comes from"),
        (old_container("EncryptedPackage"), "is protected by a password; open it, take the password off"),
        (old_container("Workbook"), "is a workbook of Excel 97 to 2003 (.xls); open it and save it as .xlsx"),
        (package(GOOD)[:-40], "is damaged or was cut off on its way"),
        (package(GOOD)[:200], "is damaged or was cut off on its way"),
        (archive(notes="x"), "is a zip archive without a workbook in it; send the .xlsx file itself"),
        (archive(mimetype="x"), "is an OpenDocument file (.ods); open it and save it as .xlsx"),
        (archive(**{"xl__workbook.bin": "x"}), "is a binary workbook (.xlsb); open it and save it as .xlsx"),
    ],
    ids=["empty", "csv", "html", "picture", "encrypted", "xls", "cut", "cut early", "zip", "ods", "xlsb"],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(read: Read, content: bytes, message: str) -> None:
    assert message in refusal(read, content)


def test_damage_is_told_before_what_its_sheets_are_said_to_be_like(stage_one: StageOne) -> None:
    """Nobody can tell the sheets of such a file apart, and so the tables of all of them come together."""
    tables = "".join(
        f'[tables.{t}]\nfiles = ["*.xlsx"]\nheader_row = {n}\n' for n, t in enumerate(("sessions", "costs"), 1)
    )
    with pytest.raises(RefusedError, match="is damaged or was cut off"):
        stage_one(package(GOOD)[:200], "", tables, "xlsx", "log.xlsx")


def test_a_file_that_went_away_is_refused(make_drop: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"log.xlsx: is not there; put it into the drop again"):
        xlsx_container.open_archive(tmp_path / "log.xlsx", "log.xlsx")


def test_a_part_with_a_password_is_refused(read: Read) -> None:
    content = bytearray(package(GOOD))
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    assert "is protected by a password; send it without" in refusal(read, bytes(content))


@pytest.mark.parametrize(
    "sheet",
    [
        f'<worksheet xmlns="{MAIN}"><sheetData>{GOOD}',
        f'<worksheet xmlns="{MAIN}"><sheetData>{row(3)}{row(2)}</sheetData></worksheet>',
        f'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet xmlns="{MAIN}"><sheetData>'
        f'{HEADER}<row r="2"><c r="A2" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>',
        '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
        "<worksheet>&c;</worksheet>",
        "no XML at all",
        "",
        "<mergeCell " * 200_000,  # a search without bounds would not come to an end
        "<" + "m" * 3_000_000,
    ],
    ids=["cut", "out of order", "external entity", "billion laughs", "text", "empty", "merges", "long name"],
)
def test_xml_that_is_damaged_or_builds_a_bomb_is_refused(read: Read, sheet: str) -> None:
    assert "is damaged inside" in refusal(read, package("", parts={SHEET: sheet}))


@pytest.mark.parametrize("part", [BOOK, STRINGS, "xl/styles.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"])
def test_damage_in_any_part_is_refused(read: Read, part: str) -> None:
    assert "is damaged inside" in refusal(read, package(GOOD, parts={part: "<a>"}))


def test_a_number_format_without_end_is_cut_and_styles_are_bounded(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = HEADER + row(2, inline("A2", "P1"), cell("B2", "3", style=1))
    assert cells(read(package(rows, formats={1: "[" * 1_000_000}))) == [(2, "P1", "3")]
    monkeypatch.setattr("pipeline.sources.xlsx.package._MOST_STYLES", 1)
    assert "is damaged inside" in refusal(read, package(rows, formats={1: "0"}))


def test_bytes_that_changed_inside_a_part_are_noticed(read: Read) -> None:
    content = bytearray(package(GOOD, compression=zipfile.ZIP_STORED))
    at = content.index(b"<v>3</v>")
    content[at + 3] = ord("4")
    assert "is damaged inside" in refusal(read, bytes(content))


def test_a_bomb_is_told_by_what_it_would_unpack_to(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = package(GOOD, parts={SHEET: b" " * (xlsx_container.HARMLESS_BYTES + 1)})
    assert "over 100 to 1, as only a zip bomb does; send CSV if it is none" in refusal(read, bomb)
    monkeypatch.setattr(xlsx_container, "MAX_UNPACKED_BYTES", 1 << 10)
    assert "expected at most 1,024; split it into several workbooks, or send CSV" in refusal(read, package(GOOD))


def test_a_part_that_lies_about_its_size_is_not_unpacked_past_it(read: Read) -> None:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{GOOD}</sheetData></worksheet>'.ljust(1 << 20).encode()
    content = bytearray(package("", parts={SHEET: sheet}))
    at = content.rindex(SHEET.encode()) - 46  # its entry in the archive's directory
    struct.pack_into("<I", content, at + 24, 100)
    assert "is damaged inside" in refusal(read, bytes(content))


def test_more_text_than_memory_has_room_for_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.sources.xlsx.package.MAX_STRINGS_BYTES", 100)
    assert "bytes of text, expected at most 100" in refusal(read, package(GOOD, strings="<si><t>x</t></si>" * 9))


@pytest.mark.parametrize(
    ("rows", "strings"),
    [
        (HEADER + row(2, inline("A2", "x" * (xlsx_xml.LONGEST_TEXT + 1))), ""),
        (GOOD, f"<si><t>{'x' * (xlsx_xml.LONGEST_TEXT + 1)}</t></si>"),
        (HEADER + f'<row r="2" title="{"x" * (10 << 20)}"></row>', ""),
    ],
    ids=["cell", "shared", "tag"],
)
def test_a_text_or_a_tag_without_end_is_not_gathered(read: Read, rows: str, strings: str) -> None:
    assert "is damaged inside" in refusal(read, package(rows, strings=strings))


def test_merges_are_found_wherever_a_piece_ends_and_bounded(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    merges = '<mergeCells count="2"><mergeCell ref="C9:D9"/><mergeCell ref="A2:A4"/></mergeCells>'
    content = package(GOOD + row(3, cell("B3", "4")) + row(4, cell("B4", "5")), after=merges)
    for size in (1, 7, 64, 1 << 20):
        monkeypatch.setattr(xlsx_xml, "_CHUNK_BYTES", size)
        assert cells(read(content)) == [(2, "P1", "3"), (3, "P1", "4"), (4, "P1", "5")]
    monkeypatch.setattr(xlsx_rows, "MAX_MERGES", 0)
    assert "is damaged inside" in refusal(read, content)


def test_a_workbook_cut_anywhere_is_refused_and_never_a_crash(read: Read) -> None:
    whole = written([["participant_id"], ["P1"]])
    for length in range(1, len(whole), 97):
        refusal(read, whole[:length])

"""Workbooks to read: whole ones as openpyxl writes them, and packages of plain XML for what it cannot write."""

import io
import zipfile
from collections.abc import Callable, Mapping
from html import escape

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK, STRINGS, STYLES, SHEET = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def written(
    rows: list[list[object]], title: str = "sessions", dress: Callable[[Worksheet], None] | None = None
) -> bytes:
    """A workbook of one sheet; `dress` may merge, format or hide."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if dress is not None:
        dress(sheet)
    return saved(book)


def cell(reference: str, value: str, kind: str = "", style: int = 0) -> str:
    """A cell with a value in it."""
    attributes = (f' t="{kind}"' if kind else "") + (f' s="{style}"' if style else "")
    return f'<c r="{reference}"{attributes}><v>{escape(value)}</v></c>'


def inline(reference: str, text: str) -> str:
    """A cell with a text of its own."""
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def row(number: int, *cells: str, more: str = "") -> str:
    """A row of cells."""
    return f'<row r="{number}"{more}>{"".join(cells)}</row>'


HEADER = row(1, inline("A1", "participant_id"), inline("B1", "pain_nrs"))


def package(
    rows: str,
    *,
    after: str = "",
    strings: str | None = None,
    formats: Mapping[int, str] | None = None,
    properties: str = "",
    parts: Mapping[str, bytes | str] | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A workbook with one sheet, sessions. `formats` are number formats by cell style; `parts` replace or join."""
    related = [("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(related, start=1)
    )
    root = f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="{BOOK}"/>'
    codes = "".join(f'<numFmt numFmtId="{200 + n}" formatCode="{escape(c)}"/>' for n, c in (formats or {}).items())
    styles = "".join(f'<xf numFmtId="{200 + n}"/>' for n in formats or {})
    whole: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{root}</Relationships>',
        BOOK: f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}'
        '<sheets><sheet name="sessions" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        STYLES: f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
        STRINGS: f'<sst xmlns="{MAIN}">{strings or ""}</sst>',
        SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>',
        **(parts or {}),
    }
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", compression) as archive:
        for name, content in whole.items():
            archive.writestr(name, content)
    return sink.getvalue()

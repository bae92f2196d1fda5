"""A workbook as a spreadsheet program saves it, written out cell by cell: the same bytes on every machine."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from pathlib import Path

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATED = "application/vnd.openxmlformats-package.relationships+xml"
_HIDDEN = ' state="hidden"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SAVED = (2026, 6, 30, 18, 0, 0)

PLAIN, TITLE, HEADING, DAY, MONTH, PERCENT = range(6)
"""Styles of cells. The last three are numbers, shown as 28/02/2026, févr.-26 and 80%."""

_STYLES = f"""<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>\
<numFmt numFmtId="165" formatCode="[$-40C]mmm\\-yy;@"/></numFmts>\
<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="14"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>\
<fill><patternFill patternType="solid"><fgColor rgb="FFDDE7EE"/><bgColor indexed="64"/></patternFill></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6">\
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>\
<xf numFmtId="0" fontId="2" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="9" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


@dataclass(frozen=True)
class Formula:
    """A formula with the value that was computed; without one where a program wrote it that does not compute."""

    text: str
    value: float | str | None


@dataclass(frozen=True)
class Styled:
    """A value in a style of its own."""

    value: object
    style: int


@dataclass(frozen=True)
class Error:
    """An error such as #REF! in place of a value."""

    text: str


@dataclass
class Page:
    """One sheet: rows of cells, None for an empty one, and what is merged."""

    rows: list[Sequence[object]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    widths: Sequence[int] = ()
    is_hidden: bool = False

    def add(self, *cells: object) -> int:
        """Add a row below the others; the answer is its number."""
        self.rows.append(cells)
        return len(self.rows)

    def title(self, text: str, width: int) -> None:
        """A title over several columns, and an empty row below it."""
        self.merged.append(f"A1:{chr(64 + width)}1")
        self.add(Styled(text, TITLE))
        self.add()

    def heading(self, *names: str | None) -> int:
        return self.add(*(None if name is None else Styled(name, HEADING) for name in names))


def serial(day: date) -> int:
    """A date as a spreadsheet keeps it: days since the end of 1899."""
    return (day - date(1899, 12, 30)).days


def write(path: Path, pages: Mapping[str, Page]) -> None:
    """Write the workbook. Nothing is packed, for packers differ from machine to machine."""
    numbers = range(1, len(pages) + 1)
    texts: dict[str, int] = {}
    written = {f"worksheets/sheet{n}": _sheet(page, texts) for n, page in zip(numbers, pages.values(), strict=True)}
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}"{_HIDDEN if page.is_hidden else ""} r:id="rId{n}"/>'
        for n, (name, page) in zip(numbers, pages.items(), strict=True)
    )
    kinds = dict.fromkeys(written, "worksheet") | {"styles": "styles", "sharedStrings": "sharedStrings"}
    related = [
        f'Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{part}.xml"'
        for n, (part, kind) in enumerate(kinds.items(), start=1)
    ]
    listed = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_SHEETS}.{kind}+xml"/>'
        for part, kind in {"workbook": "sheet.main", **kinds}.items()
    )
    extensions = (
        f'<Default Extension="rels" ContentType="{_RELATED}"/><Default Extension="xml" ContentType="application/xml"/>'
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{extensions}{listed}</Types>',
        "_rels/.rels": _relations([f'Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"']),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(related),
        "xl/styles.xml": _STYLES,
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}" uniqueCount="{len(texts)}">{shared}</sst>',
        **{f"xl/{part}.xml": text for part, text in written.items()},
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _SAVED), _HEAD + text)


def _relations(related: Sequence[str]) -> str:
    listed = "".join(f"<Relationship {one}/>" for one in related)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _sheet(page: Page, texts: dict[str, int]) -> str:
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(page.widths, start=1)
    )
    rows = "".join(_row(number, cells, texts) for number, cells in enumerate(page.rows, start=1) if cells)
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in page.merged)
    above = f"<cols>{widths}</cols>" if widths else ""
    below = f'<mergeCells count="{len(page.merged)}">{merged}</mergeCells>' if merged else ""
    return f'<worksheet xmlns="{_MAIN}">{above}<sheetData>{rows}</sheetData>{below}</worksheet>'


def _row(number: int, cells: Sequence[object], texts: dict[str, int]) -> str:
    written = "".join(
        _cell(f"{chr(65 + place)}{number}", value, texts) for place, value in enumerate(cells) if value is not None
    )
    return f'<row r="{number}">{written}</row>'


def _cell(reference: str, value: object, texts: dict[str, int]) -> str:
    style = PLAIN
    if isinstance(value, Styled):
        value, style = value.value, value.style
    if isinstance(value, date):
        value, style = serial(value), style or DAY
    own = f' s="{style}"' if style else ""
    match value:
        case Formula(text, result):
            kind = ' t="str"' if isinstance(result, str) else ""
            computed = "" if result is None else f"<v>{escape(str(result))}</v>"
            return f'<c r="{reference}"{own}{kind}><f>{escape(text)}</f>{computed}</c>'
        case Error(text):
            return f'<c r="{reference}"{own} t="e"><v>{text}</v></c>'
        case bool():
            return f'<c r="{reference}"{own} t="b"><v>{int(value)}</v></c>'
        case int() | float():
            return f'<c r="{reference}"{own}><v>{value}</v></c>'
        case _:
            number = texts.setdefault(str(value), len(texts))
            return f'<c r="{reference}"{own} t="s"><v>{number}</v></c>'

"""Workbooks as spreadsheet programs write them, made of plain XML."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from pipeline.sender.sheet_xml import letters

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="2"><fill><patternFill/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fillId="0"/>'
    '<xf numFmtId="14" fillId="1" applyFill="1" xfId="0"><alignment wrapText="1"/></xf></cellXfs></styleSheet>'
)

Row = Sequence[str | float | None]


def write(path: Path, sheets: Mapping[str, Sequence[Row]]) -> None:
    """A workbook of texts and numbers; an empty row is left out, as programs do."""
    names = list(sheets)
    listed = "".join(f'<sheet name="{escape(n)}" sheetId="{i}" r:id="rId{i}"/>' for i, n in enumerate(names, start=1))
    related = "".join(
        f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(names) + 1)
    )
    related += f'<Relationship Id="rId0" Type="{OFFICE}/styles" Target="styles.xml"/>'
    root = f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types"/>')
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{PACKAGE}/relationships">{root}</Relationships>')
        workbook = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'
        archive.writestr("xl/workbook.xml", workbook)
        relations = f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>'
        archive.writestr("xl/_rels/workbook.xml.rels", relations)
        archive.writestr("xl/styles.xml", STYLES)
        for i, name in enumerate(names, start=1):
            archive.writestr(f"xl/worksheets/sheet{i}.xml", _sheet(sheets[name]))


def _sheet(rows: Sequence[Row]) -> str:
    written = "".join(_row(number, row) for number, row in enumerate(rows, start=1) if row)
    return f'<worksheet xmlns="{MAIN}"><dimension ref="A1"/><sheetData>{written}</sheetData></worksheet>'


def _row(number: int, row: Row) -> str:
    cells = "".join(_cell(f"{letters(i).decode()}{number}", cell) for i, cell in enumerate(row) if cell is not None)
    return f'<row r="{number}" spans="1:{len(row)}">{cells}</row>'


def _cell(place: str, cell: str | float) -> str:
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    return f'<c r="{place}"><v>{cell}</v></c>'


def cells(path: Path, sheet: int) -> dict[str, str]:
    """The texts and numbers of a sheet by place."""
    with zipfile.ZipFile(path) as archive:
        text = archive.read(f"xl/worksheets/sheet{sheet}.xml").decode()
    found = re.findall(r'<c (?:s="\d+" )?r="([A-Z]+\d+)"[^>]*>(?:<is><t[^>]*>(.*?)</t></is>|<v>(.*?)</v>)</c>', text)
    return {place: told or number for place, told, number in found}


def change(path: Path, sheet: int, before: str, after: str) -> None:
    """Write over what stands in a cell, as its user would."""
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    part = f"xl/worksheets/sheet{sheet}.xml"
    assert parts[part].count(before.encode()) == 1
    parts[part] = parts[part].replace(before.encode(), after.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)

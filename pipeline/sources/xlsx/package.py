"""The parts of a workbook: its sheets by name, the texts that cells share, and how numbers are shown."""

import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import RefusedError
from pipeline.sources.xlsx.container import MAX_STRINGS_BYTES, open_archive
from pipeline.sources.xlsx.texts import shared_texts
from pipeline.sources.xlsx.xml import Attributes, local, parse, refused_where_damaged

_RELATIONS = "_rels/.rels"
_WORKBOOK = "xl/workbook.xml"
_TRUE = ("1", "true")
_LONGEST_FORMAT, _MOST_STYLES = 255, 1 << 17
"""As long a number format is in Excel, which knows half as many styles."""

_WORKSHEET, _STRINGS, _STYLES = "/worksheet", "/sharedStrings", "/styles"


@dataclass(frozen=True)
class Sheet:
    """One worksheet: its name as the user sees it, the part that holds its cells, and whether the user sees it."""

    name: str
    part: str
    is_hidden: bool = False


@dataclass(frozen=True)
class Workbook:
    """An open workbook. `name` is what refusals call it.

    `awaits_values`: whoever wrote it asks the spreadsheet program to compute all formulas, as programs do that cannot;
    they write 0 or nothing where a value should stand. A spreadsheet program takes the request out when it saves.
    """

    name: str
    archive: zipfile.ZipFile
    sheets: tuple[Sheet, ...]
    is_1904: bool
    awaits_values: bool
    strings_part: str | None
    styles_part: str | None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sheet.name for sheet in self.sheets)

    @property
    def shown(self) -> tuple[str, ...]:
        """The names of the sheets that are not hidden; lists that drop-down cells choose from usually are."""
        return tuple(sheet.name for sheet in self.sheets if not sheet.is_hidden)

    def strings(self) -> list[str | None]:
        """The texts that cells share, in order, trimmed; None for those that say nothing."""
        if self.strings_part is None:
            return []
        with refused_where_damaged(self.name):
            return shared_texts(self.archive, self.strings_part)

    def formats(self) -> list[int | str]:
        """Per style of a cell the code of its number format, or its number where that is a built-in one."""
        if self.styles_part is None:
            return []
        with refused_where_damaged(self.name):
            return _formats(self.archive, self.styles_part)


@contextmanager
def opened(path: Path, name: str) -> Iterator[Workbook]:
    """The workbook at `path`. Raises RefusedError where it cannot be opened."""
    with open_archive(path, name) as archive:
        with refused_where_damaged(name):
            book = _workbook(archive, name)
        yield book


def _workbook(archive: zipfile.ZipFile, name: str) -> Workbook:
    main = next(iter(_related(archive, _RELATIONS, "", "/officeDocument").values()), _WORKBOOK)
    if main not in archive.namelist():
        raise RefusedError(f"{name}: is a zip archive without a workbook in it; send the .xlsx file itself")
    folder, file = posixpath.split(main)
    relations = f"{folder}/_rels/{file}.rels"
    worksheets = _related(archive, relations, folder, _WORKSHEET)
    found: list[Sheet] = []
    is_1904: list[bool] = []
    awaits_values: list[bool] = []

    def start(element: str, attributes: Attributes) -> None:
        match local(element):
            case "sheet":
                reference = next((v for k, v in attributes.items() if local(k) == "id"), "")
                if reference in worksheets:  # charts and dialogues have sheets of their own, without cells
                    is_hidden = attributes.get("state", "visible") != "visible"
                    found.append(Sheet(attributes["name"], worksheets[reference], is_hidden))
            case "workbookPr":
                is_1904.append(attributes.get("date1904", "0") in _TRUE)
            case "calcPr":
                awaits_values.append(attributes.get("fullCalcOnLoad", "0") in _TRUE)

    parse(archive, main, start)
    strings = next(iter(_related(archive, relations, folder, _STRINGS).values()), None)
    styles = next(iter(_related(archive, relations, folder, _STYLES).values()), None)
    if strings is not None and archive.getinfo(strings).file_size > MAX_STRINGS_BYTES:
        size = archive.getinfo(strings).file_size
        raise RefusedError(
            f"{name}: holds {size:,} bytes of text, expected at most {MAX_STRINGS_BYTES:,}; "
            "split it into several workbooks, or send CSV"
        )
    return Workbook(name, archive, tuple(found), any(is_1904), any(awaits_values), strings, styles)


def _related(archive: zipfile.ZipFile, part: str, folder: str, kind: str) -> dict[str, str]:
    """The parts that a part refers to, by reference, of one kind."""
    found: dict[str, str] = {}

    def start(element: str, attributes: Attributes) -> None:
        if local(element) == "Relationship" and attributes["Type"].endswith(kind):
            target = attributes["Target"].replace("\\", "/")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found[attributes["Id"]] = posixpath.normpath(whole)

    if part in archive.namelist():
        parse(archive, part, start)
    return found


def _formats(archive: zipfile.ZipFile, part: str) -> list[int | str]:
    codes: dict[int, str] = {}
    styles: list[int | str] = []
    inside = False

    def start(element: str, attributes: Attributes) -> None:
        nonlocal inside
        match local(element):
            case "numFmt":
                codes[int(attributes["numFmtId"])] = attributes["formatCode"][:_LONGEST_FORMAT]
            case "cellXfs":
                inside = True
            case "xf" if inside:
                number = int(attributes.get("numFmtId", "0"))
                styles.append(codes.get(number, number))
                if len(styles) > _MOST_STYLES:
                    raise ValueError("styles")

    def end(element: str) -> None:
        nonlocal inside
        inside = inside and local(element) != "cellXfs"

    parse(archive, part, start, end)
    return styles

"""The tables as workbooks to fill in: a sheet a table, lists to choose from, an example row, and a page of help."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.contract.columns import Column, Table
from pipeline.contract.instruments import instruments
from pipeline.contract.tables import TABLES
from pipeline.contract.template_help import help_rows
from pipeline.contract.template_words import HELP, allowed, limits
from pipeline.contract.templates import EXAMPLE, EXAMPLES, template_names, write_new

LISTS = "lists"
"""The hidden sheet that drop-down lists choose from. Like the page of help it is called like no table: never read."""

MINIMAL: Mapping[str, tuple[str, ...]] = {
    "participants": ("participant_id", "enrolled_on", "age_years", "sex", "diagnosis", "consent"),
    "sessions": ("participant_id", "performed_on", "device", "needle_length_mm", "setting"),
    "outcomes": ("participant_id", "assessed_on", "hair_density"),
}
"""The twelve columns without which no question can be answered: who, what was done, and one outcome measured twice."""

_MANIFEST = """\
# Who sends this workbook. Fill in the sheets, then: needling run {folder}
[source]
id = "my-clinic"             # a to z, 0 to 9 and -; keep it for ever
format = "xlsx"
default_clinic = "main"      # used where a row names no clinic
# extracted_on = "2026-11-01"  # the day you took the data out; corrections are ordered by it
# people = "my-registry"       # only if several sources use the same participant ids
"""

_MINIMAL_TABLES = """
[tables.participants]
[tables.sessions]
[tables.outcomes.instruments]  # who measured the density: clinician, or software
"hair_density (/cm2)" = { instrument = "hair_density", unit = "/cm2", rater = "clinician" }
"""

_LAST_ROW = 1_048_576
_DATE_FORMAT, _TEXT_FORMAT = "yyyy-mm-dd", "@"
_TEXT_KINDS = ("person", "identity", "reference", "hashed")
_DATE_KINDS = ("date", "lag")
_LEAST_WIDTH, _ROOM = 11, 3
"""Columns are as wide as their header and a little more, in characters; never narrower than a date."""

_PROMPT_LENGTH = 250
"""Excel shows at most 255 letters beside a cell."""

_HEADER, _REQUIRED = PatternFill("solid", fgColor="DDE7EE"), PatternFill("solid", fgColor="F6D58E")
_EXAMPLE_FONT = Font(italic=True, color="808080")


def write_workbooks(out: Path) -> list[Path]:
    """Write an empty drop of all tables into `out`, one of twelve columns into `out/minimal`; the files are named.

    Raises UsageError where a file is already there: it may hold somebody's data.
    """
    whole = {name: template_names(table) for name, table in TABLES.items()}
    small = out / "minimal"
    files: dict[Path, str | bytes] = {
        out / "source.toml": _MANIFEST.format(folder=out.name or "."),
        out / "tables.xlsx": workbook(whole),
        small / "source.toml": _MANIFEST.format(folder=f"{out.name or '.'}/minimal") + _MINIMAL_TABLES,
        small / "minimal.xlsx": workbook(MINIMAL),
    }
    return write_new(files)


def workbook(tables: Mapping[str, Sequence[str]]) -> bytes:
    """A workbook with a sheet for each of these tables and its columns; the name of an instrument is one, too."""
    book = Workbook()
    book.properties.creator = "Microneedling Outcomes"
    book.remove(book.worksheets[0])
    helped = book.create_sheet(HELP)
    sheets = {name: book.create_sheet(name) for name in tables}
    lists = _Lists(book.create_sheet(LISTS))
    for name, sheet in sheets.items():
        _fill(sheet, TABLES[name], tables[name], lists.reference)
    lists.sheet.sheet_state = "hidden"
    _write_help(helped, tables)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


class _Lists:
    """The hidden sheet with the words that drop-down cells offer, one list a column."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.known: dict[tuple[str, ...], str] = {}

    def reference(self, words: tuple[str, ...]) -> str:
        """Where these words stand, as a formula; they are written once."""
        if words not in self.known:
            place = len(self.known) + 1
            for row, word in enumerate(words, start=1):
                self.sheet.cell(row, place, word)
            letter = get_column_letter(place)
            self.known[words] = f"{LISTS}!${letter}$1:${letter}${len(words)}"
        return self.known[words]


def _fill(sheet: Worksheet, table: Table, names: Sequence[str], reference: Callable[[tuple[str, ...]], str]) -> None:
    for place, name in enumerate(names, start=1):
        column = _column(table, name)
        header = sheet.cell(1, place, heading(column))
        header.font, header.fill = Font(bold=True), _REQUIRED if column.required else _HEADER
        header.alignment = Alignment(vertical="top", wrap_text=True)
        example = sheet.cell(2, place, _example(table, column))
        example.font = _EXAMPLE_FONT
        letter = get_column_letter(place)
        width = max(_LEAST_WIDTH, len(heading(column)) + _ROOM, len(str(example.value or "")) + _ROOM)
        sheet.column_dimensions[letter].width = width
        look = _format(column)
        sheet.column_dimensions[letter].number_format = example.number_format = look
        rule = _rule(column, reference)
        rule.add(f"{letter}2:{letter}{_LAST_ROW}")
        sheet.add_data_validation(rule)
    sheet.freeze_panes = "B2"


def _column(table: Table, name: str) -> Column:
    """A column of a table; of outcomes also an instrument that has a column of its own."""
    if name in table.names:
        return table.column(name)
    found = instruments()[name]
    return Column(name, "decimal", f"{found.label}.", True, found.unit, found.low, found.high, found.decimals)


def heading(column: Column) -> str:
    """The header of a column, with its unit where it has one of its own: `needle_length_mm (mm)`."""
    own = column.unit if column.unit not in ("strength_unit", "currency") else None
    return f"{column.name} ({own})" if own else column.name


def _format(column: Column) -> str:
    if column.kind in _DATE_KINDS:
        return _DATE_FORMAT
    return _TEXT_FORMAT if column.kind in _TEXT_KINDS else "General"


def _example(table: Table, column: Column) -> str | float | date | None:
    """The cell of the example row: a record as the contract admits it, of a person called `example`."""
    if column.kind == "person":
        return EXAMPLE
    text = EXAMPLES[table.name].get(column.name if column.name in table.names else "value")
    if not text:
        return None
    if column.kind in _DATE_KINDS:
        return date.fromisoformat(text)
    return float(text) if column.kind in ("integer", "decimal", "value", "age") else text


def _rule(column: Column, reference: Callable[[tuple[str, ...]], str]) -> DataValidation:
    """What a column takes, with a word about it beside the cell. Excel warns and lets pass: synonyms are read too."""
    words = allowed(column)
    rule = DataValidation(allow_blank=True, errorStyle="warning", showErrorMessage=True, showInputMessage=True)
    rule.promptTitle, rule.prompt = column.name[:32], prompt(column)
    rule.errorTitle, rule.error = (
        column.name[:32],
        f"Expected {limits(column) or 'one of the list'}. Keep it all the same?",
    )
    if words:
        rule.type, rule.formula1 = "list", reference(words)
    elif column.kind in _DATE_KINDS:
        rule.type, rule.operator, rule.formula1 = "date", "greaterThan", "1"
    elif column.low is not None and column.high is not None:
        rule.type = "whole" if column.kind in ("integer", "age") else "decimal"
        rule.operator, rule.formula1, rule.formula2 = "between", f"{column.low:g}", f"{column.high:g}"
    return rule


def prompt(column: Column) -> str:
    """What is shown beside a cell: the meaning, what may stand there, whether it has to."""
    told = [column.doc.replace("`", ""), f"Expected: {limits(column)}." if limits(column) else ""]
    told.append("Required." if column.required else "")
    return " ".join(part for part in told if part)[:_PROMPT_LENGTH]


def _write_help(sheet: Worksheet, tables: Mapping[str, Sequence[str]]) -> None:
    for row, (cells, is_head) in enumerate(_help(tables), start=1):
        for place, text in enumerate(cells, start=1):
            cell = sheet.cell(row, place, text)
            cell.alignment = Alignment(vertical="top", wrap_text=len(cells) > 1)
            cell.font = Font(bold=is_head)
    for letter, width in zip("ABCDEF", (16, 26, 10, 58, 22, 60), strict=True):
        sheet.column_dimensions[letter].width = width


def _help(tables: Mapping[str, Sequence[str]]) -> Iterable[tuple[Sequence[str], bool]]:
    columns = {name: [_column(TABLES[name], of) for of in names] for name, names in tables.items()}
    return help_rows(columns, has_instruments="instrument" in tables.get("outcomes", ()))

"""The page of help in a workbook to fill in: how to, every column, every word of every list, every instrument."""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.contract import reference
from pipeline.contract.columns import Column
from pipeline.contract.instruments import instruments
from pipeline.contract.template_words import limits

Row = tuple[Sequence[str], bool]
"""The cells of a row, and whether it is a heading."""

_HOW_TO = (
    "One sheet a table, one row a record. Fill in what you have; leave empty what was not recorded.",
    "Sheets that you do not need may stay empty. Columns that you add are not stored.",
    "Keep the headers as they are: they carry the unit, and values in another unit are not converted.",
    "Orange headers have to be filled in. Select a cell to see what it takes; many offer a list.",
    "The second row of each sheet, whose person is called example, shows how. It is never read; it may stay.",
    "Use the same participant_id in every sheet: a number, not a name. It is replaced by a pseudonym at the door.",
    "Then save, put your id into source.toml beside the workbook, and try it: needling check, and the folder.",
)
_COLUMNS = ("sheet", "column", "required", "meaning", "takes", "words of its list")
_INSTRUMENTS = ("instrument", "is", "", "what it measures", "takes", "units")


def help_rows(columns: Mapping[str, Sequence[Column]], *, has_instruments: bool) -> Iterator[Row]:
    """The rows of the page, for these columns by table."""
    yield ("How to fill in this workbook",), True
    yield from (((sentence,), False) for sentence in _HOW_TO)
    yield (), False
    yield _COLUMNS, True
    for table, of_table in columns.items():
        yield from ((_about(table, column), False) for column in of_table)
    if has_instruments:
        yield (), False
        yield _INSTRUMENTS, True
        yield from ((row, False) for row in _instruments())


def _about(table: str, column: Column) -> Sequence[str]:
    terms = reference.vocabulary(column.vocabulary) if column.vocabulary else ()
    words = "; ".join(t.code if t.label.casefold() == t.code else f"{t.code} ({t.label})" for t in terms)
    if column.vocabulary == "instrument":
        words = "see below"
    if column.vocabulary == "currency":
        words = "ISO 4217, such as EUR"
    doc = column.doc.replace("`", "")
    return table, column.name, "yes" if column.required else "", doc, limits(column), words


def _instruments() -> Iterator[Sequence[str]]:
    for one in instruments().values():
        units = ", ".join(dict.fromkeys(unit.name for unit in one.units)) or one.unit
        needs = " Needs area_cm2." if one.needs_area else ""
        yield one.code, one.label, "", one.explanation + needs, f"{one.low:g} to {one.high:g} {one.unit}", units

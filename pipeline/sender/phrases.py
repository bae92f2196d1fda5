"""Why a record was not taken, in a sentence that names the sender's own header.

The sentence goes back to the one who sent the cell, so it may say the cell and what would have been taken.
`{cell}` stands for the cell, `{mates}` for the lines that speak of the same record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from pipeline.contract.columns import Column, Table
from pipeline.contract.instruments import instruments
from pipeline.contract.mapping import Manifest, TableMapping
from pipeline.contract.reasons import REASONS
from pipeline.contract.tables import EARLIEST_DAY, MIN_AGE_YEARS, TABLES
from pipeline.sender import words

CELL = "{cell}"
MATES = "{mates}"

_EXAMPLE = date(2025, 12, 31)
_OF_RECORDS: Mapping[str, str] = {
    "malformed_line": (
        "the line has more or fewer cells than the header or a quote or line break stands where none belongs"
    ),
    "duplicate_id": (
        f"the same record stands here with different content (line {MATES} of this file): "
        "keep the true one, or give each an id of its own"
    ),
    "minor": f"under {MIN_AGE_YEARS}: such people are not taken, and nothing of the row is kept",
}


_IN_FORMAT: Mapping[tuple[str, str], str] = {
    ("ndjson", "malformed_line"): "the line is no JSON object, or gives a key twice",
    ("fhir", "malformed_line"): (
        "it is no QuestionnaireResponse that can be read: look at its JSON, status and questionnaire, and at every "
        "linkId and answer"
    ),
    ("fhir", "ambiguous"): (
        "two answers stand where one is meant, or different groups repeat side by side: nobody can say what belongs "
        "together"
    ),
}
"""Sentences by format and reason, where a record is no line of cells."""


@dataclass(frozen=True)
class Fault:
    """A kind of fault. `part` is the header of a wide row's column, `scale` what the value is measured on."""

    table: str
    reason: str
    column: str | None = None
    part: str | None = None
    scale: str | None = None


@dataclass(frozen=True)
class Origin:
    """Where a table's cells come from: its mapping, and the headers of the file. Both are absent without a drop."""

    manifest: Manifest | None = None
    mapping: TableMapping | None = None
    headers: tuple[str, ...] = ()

    def header(self, fault: Fault) -> str | None:
        """The sender's header of the cell at fault; None where the file has none."""
        if fault.column is None or self.mapping is None:
            return None
        wide = next((c for c in self.mapping.instruments if c.header == fault.part), None)
        if fault.part and fault.column in ("value", "unit", "effect", "instrument"):
            return fault.part
        if wide is not None and fault.column == "area_cm2" and wide.area_column in self.headers:
            return wide.area_column
        names = _native(TABLES[fault.table], fault.column)
        mapped = [h for h, native in self.mapping.columns.items() if native in names and h in self.headers]
        return next(iter([*mapped, *(n for n in names if n in self.headers)]), None)


def _native(table: Table, name: str) -> tuple[str, ...]:
    """The native headers that a column's cell may stand under."""
    column = next((c for c in table.columns if c.name == name), None)
    if column is None:
        return (name,)
    aliases: Mapping[str, tuple[str, ...]] = {"age_years": ("age_band",), "enrolled_on": ("enrolled_quarter",)}
    days = (f"{column.stem}_day",) if column.kind in ("date", "period") else ()
    return (name, *days, *aliases.get(name, ()))


def sentence(fault: Fault, origin: Origin) -> str:
    """The sentence, with its header or the column's own name in front."""
    known = {c.name: c for c in TABLES[fault.table].columns}
    column = known.get(fault.column or "")
    said = _of_record(fault, origin)
    if said is not None:
        return said
    header = origin.header(fault)
    label = header or fault.column
    if column is None or fault.reason not in REASONS:
        told = " ".join(REASONS[r].sentence for r in fault.reason.split(", ") if r in REASONS)
        return f"{label}: {told}" if label else told
    is_absent = header is None and origin.mapping is not None
    return f"{label}: {_absent(fault, column, origin) if is_absent else _of_cell(fault, column, origin)}"


def _of_record(fault: Fault, origin: Origin) -> str | None:
    """What is wrong with a record as a whole, not with one of its cells."""
    if fault.column == "enrolled_on" and fault.table != "participants":
        return "the day on which this person was enrolled is not known, so the date cannot be placed"
    if fault.reason == "encoding":
        return (
            f"letters of the line are damaged: they are not {origin.manifest.encoding if origin.manifest else 'text'}"
        )
    if fault.reason == "duplicate_id" and origin.mapping is None:
        return REASONS["duplicate_id"].sentence
    form = origin.manifest.format if origin.manifest and fault.column is None else ""
    return _IN_FORMAT.get((form, fault.reason), _OF_RECORDS.get(fault.reason))


def _absent(fault: Fault, column: Column, origin: Origin) -> str:
    """A fault of a column that the file does not have."""
    constants = origin.mapping.constants if origin.mapping else {}
    if column.name in constants:
        return f"source.toml sets it to {constants[column.name]!r}, which is not taken"
    if fault.reason == "missing_required":
        return "it is required, and the file has no column for it"
    return _of_cell(fault, column, origin)


def _of_cell(fault: Fault, column: Column, origin: Origin) -> str:
    return _BY_REASON[fault.reason](fault, column, origin)


def _missing(fault: Fault, column: Column, origin: Origin) -> str:
    if fault.column == "staging_scale":
        return f"a stage needs its scale; known are: {words.known(column, fault.scale, origin.mapping)}"
    return "it is empty, and it is required"


def _in_future(fault: Fault, column: Column, origin: Origin) -> str:
    until = origin.manifest.extracted_on if origin.manifest else None
    return f"{CELL} lies after the day on which the data were taken out" + (f" ({until})" if until else "")


def _known(fault: Fault, column: Column, origin: Origin) -> str:
    if column.kind == "clinic":
        clinics = (*origin.manifest.clinics, origin.manifest.default_clinic) if origin.manifest else ()
        return (
            ", ".join(dict.fromkeys(c for c in clinics if c))
            or "short ids of letters and digits; those of many digits as clinics in source.toml"
        )
    return words.known(column, fault.scale, origin.mapping)


def _kind(column: Column, origin: Origin) -> str:
    """What was expected, with an example."""
    manifest = origin.manifest
    if column.kind in ("date", "period", "lag"):
        pattern = (manifest.dates if manifest else None) or "%Y-%m-%d"
        return f"date; expected one such as {_EXAMPLE.strftime(pattern)}"
    if column.kind in ("boolean", "flag"):
        return "answer; expected yes or no"
    if column.kind == "integer":
        return "whole number"
    if column.kind in ("decimal", "age", "value"):
        return "number; expected one such as 1" + (manifest.decimal if manifest else ".") + "5"
    return "short label; expected at most three words"


def _clear(column: Column) -> str:
    if column.kind in ("stage", "value"):
        return "give one stage or one number"
    if column.name == "unit":
        return "the number carries another unit than the one declared"
    return "give a number"


def _diagnoses(fault: Fault) -> str:
    instrument = instruments().get(fault.scale or "")
    return ", ".join(instrument.diagnoses).replace("_", " ") if instrument and instrument.diagnoses else "others"


_BY_REASON: Mapping[str, Callable[[Fault, Column, Origin], str]] = {
    "missing_required": _missing,
    "wrong_type": lambda fault, column, origin: f"'{CELL}' is no {_kind(column, origin)}",
    "out_of_range": lambda fault, column, origin: (
        f"{CELL} lies outside {words.allowed(column, fault.scale, origin.mapping)}"
    ),
    "unknown_value": lambda fault, column, origin: f"'{CELL}' is not known; known are: {_known(fault, column, origin)}",
    "unknown_participant": lambda fault, column, origin: (
        f"'{CELL}' is no person taken so far; the row waits for that person's own row"
    ),
    "before_time": lambda fault, column, origin: (
        f"{CELL} lies more than {-EARLIEST_DAY} days before this person's enrolment"
    ),
    "in_future": _in_future,
    "ambiguous": lambda fault, column, origin: f"'{CELL}' can be read in more than one way; {_clear(column)}",
    "unit_missing": lambda fault, column, origin: (
        f"it needs a unit; known are: {words.known(column, fault.scale, origin.mapping)}"
    ),
    "area_missing": lambda fault, column, origin: "it is empty, and a hair count needs the area that was counted",
    "instrument_not_for_diagnosis": lambda fault, column, origin: (
        f"it is not meant for this person's diagnosis, only for {_diagnoses(fault)}"
    ),
}
"""What is wrong with a cell. Every other reason is one of the record as a whole."""

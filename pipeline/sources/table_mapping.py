"""The `[tables.*]` of a `source.toml`: which files become which rows, with every name checked."""

from collections.abc import Mapping
from typing import Literal

from pipeline.contract.columns import Table
from pipeline.contract.mapping import Format, TableMapping
from pipeline.contract.tables import TABLES
from pipeline.sections import Section, as_text, choices, clean_header
from pipeline.sources.fhir.settings import complete, read_questionnaire
from pipeline.sources.redcap.settings import participant_of_record
from pipeline.sources.terms import check_code, check_target, check_unit, is_day, targets
from pipeline.sources.wide import read_asked, read_effects, read_instruments

MAX_HEADER_ROW = 1000
"""A header further down than this is taken for a slip of the finger."""

ENDINGS: Mapping[Format, tuple[str, ...]] = {
    "csv": (".csv", ".csv.gz", ".csv.zst"),
    "ndjson": tuple(f".{name}{packed}" for name in ("ndjson", "jsonl") for packed in ("", ".gz", ".zst")),
    "parquet": (".parquet",),
    "xlsx": (".xlsx", ".xlsm"),
}
"""How the files of a native drop end, by format."""

_NEVER_NATIVE = ("redcap", "fhir")
"""Formats in which one file holds many tables: which rows are whose must be said."""

_KEYS = (
    "files", "mode", "allow_shrink", "key", "columns", "units", "values", "where", "constants", "instruments",
    "effects", "asked", "sheet", "header_row", "skip_footer", "questionnaire",
)  # fmt: skip


def native_files(table: str, form: Format) -> tuple[str, ...]:
    """The file names that go by the table's own name in a format; of workbooks it is the sheets that do."""
    stem = "*" if form == "xlsx" else table
    return tuple(stem + ending for ending in ENDINGS.get(form, ()))


def read_tables(top: Section, form: Format, clinics: tuple[str, ...]) -> tuple[TableMapping, ...]:
    """The mappings in the contract's order. A drop without `[tables.*]` is native: files go by the tables' names."""
    section = top.child("tables")
    section.only(TABLES)
    if "tables" not in top.content:
        if form in _NEVER_NATIVE:
            top.note("[tables]", f"is missing; format {form!r} has no headers of its own, so name tables and columns")
        return tuple(TableMapping(name, native_files(name, form)) for name in TABLES)
    if not section.content:
        top.note("[tables]", f"is empty; name a table, or leave it out for files called {', '.join(TABLES)}")
    named = (name for name in TABLES if name in section.content)
    return tuple(_read_table(section.child(name), TABLES[name], form, clinics) for name in named)


def _read_table(section: Section, table: Table, form: Format, clinics: tuple[str, ...]) -> TableMapping:
    section.only(_KEYS)
    columns = _columns(section, table)
    constants = _constants(section, table, columns, clinics)
    _one_day_form(section, table, (*columns.values(), *constants))
    mode: Literal["append", "snapshot"] = (
        "snapshot" if section.choice("mode", ("append", "snapshot"), "append") == "snapshot" else "append"
    )
    mapping = TableMapping(
        table=table.name,
        files=_files(section, table, form),
        mode=mode,
        allow_shrink=section.boolean("allow_shrink"),
        key=tuple(clean_header(name) for name in section.texts("key")),
        columns=columns,
        units=_units(section, table),
        values=_values(section, table),
        where=_where(section),
        constants=constants,
        instruments=read_instruments(section, table, columns),
        effects=read_effects(section, table, columns),
        asked=read_asked(section),
        sheet=section.text("sheet"),
        header_row=section.integer("header_row", 1, 1, MAX_HEADER_ROW) or 1,
        skip_footer=section.integer("skip_footer", 0, 0, MAX_HEADER_ROW) or 0,
        questionnaire=read_questionnaire(section),
    )
    _only_where_it_works(section, form)
    return complete(mapping, section) if form == "fhir" else participant_of_record(mapping, form)


def _files(section: Section, table: Table, form: Format) -> tuple[str, ...]:
    given = section.content.get("files")
    files = (given,) if isinstance(given, str) else section.texts("files")
    if given is None:
        return native_files(table.name, form)
    if not files or not all(pattern.strip() for pattern in files):
        section.note("files", f'names no file; expected globs inside the drop, such as ["{table.name}*.csv"]')
    return files


def _columns(section: Section, table: Table) -> dict[str, str]:
    child = section.headers("columns")
    chosen: dict[str, str] = {}
    for header in child.content:
        name = child.text(header)
        if name is None or check_target(child, header, table, name) is None:
            continue
        if name in chosen.values():
            child.note(header, f"{name} is already taken from {next(h for h in chosen if chosen[h] == name)!r}")
        chosen[header] = name
    return chosen


def _units(section: Section, table: Table) -> dict[str, str]:
    child = section.child("units")
    units: dict[str, str] = {}
    for name in child.content:
        column, unit = check_target(child, name, table, name), child.text(name)
        if column is None or unit is None:
            continue
        if column.unit is None and column.kind != "value":
            child.note(name, "has no unit; take it out")
            continue
        units[name] = check_unit(child, name, table, column, unit) or unit
    return units


def _values(section: Section, table: Table) -> dict[str, dict[str, str]]:
    child = section.child("values")
    values: dict[str, dict[str, str]] = {}
    for name in child.content:
        column, words = check_target(child, name, table, name), child.child(name)
        if column is None:
            continue
        values[name] = {}
        for token, meaning in words.content.items():
            word = as_text(meaning)
            if word is None:
                words.note(token, f"found {meaning!r}; {choices(targets(table))}")
            elif token.strip().casefold() in {known.strip().casefold() for known in values[name]}:
                words.note(token, "is given twice; case and outer blanks do not count")
            else:
                values[name][token] = check_code(words, token, column, word)
    return values


def _where(section: Section) -> dict[str, tuple[str, ...]]:
    child = section.headers("where")
    return {header: child.words(header) for header in child.content}


def _constants(section: Section, table: Table, columns: Mapping[str, str], clinics: tuple[str, ...]) -> dict[str, str]:
    child = section.child("constants")
    constants: dict[str, str] = {}
    for name, value in child.content.items():
        column, word = check_target(child, name, table, name), as_text(value)
        if word is None:
            child.note(name, f"found {value!r}; expected one value")
        if column is None or word is None:
            continue
        if name in columns.values():
            child.note(name, "is also taken from a header by columns; give one of the two")
        if column.kind == "clinic" and clinics and word not in clinics:
            child.note(name, f"found {word!r}; {choices(clinics, word)}")
        constants[name] = check_code(child, name, column, word)
    return constants


def _one_day_form(section: Section, table: Table, names: tuple[str, ...]) -> None:
    """Days are either dates or counted from enrolment: a table that says both cannot be placed in time."""
    mixed = day_forms(table, names)
    if mixed is not None:
        section.note("columns", mixed)


def day_forms(table: Table, names: tuple[str, ...]) -> str | None:
    """A sentence where the names hold both dates and `_day` forms of a table, else None."""
    known = targets(table)
    timed = [name for name in names if name in known and known[name].kind in ("date", "period")]
    days = [name for name in timed if is_day(name, known[name])]
    dates = [name for name in timed if name not in days]
    if not (days and dates):
        return None
    return (
        f"{', '.join(dates)} and {', '.join(days)} stand side by side; expected dates only or days from enrolment only"
    )


def _only_where_it_works(section: Section, form: Format) -> None:
    """Settings of spreadsheets that a format would silently ignore are mistakes."""
    reads = {"sheet": ("xlsx",), "header_row": ("csv", "xlsx"), "skip_footer": ("csv", "xlsx"),
             "questionnaire": ("fhir",)}  # fmt: skip
    for key, formats in reads.items():
        if key in section.content and form not in formats:
            section.note(key, f"has no meaning for format {form!r}; take it out")

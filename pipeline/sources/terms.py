"""Words of a mapping that must be known: codes, units, instruments, and native columns."""

import unicodedata
from collections.abc import Mapping

from pipeline.contract import reference
from pipeline.contract.columns import Column, Table
from pipeline.sections import Section, choices

_BOOLEAN_WORDS = ("true", "false", "yes", "no", "1", "0")


def targets(table: Table) -> dict[str, Column]:
    """Every native name that a header may stand for, with its column; `age_band` stands in for the age."""
    named = {column.name: column for column in table.columns}
    dated = [c for c in table.columns if c.kind in ("date", "period")]
    days = {f"{c.stem}_day": c for c in dated if f"{c.stem}_day" in table.native_names}
    bands = {name: c for c in table.columns if c.kind == "age" for name, _ in c.stored}
    return named | days | bands


def is_day(name: str, column: Column) -> bool:
    """True for the `<stem>_day` form of a date."""
    return name == f"{column.stem}_day" and column.kind in ("date", "period")


def codes(column: Column) -> tuple[str, ...]:
    """The words a column admits, where they can be listed; empty where any text may stand."""
    if column.kind == "stage":
        return tuple(dict.fromkeys(row["code"] for row in reference.rows("stages")))
    if column.kind in ("boolean", "flag"):
        return _BOOLEAN_WORDS
    if column.vocabulary == "instrument":
        return instruments()
    return tuple(term.code for term in reference.vocabulary(column.vocabulary)) if column.vocabulary else ()


def instruments() -> tuple[str, ...]:
    """The codes of all instruments."""
    return tuple(row["code"] for row in reference.rows("instruments"))


def check_code(section: Section, key: str, column: Column, word: str) -> str:
    """The word, after noting it as a mistake where the column does not admit it.

    A stage given as a percentage (SALT) and a spelling that differs only in case are admitted.
    """
    allowed = codes(column)
    exact = {code.casefold(): code for code in allowed}.get(word.strip().casefold())
    if exact is not None:
        return exact
    if allowed and not (column.kind == "stage" and word.strip().isdecimal() and int(word) <= 100):
        section.note(key, f"{word!r} is no value of {column.name}; {choices(allowed, word)}")
    return word


def check_target(section: Section, key: str, table: Table, name: str) -> Column | None:
    """The native column of that name, or None after noting the mistake."""
    known = targets(table)
    if name not in known:
        section.note(key, f"{name!r} is no column of {table.name}; {choices(known, name)}")
    return known.get(name)


def check_unit(section: Section, key: str, table: Table, column: Column, unit: str) -> str | None:
    """The unit's own spelling in the reference table, or None after noting that the column cannot have it."""
    if column.kind == "value":
        known = reference.rows("instrument_units")
    elif column.unit in {other.name for other in table.columns}:
        section.note(key, f"has no fixed unit; map or set {column.unit} instead")
        return None
    else:
        known = tuple(row for row in reference.rows("units") if row["canonical"] == column.unit)
    return _spelling(section, key, unit, known, native=None if column.kind == "value" else column.unit)


def check_instrument_unit(section: Section, key: str, instrument: str, unit: str) -> str | None:
    """The unit's own spelling among those of the instrument, or None after noting the mistake."""
    known = tuple(row for row in reference.rows("instrument_units") if row["instrument"] == instrument)
    return _spelling(section, key, unit, known, native=None)


def _spelling(
    section: Section, key: str, unit: str, known: tuple[Mapping[str, str], ...], native: str | None
) -> str | None:
    spelled = {_fold(native): native} if native else {}
    for row in known:
        for word in (row["unit"], *row["synonyms"].split("|")):
            spelled.setdefault(_fold(word), row["unit"])
    if _fold(unit) in spelled and unit.strip():
        return spelled[_fold(unit)]
    allowed = dict.fromkeys(spelled.values())
    section.note(key, f"the unit {unit!r} is not known here; {choices(allowed, unit) if allowed else 'it has no unit'}")
    return None


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().casefold()

"""Wide rows: columns that each become a record of outcomes (`instruments`) or a side effect (`effects`)."""

import re
from collections.abc import Mapping

from pipeline.contract.columns import Table
from pipeline.contract.mapping import InstrumentColumn
from pipeline.sections import Section, choices, clean_header
from pipeline.sources.terms import check_code, check_instrument_unit, instruments

_KEYS = ("instrument", "unit", "visit", "day", "region", "side", "rater", "method", "area_column")
_VISIT = re.compile(r"[0-9]{1,3}w")
_MAX_DAY = 36_525
"""A hundred years: further away than any visit."""


def read_instruments(section: Section, table: Table, columns: Mapping[str, str]) -> tuple[InstrumentColumn, ...]:
    """The wide columns of outcomes, in the order written."""
    child = section.headers("instruments")
    if not child.content:
        return ()
    if table.name != "outcomes":
        section.note("instruments", f"belongs to outcomes, not to {table.name}")
        return ()
    for name in ("instrument", "value", "unit"):
        if name in columns.values():
            section.note("instruments", f"says what {name} is, and columns maps it too; give one of the two")
    return tuple(_instrument(child, header, table) for header in child.content)


def _instrument(child: Section, header: str, table: Table) -> InstrumentColumn:
    one = child.child(header)
    one.only(_KEYS)
    name = one.text("instrument")
    if name is None or name not in instruments():
        found = "is missing" if name is None else f"found {name!r}"
        one.note("instrument", f"{found}; {choices(instruments(), name)}")
    visit, day = one.text("visit"), one.integer("day", None, -_MAX_DAY, _MAX_DAY)
    if visit is not None and not _VISIT.fullmatch(visit):
        one.note("visit", f'found {visit!r}; expected weeks from enrolment, such as "12w"')
    if visit is not None and day is not None:
        one.note("visit", "and day are both given; give one of the two")
    unit, area = one.text("unit"), one.text("area_column")
    known = name is not None and name in instruments()
    return InstrumentColumn(
        header=header,
        instrument=name or "",
        unit=check_instrument_unit(one, "unit", name, unit) if known and name and unit is not None else unit,
        visit=visit,
        day=day,
        area_column=None if area is None else clean_header(area),
        region=_code(one, "region", table),
        side=_code(one, "side", table),
        rater=_code(one, "rater", table),
        method=_code(one, "method", table),
    )


def _code(one: Section, key: str, table: Table) -> str | None:
    word = one.text(key)
    return None if word is None else check_code(one, key, table.column(key), word)


def read_effects(section: Section, table: Table, columns: Mapping[str, str]) -> dict[str, str]:
    """Tick-box headers and the side effect each stands for."""
    child = section.headers("effects")
    if table.name != "side_effects":
        for key in ("effects", "asked"):
            if key in section.content:
                section.note(key, f"belongs to side_effects, not to {table.name}")
        return {}
    if child.content and "effect" in columns.values():
        section.note("effects", "says what effect is, and columns maps it too; give one of the two")
    effects: dict[str, str] = {}
    for header in child.content:
        word = child.text(header)
        if word == "none":
            child.note(header, "'none' is no box to tick; it follows from asked, where no box is ticked")
        elif word is not None:
            effects[header] = check_code(child, header, table.column("effect"), word)
    return effects


def read_asked(section: Section) -> dict[str, tuple[str, ...]]:
    """The header, and its values, that tell that the question about side effects was shown."""
    child = section.headers("asked")
    if child.content and not section.content.get("effects"):
        section.note("asked", "stands without effects; name the tick-box columns there")
    return {header: child.words(header) for header in child.content}

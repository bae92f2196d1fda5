"""The `[redcap]` of a `source.toml`, and what a mapping of a REDCap export need not say."""

import re
from collections.abc import Iterable
from dataclasses import replace

from pipeline.contract.mapping import Format, Redcap, TableMapping
from pipeline.sections import Section, clean_header

RECORD = "(record id)"
"""Column that the reader adds: the id of the record, which is the participant where nothing else is mapped to it."""

EVENTS = ("redcap_event_name", "Event Name")
REPEATS = ("redcap_repeat_instrument", "redcap_repeat_instance", "Repeat Instrument", "Repeat Instance")
"""Columns that every export of a longitudinal or a repeating project has, as raw values have them and as labels do."""

OF_REDCAP = re.compile(r"redcap_\w+|\w+_(complete|timestamp)")
"""Columns that REDCap adds to an export; no dictionary describes them."""

BOX = "___"
"""Between a checkbox field and the code of one of its boxes."""

ARM = re.compile(r"_arm_[0-9]+[a-z]?$|\(Arm [0-9]+: .*\)$")
"""How the name of an event ends, and the label of one, with its arm."""


def read_redcap(top: Section, form: Format) -> Redcap | None:
    """The checked `[redcap]`; None where the drop is of another format."""
    section = top.child("redcap")
    if form != "redcap":
        if "redcap" in top.content:
            top.note("[redcap]", f"has no meaning for format {form!r}; take it out")
        return None
    section.only(("data", "dictionary", "record_id"))
    given = {key: section.text(key) for key in ("data", "dictionary", "record_id")}
    for key, name in given.items():
        if name is not None and not name.strip():
            section.note(key, "is empty; leave it out or give a name")
    record_id = given["record_id"]
    return Redcap(given["data"], given["dictionary"], None if record_id is None else clean_header(record_id))


def name_files(top: Section, redcap: Redcap | None, tables: Iterable[TableMapping]) -> tuple[TableMapping, ...]:
    """The mappings, those without `files` reading the data file of `[redcap]`."""
    if redcap is None:
        return tuple(tables)
    if redcap.data is None:
        for mapping in tables:
            if not mapping.files:
                top.note("[redcap] data", f'is missing, and [tables.{mapping.table}] has no files; such as "data.csv"')
    own = (redcap.data,) if redcap.data is not None else ()
    return tuple(mapping if mapping.files else replace(mapping, files=own) for mapping in tables)


def participant_of_record(mapping: TableMapping, form: Format) -> TableMapping:
    """The mapping, in which the record is the participant where it names no other."""
    if form != "redcap" or "participant_id" in (*mapping.columns.values(), *mapping.constants):
        return mapping
    return replace(mapping, columns={**mapping.columns, RECORD: "participant_id"})

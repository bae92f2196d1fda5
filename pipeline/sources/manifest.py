"""`source.toml`: what a drop says about itself, read and checked as a whole."""

import codecs
import re
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import cast

import duckdb

from pipeline.contract.mapping import Format, Manifest
from pipeline.errors import RefusedError
from pipeline.sections import Mistakes, Section, choices
from pipeline.sources.redcap.settings import name_files, read_redcap
from pipeline.sources.table_mapping import read_tables

READ_FORMATS = ("csv", "ndjson", "parquet", "xlsx", "redcap", "fhir")
_SOURCE_ID = re.compile(r"[a-z0-9-]{1,40}")
_SOURCE_KEYS = (
    "id", "format", "extracted_on", "people", "default_clinic", "clinics", "simulated", "dates", "timezone",
    "encoding", "delimiter", "quote", "decimal",
)  # fmt: skip
_ENCODINGS = {
    "utf-8": "utf-8", "utf-8-sig": "utf-8", "ascii": "utf-8", "utf-16": "utf-16", "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be", "cp1252": "cp1252", "iso8859-1": "latin-1",
}  # fmt: skip
"""Python's name of a codec and ours. DuckDB reads UTF-8; the others are transcoded at the door."""


def read_manifest(path: Path, raw: bytes) -> Manifest:
    """The checked content of a `source.toml` whose bytes are given. Raises RefusedError with every mistake in it."""
    try:
        content = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise RefusedError(f"{path} is not UTF-8; save it as UTF-8 and send the drop again") from None
    except tomllib.TOMLDecodeError as error:
        raise RefusedError(f"{path} is not valid TOML: {error}; mend that line and send the drop again") from None
    mistakes = Mistakes(path, [])
    top = Section("", content, mistakes)
    top.only(("source", "tables", "redcap"))
    if "source" not in content:
        top.note("[source]", "is missing; it names at least id and format")
    manifest = _source(top)
    mistakes.raise_any()
    return manifest


def _source(top: Section) -> Manifest:
    section = top.child("source")
    section.only(_SOURCE_KEYS)
    source = _source_id(section)
    form = _format(section)
    clinics = section.texts("clinics")
    default_clinic = section.text("default_clinic")
    if clinics and default_clinic is not None and default_clinic not in clinics:
        section.note("default_clinic", f"found {default_clinic!r}; {choices(clinics, default_clinic)}")
    delimiter, quote = _one_character(section, "delimiter"), _quote(section)
    if delimiter is not None and delimiter == quote:
        section.note("delimiter", "is the same as quote; expected two different characters")
    decimal = section.choice("decimal", (".", ","), ".")
    redcap = read_redcap(top, form)
    return Manifest(
        source=source,
        format=form,
        extracted_on=_extracted_on(section),
        people=_non_empty(section, "people") or source,
        default_clinic=default_clinic,
        clinics=clinics,
        simulated=section.boolean("simulated"),
        tables=name_files(top, redcap, read_tables(top, form, clinics)),
        dates=_dates(section),
        timezone=_timezone(section),
        encoding=_encoding(section),
        delimiter=delimiter,
        quote=quote,
        decimal="," if decimal == "," else ".",
        redcap=redcap,
    )


def _source_id(section: Section) -> str:
    source = section.text("id")
    if "id" not in section.content:
        section.note("id", "is missing; expected a name of 1 to 40 of a-z, 0-9 and -")
    elif source is not None and not _SOURCE_ID.fullmatch(source):
        section.note("id", f"found {source!r}; expected 1 to 40 of a-z, 0-9 and -")
    return source or ""


def _format(section: Section) -> Format:
    word = section.text("format")
    if word is not None and word not in READ_FORMATS:
        section.note("format", f"found {word!r}; {choices(READ_FORMATS, word)}")
    elif "format" not in section.content:
        section.note("format", f"is missing; {choices(READ_FORMATS)}")
    return cast("Format", word if word in READ_FORMATS else "csv")


def _non_empty(section: Section, key: str) -> str | None:
    word = section.text(key)
    if word is not None and not word.strip():
        section.note(key, "is empty; leave it out or give a name")
    return word


def _extracted_on(section: Section) -> date | None:
    value = section.content.get("extracted_on")
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass  # told below, as any other value that is no date
    section.note("extracted_on", f"found {value!r}; expected a date such as 2026-11-01")
    return None


def _dates(section: Section) -> str | None:
    """A strptime pattern under which a date survives being written and read again."""
    pattern = section.text("dates")
    if pattern is None:
        return None
    probe = datetime(2023, 11, 28)
    expected = 'a pattern with day, month and year, such as "%d/%m/%Y"'
    try:
        survives = datetime.strptime(probe.strftime(pattern), pattern).date() == probe.date()
    except (ValueError, re.error):
        survives = False
    if not survives:
        section.note("dates", f"found {pattern!r}; expected {expected}, or leave it out for ISO dates")
    return pattern


def _timezone(section: Section) -> str | None:
    name = section.text("timezone")
    if name is None:
        return None
    with duckdb.connect() as con:  # the zones that the reading engine itself knows
        zones = [row[0] for row in con.execute("SELECT name FROM pg_timezone_names() ORDER BY name").fetchall()]
    if name not in zones:
        near = choices(zones, name).split("allowed:")[0]
        section.note("timezone", f"found {name!r}; {near}expected a zone such as Europe/Berlin")
    return name


def _encoding(section: Section) -> str:
    word = section.text("encoding")
    if word is None:
        return "utf-8"
    try:
        return _ENCODINGS[codecs.lookup(word).name]
    except (LookupError, ValueError):
        section.note("encoding", f"found {word!r}; {choices(dict.fromkeys(_ENCODINGS.values()), word)}")
        return "utf-8"


def _one_character(section: Section, key: str) -> str | None:
    word = section.text(key)
    if word is not None and (len(word) != 1 or not word.isascii() or word in "\r\n\0 "):
        section.note(key, f'found {word!r}; expected one character, such as ";" or "\\t"')
        return None
    return word


def _quote(section: Section) -> str:
    """The quote character; an empty text means that the files know no quoting."""
    if section.content.get("quote") == "":
        return ""
    return _one_character(section, "quote") or '"'

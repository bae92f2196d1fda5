"""One file read as text: the form in which every format reaches landing."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.contract.mapping import TableMapping
from pipeline.contract.staged import Scan
from pipeline.contract.tables import TABLES
from pipeline.contract.words import headers_told
from pipeline.errors import RefusedError
from pipeline.sections import clean_header
from pipeline.sources.drop import DataFile
from pipeline.sources.table_mapping import day_forms
from pipeline.sources.terms import targets

LINE = "__line"
RESERVED = (LINE, "__file", "__path")
_TWICE_NAMED = 12
MAX_COLUMNS = 10_000
"""More columns than any form has: a file beyond it holds ids as keys, or is no table."""


@dataclass(frozen=True)
class Staged:
    """One file as text.

    `data` is Parquet: `__line` (physical line or record number, from 1) and one VARCHAR column per header.
    `malformed` is Parquet: `__line` and `reason` (malformed_line or encoding), None where there is none.
    `records` = rows in `data` + rows in `malformed` + records of the `scan`, where there is one.
    `warnings` name headers that the mapping expects in vain.
    """

    data: Path
    malformed: Path | None
    headers: tuple[str, ...]
    records: int
    warnings: tuple[str, ...] = ()
    scan: Scan | None = None


def refuse(file: DataFile, sentence: str) -> RefusedError:
    """The error that refuses one file whole. The sentence says what we got and what to do."""
    return RefusedError(f"{file.name}: {sentence}")


def frame(file: DataFile) -> tuple[int, int]:
    """(header_row, skip_footer), on which all tables that read the file must agree."""
    frames = {(mapping.header_row, mapping.skip_footer) for mapping in file.tables} or {(1, 0)}
    if len(frames) > 1:
        names = ", ".join(mapping.table for mapping in file.tables)
        raise refuse(file, f"is read by {names} with different header_row or skip_footer; give them the same")
    return frames.pop()


def used_headers(tables: Iterable[TableMapping], headers: Iterable[str]) -> frozenset[str]:
    """The headers of a file from which a stored value, a choice of rows or an identity comes."""
    used: set[str] = set()
    for mapping in tables:
        used |= {*mapping.columns, *mapping.where, *mapping.key, *mapping.effects, *mapping.asked}
        for wide in mapping.instruments:
            used |= {wide.header} | ({wide.area_column} if wide.area_column else set())
        used |= set(targets(TABLES[mapping.table]))
    return frozenset(used & set(headers))


def check_headers(file: DataFile, raw: Iterable[str], *, by_place: bool = False) -> tuple[str, ...]:
    """The headers as they are matched, one per column. Raises RefusedError where they cannot name columns.

    A column without a name keeps its place under a name that no mapping can mean, and so does the second of two that
    are called alike where nothing is read from either (`by_place`: a format whose cells are told by their place).
    """
    cleaned = tuple(map(clean_header, raw))
    headers = tuple(name or f"(column {place} has no name)" for place, name in enumerate(cleaned, start=1))
    headers = _apart(headers, used_headers(file.tables, headers)) if by_place else headers
    if len(headers) > MAX_COLUMNS:
        raise refuse(file, f"has {len(headers)} columns, expected at most {MAX_COLUMNS}; send one column per question")
    folded = [header.casefold() for header in headers]
    if taken := [name for name in RESERVED if name in folded]:
        raise refuse(file, f"has a header {taken[0]}, which the program uses itself; rename it")
    if _has_double(folded):
        pairs = zip(headers, headers_told(headers), strict=True)
        twice = sorted({told for header, told in pairs if folded.count(header.casefold()) > 1})[:_TWICE_NAMED]
        raise refuse(
            file, f"has headers that stand twice ({', '.join(twice)}; case does not count); rename or drop one"
        )
    for mapping in file.tables:
        taken = [mapping.columns.get(header, header) for header in headers]
        mixed = day_forms(TABLES[mapping.table], (*taken, *mapping.constants))
        if mixed:
            raise refuse(file, f"cannot be placed in time: {mixed}")
    return headers


def _apart(headers: tuple[str, ...], used: Iterable[str]) -> tuple[str, ...]:
    """The headers, those that repeat an earlier one renamed; not where something is read from one called so."""
    seen, meant = set[str](), {header.casefold() for header in used}
    told = []
    for place, header in enumerate(headers, start=1):
        folded = header.casefold()
        told.append(f"(column {place}: {header} again)" if folded in seen and folded not in meant else header)
        seen.add(folded)
    return tuple(told)


def _has_double(folded: list[str]) -> bool:
    return len(set(folded)) < len(folded)


def missing_headers(file: DataFile, headers: tuple[str, ...], records: int) -> tuple[str, ...]:
    """A warning for each header that the mapping names and the file lacks.

    Raises RefusedError where it is one that chooses rows or identifies them: without it nothing can be read rightly.
    """
    warnings: list[str] = []
    for mapping in file.tables:
        deciding = {"where": mapping.where, "key": mapping.key, "asked": mapping.asked}
        for setting, names in deciding.items():
            absent = [name for name in names if name not in headers]
            if absent and records:
                raise refuse(file, _absence(mapping, setting, absent[0], headers))
        wide = [w.header for w in mapping.instruments] + [w.area_column for w in mapping.instruments if w.area_column]
        for setting, names in {"columns": mapping.columns, "instruments": wide, "effects": mapping.effects}.items():
            warnings += [
                f"{file.name}: {_absence(mapping, setting, n, headers)}"
                for n in dict.fromkeys(names)
                if n not in headers
            ]
    return tuple(warnings)


def _absence(mapping: TableMapping, setting: str, name: str, headers: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, headers, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]!r}?" if near else f"its headers are {', '.join(headers_told(headers)[:30])}"
    return f"[tables.{mapping.table}] {setting} names the header {name!r}, which the file lacks; {hint}"


def identifier(name: str) -> str:
    """A name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text quoted for SQL, for the few places that take no parameter."""
    return "'" + text.replace("'", "''") + "'"

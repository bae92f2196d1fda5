"""Headers of a sheet that carry their unit: `needle_length_mm (mm)`, as the template writes them."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from pipeline.contract import reference
from pipeline.contract.columns import Column
from pipeline.contract.mapping import TableMapping
from pipeline.contract.tables import TABLES
from pipeline.sections import clean_header
from pipeline.sources.terms import targets

_WITH_UNIT = re.compile(r"(?P<name>[A-Za-z0-9_]+)\s*[(\[](?P<unit>[^()\[\]]+)[)\]]")


def without_units(raw: Iterable[str], tables: Sequence[TableMapping]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The headers, native names freed of the unit behind them, and a warning for each that names another unit.

    Only the unit that the contract gives the column is taken off: `needle_length_mm (um)` would be read a thousand
    times too long, so it stays a header that nobody knows until the mapping explains it.
    """
    meant = {name for mapping in tables for name in _named(mapping)}
    columns = {name: column for mapping in tables for name, column in targets(TABLES[mapping.table]).items()}
    headers, warnings = [], []
    for header in map(clean_header, raw):
        found = None if header in meant else _WITH_UNIT.fullmatch(header)
        column = columns.get(found["name"]) if found else None
        if found is None or column is None:
            headers.append(header)
        elif _fold(found["unit"]) in _units(column):
            headers.append(found["name"])
        else:
            headers.append(header)
            own = f"is kept in {column.unit}" if column.unit else "has no unit"
            warnings.append(
                f"the header {header!r} is not taken for {column.name}, which {own}; "
                "say under columns and units what it is"
            )
    return tuple(headers), tuple(warnings)


def _named(mapping: TableMapping) -> Iterable[str]:
    """Headers that the mapping itself explains."""
    yield from (*mapping.columns, *mapping.where, *mapping.key, *mapping.effects, *mapping.asked)
    for wide in mapping.instruments:
        yield wide.header
        if wide.area_column:
            yield wide.area_column


def _units(column: Column) -> set[str]:
    """The column's own unit in every spelling."""
    if column.unit is None:
        return set()
    same = (row for row in reference.rows("units") if row["canonical"] == column.unit and float(row["factor"]) == 1)
    return {_fold(column.unit), *(_fold(w) for row in same for w in (row["unit"], *row["synonyms"].split("|")) if w)}


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().casefold()

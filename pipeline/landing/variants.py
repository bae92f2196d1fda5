"""From the headers of a file to the tokens of a table: one SELECT per shape a row can take.

An ordinary file has one shape: a row is a record. In a wide file each named instrument or tick-box
column is a shape of its own, and each of its non-empty cells a record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.contract.columns import Table
from pipeline.contract.mapping import InstrumentColumn, TableMapping
from pipeline.contract.words import TICKED, UNTICKED
from pipeline.landing import sql

DAYS_A_WEEK = 7


@dataclass(frozen=True)
class Variant:
    """One shape. `tokens` maps native names to SQL over the file's headers; `condition` picks its rows."""

    part: str
    tokens: Mapping[str, str]
    condition: str
    key: tuple[str, ...]

    def select(self, rows: str) -> str:
        """The SELECT over rows of files that yields file, line, part, the key's tokens and every native token."""
        columns = [f"{e} AS {sql.name(n)}" for n, e in self.tokens.items()]
        keys = [f"{sql.token(sql.name(h))} AS k{i}" for i, h in enumerate(self.key)]
        picked = ", ".join(['"__file" AS file', '"__line" AS line', f"{sql.text(self.part)} AS part", *keys, *columns])
        return f"SELECT {picked} FROM {rows} WHERE {self.condition}"


def of(table: Table, mapping: TableMapping, headers: tuple[str, ...]) -> tuple[Variant, ...]:
    """Every shape a row of this file takes for this table; all have the same native names."""
    base = Variant("", _tokens(table, mapping, headers), _where(mapping), mapping.key)
    if mapping.instruments:
        shapes = [_instrument(base, column, mapping) for column in mapping.instruments if column.header in headers]
    elif mapping.effects:
        shapes = _effects(base, mapping, headers)
    else:
        shapes = [base]
    shapes = shapes or [replace(base, condition="false")]  # none of its wide columns is there: it holds no record
    given = sorted({native for shape in shapes for native in shape.tokens} | {"participant_id"})
    return tuple(replace(s, tokens={n: s.tokens.get(n, "CAST(NULL AS VARCHAR)") for n in given}) for s in shapes)


def used_headers(table: Table, mapping: TableMapping, headers: tuple[str, ...]) -> set[str]:
    """Headers of the file that the mapping or the contract knows."""
    named = {*mapping.columns, *mapping.where, *mapping.key, *mapping.effects, *mapping.asked}
    wide = {h for c in mapping.instruments for h in (c.header, c.area_column) if h}
    native = set(table.native_names)
    return {h for h in headers if h in named or h in wide or h in native}


def natives(table: Table, mapping: TableMapping, headers: tuple[str, ...]) -> dict[str, str]:
    """The native name of each header that has one."""
    native = {h: h for h in headers if h in table.native_names and h not in mapping.columns}
    return native | {h: n for h, n in mapping.columns.items() if h in headers}


def constants(mapping: TableMapping) -> dict[str, str]:
    """SQL for what the mapping says of every row, by native name."""
    return {n: sql.text(v) for n, v in mapping.constants.items()}


def _tokens(table: Table, mapping: TableMapping, headers: tuple[str, ...]) -> dict[str, str]:
    native = natives(table, mapping, headers)
    return constants(mapping) | {n: sql.token(sql.name(h), mapping.values.get(n)) for h, n in native.items()}


def _where(mapping: TableMapping) -> str:
    conditions = [
        f"coalesce({sql.trimmed(sql.name(h))}, '') IN {sql.texts(v.strip() for v in allowed)}"
        for h, allowed in mapping.where.items()
    ]
    return " AND ".join(conditions) or "true"


def _instrument(base: Variant, column: InstrumentColumn, mapping: TableMapping) -> Variant:
    cell = sql.token(sql.name(column.header), {**mapping.values.get("value", {}), **column.values})
    fixed = {
        "instrument": column.instrument,
        "unit": column.unit,
        "region": column.region,
        "side": column.side,
        "rater": column.rater,
        "method": column.method,
    }
    tokens = {**base.tokens, "value": cell, **{n: sql.text(v) for n, v in fixed.items() if v is not None}}
    if column.area_column:
        tokens["area_cm2"] = sql.token(sql.name(column.area_column))
    day = _day(column)
    if day is not None and "assessed_on" not in base.tokens:
        tokens["assessed_day"] = sql.text(str(day))
    there = f"({cell} IS NOT NULL OR {_is_taken_back(base)})"
    return Variant(column.header, tokens, f"({base.condition}) AND {there}", base.key)


def _is_taken_back(base: Variant) -> str:
    """True for a row that withdraws what it held: its cells may be empty by now, and count all the same."""
    token = base.tokens.get("withdrawn")
    return "false" if token is None else f"coalesce({sql.boolean(token)}, false)"


def _day(column: InstrumentColumn) -> int | None:
    if column.day is not None:
        return column.day
    return None if column.visit is None else int(column.visit.removesuffix("w")) * DAYS_A_WEEK


def _effects(base: Variant, mapping: TableMapping, headers: tuple[str, ...]) -> list[Variant]:
    """A ticked box is a side effect; a cell that is neither ticked nor unticked is handed on to be refused."""
    shapes, cells, back = [], [], _is_taken_back(base)
    for header, effect in mapping.effects.items():
        if header not in headers:
            continue
        cell = sql.token(sql.name(header))
        low = f"lower({cell})"
        found = f"CASE WHEN {low} IN {sql.texts(TICKED)} OR {back} THEN {sql.text(effect)} ELSE {cell} END"
        ticked = f"{cell} IS NOT NULL AND {low} NOT IN {sql.texts(UNTICKED)}"
        cells.append(ticked)
        condition = f"({base.condition}) AND ({ticked} OR {back})"
        shapes.append(Variant(header, {**base.tokens, "effect": found}, condition, base.key))
    asked = [
        f"lower({sql.token(sql.name(h))}) IN {sql.texts(v.lower() for v in allowed)}"
        for h, allowed in mapping.asked.items()
        if h in headers
    ]
    if asked:
        nothing = " AND ".join(f"NOT ({c})" for c in cells) or "true"
        condition = f"({base.condition}) AND ((({' OR '.join(asked)}) AND {nothing}) OR {back})"
        shapes.append(Variant("", {**base.tokens, "effect": sql.text("none")}, condition, base.key))
    return shapes

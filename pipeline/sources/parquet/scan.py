"""The rows of a long Parquet file read where they lie, numbers and days in their own types.

What is read in its own type is what landing would make of the text of it: a test holds the two against each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.contract.staged import Scan, Typed
from pipeline.engine import arrow
from pipeline.sources.staged import LINE, identifier, literal

Kinds = Mapping[str, tuple[str, pa.DataType]]
"""By header as it is matched: the name in the file, and the type."""

ROW = "file_row_number"
"""DuckDB's name for the number of a row, from 0."""

LEAST_BYTES = 1 << 20
"""Of a shorter file the text is written out."""

_MOST = 10**9
"""Below it a DECIMAL(18,6) has at most 15 digits, and no two of so few are the same DOUBLE: the one that equals the
value is its shortest text."""


def is_scannable(path: Path, kinds: Sequence[pa.DataType]) -> bool:
    """Whether a file is long, and every value of these types has a text, whatever it is."""
    types = pa.types
    tests = (types.is_string, types.is_large_string, types.is_integer, types.is_float32, types.is_float64,
             types.is_boolean, types.is_date32)  # fmt: skip
    return path.stat().st_size >= LEAST_BYTES and all(any(test(kind) for test in tests) for kind in kinds)


def numbered(path: Path) -> str:
    """A table function over a file, the number of each row beside it."""
    return f"read_parquet({literal(str(path))}, file_row_number = true)"


def scan_of(path: Path, kinds: Kinds, texts: Mapping[str, str], n_records: int) -> Scan:
    """The `n_records` rows of a file; `texts` is SQL for each column as text, by header."""
    line = f"(file_row_number + 1)::UINTEGER AS {LINE}"
    rows = f"SELECT {', '.join([line, *(f'{e} AS {identifier(h)}' for h, e in texts.items())])} FROM {numbered(path)}"

    def typed(types: Mapping[str, str]) -> Typed:
        return _typed(path, kinds, texts, types)

    def without(lines: Iterable[Any]) -> tuple[str, int]:
        chosen, n = _others(path, n_records, (numbers - 1 for numbers in lines))
        return f"({rows} WHERE {chosen})", n

    return Scan(f"({rows})", n_records, typed, without)


def scan_of_text(path: Path, n_records: int) -> Scan:
    """The rows of a staged file, of which several may stand in one line; each is text whatever is asked for."""
    rows = f"SELECT * FROM {numbered(path)}"

    def without(keys: Iterable[Any]) -> tuple[str, int]:
        chosen, n = _others(path, n_records, keys)
        return f"({rows} WHERE {chosen})", n

    return Scan(f"({rows})", n_records, lambda _: Typed(f"({rows})", frozenset()), without, ROW, is_apart=False)


def _others(path: Path, n_rows: int, known: Iterable[Any]) -> tuple[str, int]:
    """(the condition on a row of a file that its number is not among those known, how many such rows there are)."""
    is_wanted = np.ones(n_rows, np.bool_)
    for numbers in known:
        is_wanted[numbers] = False
    chosen, out = np.flatnonzero(is_wanted), path.with_suffix(".others")
    pq.write_table(pa.table({"chosen": arrow.column(chosen)}), out)
    return f"{ROW} IN (SELECT chosen FROM read_parquet({literal(str(out))}))", len(chosen)


def _typed(path: Path, kinds: Kinds, texts: Mapping[str, str], types: Mapping[str, str]) -> Typed:
    # what is too large for `_value` is left to the text of it, and so is what is no number
    columns, fits, chosen = [f"(file_row_number + 1)::UINTEGER AS {LINE}"], ["true"], set()
    for header, (name, kind) in kinds.items():
        value = _value(identifier(name), kind, texts[header], types.get(header))
        if value is None:
            columns.append(f"{texts[header]} AS {identifier(header)}")
            continue
        chosen.add(header)
        columns.append(f"{value} AS {identifier(header)}")
        if types[header] not in ("DATE", "BOOLEAN"):
            fits.append(f"coalesce({identifier(name)} > -{_MOST} AND {identifier(name)} < {_MOST}, true)")
    query = f"(SELECT {', '.join(columns)} FROM {numbered(path)} WHERE {' AND '.join(fits)})"
    return Typed(query, frozenset(chosen))


def _value(column: str, kind: pa.DataType, text: str, wanted: str | None) -> str | None:
    """SQL for the value in the type that is wanted; None where its text is no slower, or not certainly the same."""
    if (wanted == "DATE" and pa.types.is_date32(kind)) or (wanted == "BOOLEAN" and pa.types.is_boolean(kind)):
        return column
    if wanted is None or not wanted.startswith("DECIMAL"):
        return None
    if pa.types.is_integer(kind):
        return f"TRY_CAST({column} AS {wanted})"
    if pa.types.is_float64(kind):
        rounded = f"TRY_CAST({column} AS {wanted})"
        return f"CASE WHEN CAST({rounded} AS DOUBLE) = {column} THEN {rounded} ELSE TRY_CAST({text} AS {wanted}) END"
    return None

"""Filters of a comparison: COLUMN=VALUE, the same column twice meaning or, two columns meaning and."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from pipeline.contract import reference
from pipeline.errors import UsageError

Level = Literal["person", "exposure", "measurement"]

COLUMNS: dict[str, Level] = {
    "diagnosis": "person",
    "clinic_id": "person",
    "source": "person",
    "sex": "person",
    "age_band": "person",
    "stage": "person",
    "staging_scale": "person",
    "skin_type": "person",
    "is_early": "person",
    "device": "exposure",
    "setting": "exposure",
    "depth_band": "exposure",
    "frequency_band": "exposure",
    "adjunct": "exposure",
    "region": "measurement",
    "rater": "measurement",
    "method": "measurement",
}
"""What may be filtered on, and what it describes. Also the only names that ever reach the SQL text."""

_TABLES: dict[Level, tuple[str, str]] = {
    "person": ("p", "participants"),
    "exposure": ("e", "exposure"),
    "measurement": ("o", "outcome_change"),
}

_REFERENCE: dict[str, str] = {"age_band": "age_bands", "depth_band": "depth_bands", "frequency_band": "frequency_bands"}
_VOCABULARIES: dict[str, str] = {"adjunct": "treatment"}
"""Where the words of a column stand, if not in the vocabulary of its own name."""

_SHOWN = 20
"""Allowed values named in a message before it stops."""


@dataclass(frozen=True)
class Filters:
    """Checked filters: the values asked for, by column."""

    values: dict[str, tuple[str, ...]]

    @property
    def parameters(self) -> dict[str, list[str]]:
        """What to bind: one list per column."""
        return {f"only_{column}": list(values) for column, values in self.values.items()}

    def sql(self, *levels: Level, besides: Iterable[str] = ()) -> str:
        """The condition on these levels, over the aliases p, e and o; `true` where there is none."""
        left_out = set(besides)
        parts = [
            f"list_contains($only_{column}, {_TABLES[COLUMNS[column]][0]}.{column}::VARCHAR)"
            for column in self.values
            if COLUMNS[column] in levels and column not in left_out
        ]
        return " AND ".join(parts) or "true"

    def texts(self) -> list[str]:
        return [f"{column}={value}" for column, values in self.values.items() for value in values]


def parse_filters(con: duckdb.DuckDBPyConnection, where: Sequence[str]) -> Filters:
    """Check filters against the version's own data; UsageError names what is allowed."""
    if isinstance(where, str):  # a sequence, too, of letters
        raise UsageError(f"where is the text {where!r}; give a list, such as [{where!r}]")
    values: dict[str, tuple[str, ...]] = {}
    for text in where:
        column, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            raise UsageError(f"filter {text!r} is not COLUMN=VALUE; for example sex=female")
        if column not in COLUMNS:
            raise UsageError(f"cannot filter on {column!r}; choose one of {', '.join(COLUMNS)}")
        allowed = (*_words(column), *choices(con, column))
        if value not in allowed:
            raise UsageError(f"no {column} is called {value!r}; choose from {_listed(tuple(dict.fromkeys(allowed)))}")
        values[column] = (*values.get(column, ()), value) if value not in values.get(column, ()) else values[column]
    return Filters(values)


def _words(column: str) -> tuple[str, ...]:
    """Values that are understood even where nobody in this version has them: the answer is then empty, not wrong."""
    if column in _REFERENCE:
        return tuple(row["code"] for row in reference.rows(_REFERENCE[column]))
    return tuple(term.code for term in reference.vocabulary(_VOCABULARIES.get(column, column)))


def choices(con: duckdb.DuckDBPyConnection, column: str) -> tuple[str, ...]:
    """Every value a column takes in this version, sorted."""
    _, table = _TABLES[COLUMNS[column]]
    sql = f"SELECT DISTINCT {column}::VARCHAR AS value FROM {table} WHERE {column} IS NOT NULL ORDER BY value"
    return tuple(row[0] for row in con.execute(sql).fetchall())


def _listed(values: tuple[str, ...]) -> str:
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    return (", ".join(values[:_SHOWN]) or "none") + more

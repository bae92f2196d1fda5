"""The checks as SQL: placeholders filled in, identifiers quoted."""

import re
from dataclasses import dataclass

from pipeline.contract.tables import TABLES
from pipeline.engine.duckdb import quote_name, quote_text
from pipeline.validate.rules import Groups, Place, Unique

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Target:
    """One table at one place."""

    place: Place
    table: str

    @property
    def relation(self) -> str:
        """The name of the table or view in its file."""
        return relation(self.place, self.table)

    def fill(self, sql: str) -> str:
        """The SQL with its placeholders filled in."""
        names = {name: quote_name(relation(self.place, name)) for name in TABLES}
        names["person"] = "participant" if self.place == "landing" else "participant_id"
        names["batch"] = quote_name(self.relation)
        return _PLACEHOLDER.sub(lambda found: names.get(found[1], found[0]), sql)


def relation(place: Place, table: str) -> str:
    """`landing_sessions` at landing, `sessions` in the candidate."""
    return f"landing_{table}" if place == "landing" else table


def grouped(check: Groups | Unique, target: Target) -> str:
    """A SELECT that returns a row for each group that is wrong, without any value of the data."""
    match check:
        case Unique(columns):
            key = ", ".join(quote_name(column) for column in columns)
            return f"SELECT 1 FROM {quote_name(target.relation)} GROUP BY {key} HAVING count(*) > 1"
        case Groups(sql):
            return f"SELECT 1 FROM ({target.fill(sql)})"


def measured(sql: str, target: Target) -> str:
    """A SELECT of the one figure, named `observed`."""
    return f"SELECT * FROM ({target.fill(sql)}) AS figure(observed)"


def wrong_columns(columns: tuple[tuple[str, str], ...], target: Target) -> str:
    """A SELECT of `name TYPE` for each expected column that is absent or of another type."""
    expected = ", ".join(f"({quote_text(name)}, {quote_text(kind)})" for name, kind in columns)
    return (
        f"SELECT name || ' ' || kind AS wrong FROM (VALUES {expected}) AS expected(name, kind) "
        f"WHERE NOT EXISTS (SELECT 1 FROM duckdb_columns() AS c WHERE c.table_name = {quote_text(target.relation)} "
        "AND c.column_name = name AND c.data_type = kind)"
    )

"""The checks as SQL: placeholders filled in, identifiers quoted, bounds set."""

import re
from dataclasses import dataclass

from pipeline.contract.tables import TABLES
from pipeline.engine.duckdb import quote_name, quote_text
from pipeline.validate.rules import Groups, HasColumns, Measure, Place, Rows, Unique

_BATCH = "(SELECT * FROM {batch})"  # wrapped, so that a rule may give it an alias: the engine adds one of its own
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

    def fill(self, sql: str, batch: str | None = None) -> str:
        """The SQL with its placeholders filled in; `batch` stands for the table itself."""
        names = {name: quote_name(relation(self.place, name)) for name in TABLES}
        names["person"] = "participant" if self.place == "landing" else "participant_id"
        names["batch"] = batch or quote_name(self.relation)
        return _PLACEHOLDER.sub(lambda found: names.get(found[1], found[0]), sql)


def relation(place: Place, table: str) -> str:
    """`landing_sessions` at landing, `sessions` in the candidate."""
    return f"landing_{table}" if place == "landing" else table


def unexpected(check: HasColumns | Unique | Rows | Groups | Measure, target: Target) -> str:
    """A SELECT that returns a row for each thing that is wrong, without any value of the data.

    It keeps the placeholder `{batch}`, which the engine replaces by the rows under test.
    """
    match check:
        case HasColumns(columns):
            # always true; GX prints a notice to standard output about a query that does not name the batch
            names_batch = f"(SELECT count(*) FROM {_BATCH}) >= 0"
            return f"SELECT 1 AS broken FROM ({wrong_columns(columns, target)}) WHERE {names_batch}"
        case Unique(columns):
            key = ", ".join(quote_name(column) for column in columns)
            return f"SELECT 1 AS broken FROM {_BATCH} GROUP BY {key} HAVING count(*) > 1"
        case Rows(where):
            return f"SELECT 1 AS broken FROM {_BATCH} AS b WHERE {target.fill(where, _BATCH)}"
        case Groups(sql):
            return f"SELECT 1 AS broken FROM ({target.fill(sql, _BATCH)})"
        case Measure(sql, low, high):
            below = "false" if low is None else f"observed < {low!r}"
            above = "false" if high is None else f"observed > {high!r}"
            return f"SELECT 1 AS broken FROM ({measured(sql, target, _BATCH)}) WHERE {below} OR {above}"


def measured(sql: str, target: Target, batch: str | None = None) -> str:
    """A SELECT of the one figure, named `observed`."""
    return f"SELECT * FROM ({target.fill(sql, batch)}) AS figure(observed)"


def wrong_columns(columns: tuple[tuple[str, str], ...], target: Target) -> str:
    """A SELECT of `name TYPE` for each expected column that is absent or of another type."""
    expected = ", ".join(f"({quote_text(name)}, {quote_text(kind)})" for name, kind in columns)
    return (
        f"SELECT name || ' ' || kind AS wrong FROM (VALUES {expected}) AS expected(name, kind) "
        f"WHERE NOT EXISTS (SELECT 1 FROM duckdb_columns() AS c WHERE c.table_name = {quote_text(target.relation)} "
        "AND c.column_name = name AND c.data_type = kind)"
    )

"""Reading a version: one statement, its named parameters bound."""

from collections.abc import Mapping
from typing import Any

import duckdb


def fetch(con: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement. Parameters it does not name are left out, for DuckDB refuses them."""
    return con.execute(*bound(con, sql, parameters)).fetchall()


def bound(
    con: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]
) -> tuple[duckdb.Statement, dict[str, Any]]:
    """One statement with those parameters that it names, for `execute`."""
    (statement,) = con.extract_statements(sql)
    return statement, {name: value for name, value in parameters.items() if name in statement.named_parameters}

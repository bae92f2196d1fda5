"""Reading a version: one statement, its named parameters bound."""

from collections.abc import Mapping
from typing import Any

import duckdb


def fetch(con: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement. Parameters it does not name are left out, for DuckDB refuses them."""
    (statement,) = con.extract_statements(sql)
    named = {name: value for name, value in parameters.items() if name in statement.named_parameters}
    return con.execute(statement, named).fetchall()

"""Reading a version: one statement, its named parameters bound."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.errors import UsageError


def fetch(con: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement. Parameters it does not name are left out, for DuckDB refuses them.

    Raises UsageError where the version was published before a table that is asked for was there.
    """
    with _of_this_release():
        return con.execute(*bound(con, sql, parameters)).fetchall()


def read_arrow(con: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]) -> pa.Table:
    """The same as columns."""
    with _of_this_release():
        return con.sql(sql, params=bound(con, sql, parameters)[1]).to_arrow_table()


def run(con: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]) -> None:
    """A statement without an answer."""
    fetch(con, sql, parameters)


def bound(
    con: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]
) -> tuple[duckdb.Statement, dict[str, Any]]:
    """One statement with those parameters that it names, for `execute`."""
    (statement,) = con.extract_statements(sql)
    return statement, {name: value for name, value in parameters.items() if name in statement.named_parameters}


@contextmanager
def _of_this_release() -> Iterator[None]:
    try:
        yield
    except duckdb.CatalogException as error:
        raise UsageError(
            "this version was published by an earlier release and lacks a table that is asked for; "
            "publish again with `needling publish`"
        ) from error

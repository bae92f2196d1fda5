"""The small version, open."""

from collections.abc import Iterator

import duckdb
import pytest

from tests.studies import small_version


@pytest.fixture(scope="session")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        small_version.build(connection)
        yield connection

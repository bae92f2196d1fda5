"""The one place that opens DuckDB connections: every one has a memory limit and a known place to spill to."""

from pathlib import Path

import duckdb

from pipeline.config import Settings
from pipeline.errors import NeedlingError

READER_MEMORY_MB = 4096
"""Most memory of a reader that is not told otherwise: a question about the side effects of a million people
does not fit into one GiB. One number for all, for connections of a process to one file share it."""

_FEW_ROWS_TO_JOIN = 16
"""A table of bands has six. Joined by its bounds, more rows than this are sorted first, and the people with them."""


def open_scratch(settings: Settings, folder: Path | None) -> duckdb.DuckDBPyConnection:
    """An in-memory connection that spills into `folder`: a private one outside the home, for rows may hold raw ids.

    With None it spills nowhere.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{settings.memory_mb}MiB",
        "temp_directory": "" if folder is None else str(folder),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "nested_loop_join_threshold": _FEW_ROWS_TO_JOIN,
    }
    if settings.threads is not None:
        config["threads"] = settings.threads
    return duckdb.connect(":memory:", config=config)


def open_reader(
    path: Path, *, memory_mb: int = READER_MEMORY_MB, threads: int | None = None, spill: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """A read-only connection that can reach no other file. It spills into `spill`, or nowhere.

    Connections of one process to one file share its settings. Raises NeedlingError where the file is missing or is no
    database.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory_mb}MiB",
        # left alone, DuckDB would spill beside the file, which is inside the home
        "temp_directory": "" if spill is None else str(spill),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads is not None:
        config["threads"] = threads
    try:
        con = duckdb.connect(str(path), read_only=True, config=config)
    except duckdb.IOException as error:
        raise NeedlingError(
            f"version file {path} cannot be opened; choose another version with `needling rollback`, "
            "or publish again with `needling publish`"
        ) from error
    _close_off(con)
    return con


def _close_off(con: duckdb.DuckDBPyConnection) -> None:
    # not in `config`: DuckDB applies that in no particular order, and refuses temp_directory after the first of these
    try:
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
    except duckdb.InvalidInputException:  # another connection of this process has closed the same file off already
        is_open = con.execute("SELECT current_setting('enable_external_access')").fetchone()
        if is_open != (False,):
            raise


def quote_name(name: str) -> str:
    """An identifier for SQL text."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """A string literal, for the few statements that take no bound parameter (ATTACH, COPY ... TO)."""
    return "'" + text.replace("'", "''") + "'"

"""Great Expectations over DuckDB: the only file that knows it. Everything is pushed down as SQL.

Ready-made Data Docs are not used: they load styles and scripts from outside; see docs.py.
"""

import atexit
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when the library is imported; nothing leaves this machine

import duckdb_engine
import great_expectations as gx
import sqlalchemy
from great_expectations import expectations as kinds
from great_expectations.core import ExpectationValidationResult
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.interfaces import Batch
from great_expectations.datasource.fluent.sql_datasource import QueryAsset, SQLDatasource, TableAsset
from great_expectations.expectations.expectation import Expectation
from sqlalchemy.dialects import registry

from pipeline.engine.duckdb import quote_text
from pipeline.validate.rules import Between, InSet, NotNull, Rule
from pipeline.validate.sql import Target

logging.getLogger("great_expectations").setLevel(logging.CRITICAL)  # failures come back as results, not as log lines

Source = SQLDatasource
QUERY_ERRORS = (sqlalchemy.exc.SQLAlchemyError, RuntimeError)
"""What a query raises; some errors of DuckDB come through as they are."""

_WHETHER = {"result_format": "BOOLEAN_ONLY"}
_COUNTS_ONLY = {"result_format": "SUMMARY", "partial_unexpected_count": 0}  # never the failing values themselves
_BY_RULE = {"result_format": "COMPLETE", "unexpected_index_column_names": ["rule"], "include_unexpected_rows": False}
"""Of figures, whose rows are rules; never of data, whose values it would hand out."""
_SCHEMA_ERRORS = ("Binder Error", "Catalog Error", "Parser Error", "does not exist", "cannot be computed on column")
"""Messages that speak of names and types. Any other message may quote a value and is not passed on."""


class ReadingDialect(duckdb_engine.Dialect):
    """DuckDB for reading only. A rollback when a connection is handed back would empty results that
    are still to be read; a reader has nothing to begin, commit or roll back."""

    supports_statement_cache = False
    # a list column is read through SQL only; unknown to the library, it would warn about each of them
    ischema_names = duckdb_engine.Dialect.ischema_names | {"list": sqlalchemy.types.NullType}

    def do_begin(self, connection: Any) -> None: ...

    def do_commit(self, connection: Any) -> None: ...

    def do_rollback(self, connection: Any) -> None: ...


@atexit.register
def _end_quietly() -> None:
    """Great Expectations keeps SQLAlchemy's classes beyond the end of the interpreter, and they keep DuckDB's
    types; DuckDB's binding then reports some sixty lines of leaks on standard error, which mean nothing.
    Whatever a run has to say is said by now."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123  # a device, not a file
        os.dup2(nowhere.fileno(), 2)


registry.register("duckdb.ro", __name__, "ReadingDialect")


@dataclass(frozen=True)
class Outcome:
    """What the engine says of one rule: how many rows fail and what was measured, or why it could not be checked."""

    success: bool
    n_unexpected: int | None = None
    error: str | None = None
    observed: float | str | None = None


@dataclass(frozen=True)
class Bounded:
    """A figure that lies within [low, high], or should; None passes. `is_count`: of what is wrong."""

    value: float | None
    low: float | None
    high: float | None
    is_count: bool = False


@contextmanager
def open_source(database: Path, memory_mb: int, spill: Path | None = None) -> Iterator[Source]:
    """The file as a read-only data source; its connections are closed on leaving.

    Views of the file may read Parquet beside it. It spills into `spill`, or nowhere: left alone,
    DuckDB would spill beside the file, inside the home.
    """
    config = {
        "memory_limit": f"{memory_mb}MiB",
        "temp_directory": "" if spill is None else str(spill),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    context = gx.get_context(mode="ephemeral", project_config=_nothing_on_disk())
    source = context.data_sources.add_sql(  # type: ignore[call-arg]  # kwargs is documented, its stub leaves it out
        "database",
        connection_string=f"duckdb+ro:///{database}",
        kwargs={"connect_args": {"read_only": True, "config": config}},
        create_temp_table=False,
    )
    try:
        yield source
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()


def _nothing_on_disk() -> DataContextConfig:
    """A project of the library that lives in memory only; its default one makes a folder for its docs."""
    return DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
        analytics_enabled=False,
    )


def holds(source: Source, relation: str) -> bool:
    """Whether the file has a table or view of that name."""
    return bool(select(source, f"SELECT 1 FROM information_schema.tables WHERE table_name = {quote_text(relation)}"))


def select(source: Source, sql: str) -> list[tuple[Any, ...]]:
    """All rows of a query: for schema names and single figures only."""
    with source.get_engine().connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def check(source: Source, target: Target, rules: Sequence[Rule]) -> dict[str, Outcome]:
    """The outcome of each rule by its id; the engine looks at all their columns in one scan.

    It is asked first whether each holds, and to count only for those that do not: asked for counts, it
    reads failing values of every rule by a query each.
    """
    if not rules:
        return {}
    batch = _batch(source.add_table_asset(target.relation, table_name=target.relation))
    wanted = {rule.id: _expectation(rule) for rule in rules}
    told = {_rule_id(result): result for result in _validated(batch, list(wanted.values()), _WHETHER)}
    failed = [wanted[rule] for rule, result in told.items() if not result.success]
    told |= {_rule_id(result): result for result in _validated(batch, failed, _COUNTS_ONLY)}
    return {rule: _outcome(result) for rule, result in told.items()}


def hold(source: Source, figures: Mapping[str, Bounded]) -> dict[str, bool]:
    """Whether each figure lies within its bounds, by the rule's name: each is one row of a table of figures.

    Two expectations judge them all and name the rules that fail: one for each figure would take
    seconds, however few the rows of data.
    """
    if not figures:
        return {}
    rows = ", ".join(
        f"({quote_text(rule)}, {_literal(figure.value)}, {_literal(figure.low)}, {_literal(figure.high)})"
        for rule, figure in figures.items()
    )
    query = f"SELECT * FROM (VALUES {rows}) AS figures (rule, value, low, high)"
    batch = _batch(source.add_query_asset("figures", query=query))
    outside: set[str] = set()
    for result in _validated(batch, [_at_least("value", "low"), _at_least("high", "value")], _BY_RULE):
        if error := _error(result.exception_info or {}):
            raise RuntimeError(error)
        outside |= {str(row["rule"]) for row in result.result.get("unexpected_index_list") or ()}
    return {rule: rule not in outside for rule in figures}


def _batch(asset: TableAsset | QueryAsset) -> Batch:
    return asset.add_batch_definition_whole_table("all").get_batch()


def _validated(
    batch: Batch, wanted: Sequence[Expectation], result_format: dict[str, Any]
) -> Sequence[ExpectationValidationResult]:
    if not wanted:
        return ()
    suite = gx.ExpectationSuite(name=batch.data_asset.name, expectations=list(wanted))
    return batch.validate(suite, result_format=result_format).results


def _expectation(rule: Rule) -> Expectation:
    meta = {"rule": rule.id}
    match rule.check:
        case NotNull(column):
            return kinds.ExpectColumnValuesToNotBeNull(column=column, meta=meta)
        case Between(column, low, high):
            return kinds.ExpectColumnValuesToBeBetween(column=column, min_value=low, max_value=high, meta=meta)
        case InSet(column, values):
            return kinds.ExpectColumnValuesToBeInSet(column=column, value_set=list(values), meta=meta)
        case _:
            raise TypeError(
                f"rule {rule.id} is of kind {type(rule.check).__name__}, which must be resolved before it is run"
            )


def _at_least(column: str, least: str) -> Expectation:
    return kinds.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=column, column_B=least, or_equal=True, ignore_row_if="either_value_is_missing"
    )


def _literal(value: float | None) -> str:
    return "CAST(NULL AS DOUBLE)" if value is None else f"CAST('{value!r}' AS DOUBLE)"


def _rule_id(result: ExpectationValidationResult) -> str:
    """The id that was sent along: results come back in another order."""
    config = result.expectation_config
    if config is None or not config.meta:
        raise TypeError("a result of the library does not say which expectation it belongs to; pin its version")
    return str(config.meta["rule"])


def _outcome(result: ExpectationValidationResult) -> Outcome:
    error = _error(result.exception_info or {})
    if error:
        return Outcome(success=False, error=error)
    return Outcome(success=bool(result.success), n_unexpected=int(result.result.get("unexpected_count") or 0))


def _error(info: dict[str, Any]) -> str | None:
    """Why the check raised, or None. One check may report one failure or one per metric."""
    parts = [info] if "raised_exception" in info else [part for part in info.values() if isinstance(part, dict)]
    messages = [str(part.get("exception_message")) for part in parts if part.get("raised_exception")]
    return without_values(messages[0]) if messages else None


def is_about_schema(message: str) -> bool:
    """Whether the first line of an error speaks of names and types only."""
    return any(sign in _first_line(message) for sign in _SCHEMA_ERRORS)


def without_values(message: str) -> str:
    """The first line of a message if it is about names and types, else a sentence in its place."""
    if is_about_schema(message):
        return _first_line(message)
    return "the check raised an error whose text may quote data and is left out; run the rule's SQL by hand to see it"


def _first_line(message: str) -> str:
    return message.strip().partition("\n")[0]

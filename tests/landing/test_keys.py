"""Keys of records: what they are made of, so that every version calls a record the same, and which occur twice."""

import hashlib
import hmac
from collections.abc import Iterator
from uuid import UUID

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import flow, ledger
from pipeline.errors import UsageError
from pipeline.landing import doubles, keys, sql
from tests.landing.conftest import PEOPLE, SESSIONS, Home


def test_a_record_is_half_a_sha256_of_its_id_under_a_key_of_table_source_and_kind(filled: Home) -> None:
    secret = keys.load(filled.settings.key_file, create=False).secret
    key = hmac.new(secret, b"record", hashlib.sha256).digest()
    scope = "\x1f".join(["sessions", "north", "id"])
    subkey = hmac.new(key, scope.encode(), hashlib.sha256).digest()[:16]
    half = hashlib.sha256(subkey + b"S1").digest()[:16]
    assert UUID(bytes=half) in [record for (record,) in filled.rows("sessions", "record")]


@pytest.fixture
def keyed() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        keys.install(con, keys.Key(bytes(range(keys.KEY_BYTES))))
        yield con


def test_the_key_of_a_kind_of_ids_is_worked_out_once_and_not_for_each_record(
    keyed: duckdb.DuckDBPyConnection,
) -> None:
    keyed.execute("CREATE TABLE given AS SELECT CAST(i AS VARCHAR) AS id FROM range(3000) t(i)")
    asked = f"SELECT {sql.keyed(['sessions', 'north', 'id'], ['id'])} FROM given"
    ((_, plan),) = keyed.execute(f"EXPLAIN {asked}").fetchall()
    assert plan.count("sha256(") == 1


def test_a_pseudonym_is_the_same_in_sql_and_in_python(keyed: duckdb.DuckDBPyConnection) -> None:
    ((person,),) = keyed.execute("SELECT pseudonym('north', 'Müller')").fetchall()
    assert str(person) == keys.pseudonym(keys.Key(bytes(range(keys.KEY_BYTES))), "north", "Müller")


@pytest.mark.parametrize(
    ("scope", "parts"),
    [
        (["outcomes", "north", "id"], ["'a'"]),
        (["sessions", "south", "id"], ["'a'"]),
        (["sessions", "north", "key"], ["'a'"]),
        (["sessions", "north", "id"], ["'a'", "''"]),
        (["sessions", "north", "id"], ["'a'", "NULL"]),
    ],
)
def test_the_same_words_under_another_table_source_or_kind_are_another_id(
    keyed: duckdb.DuckDBPyConnection, scope: list[str], parts: list[str]
) -> None:
    one, other = sql.keyed(["sessions", "north", "id"], ["'a'"]), sql.keyed(scope, parts)
    assert keyed.execute(f"SELECT {one} = {one}, {one} = {other}").fetchall() == [(True, False)]


def test_cells_of_a_key_are_not_mistaken_for_one_another(keyed: duckdb.DuckDBPyConnection) -> None:
    lists = [["'ab'", "'c'"], ["'a'", "'bc'"], ["'abc'", "NULL"], ["'abc'", "''"], ["NULL", "'abc'"], ["''", "'abc'"]]
    ids = ", ".join(sql.keyed(["sessions", "north", "key"], parts) for parts in lists)
    assert len(set(keyed.execute(f"SELECT {ids}").fetchall()[0])) == len(lists)


@pytest.mark.parametrize("way", ["1", None])
def test_a_home_whose_ids_were_made_another_way_takes_nothing_in(filled: Home, way: str | None) -> None:
    with ledger.opened(filled.settings.home) as book:
        book.execute("DELETE FROM meta WHERE name = 'way_of_ids'")
        if way:
            ledger.set_meta(book, "way_of_ids", way)
    before = sorted(p for p in filled.settings.home.rglob("*.parquet"))
    again = filled.drop({"participants.csv": PEOPLE, "sessions.csv": SESSIONS}, on="2026-02-28")
    for write in (
        lambda: flow.ingest(filled.settings, [again]),
        lambda: flow.run(filled.settings, [again]),
        lambda: flow.publish(filled.settings),
        lambda: flow.quarantine_retry(filled.settings),
        lambda: flow.forget(filled.settings, "north", "P1"),
        lambda: flow.check(filled.settings, again),
    ):
        with pytest.raises(UsageError, match="Ingest every drop into a new home"):
            write()
    with ledger.opened(filled.settings.home, read_only=True) as book:
        assert book.execute("SELECT count(*) FROM drops").fetchall() == [(1,)]
    assert sorted(p for p in filled.settings.home.rglob("*.parquet")) == before


@given(st.lists(st.integers(0, 9), max_size=30), st.sampled_from([1, 4, 100]))
def test_numbers_that_occur_twice_are_found_whatever_is_sorted_at_a_time(numbers: list[int], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch, duckdb.connect() as con:
        patch.setattr(doubles, "_SORTED_AT_ONCE", at_once)
        con.execute("CREATE TABLE given AS SELECT unnest(?::UBIGINT[]) AS hash", [numbers])
        found = doubles._repeated_of(con, "SELECT hash FROM given")
    assert found.dtype == np.uint64
    assert found.tolist() == sorted({n for n in numbers if numbers.count(n) > 1})

"""Keys of records: what they are made of, so that every version calls a record the same, and which occur twice."""

import hashlib
import hmac
from uuid import UUID

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.landing import admit, keys
from tests.landing.conftest import Home


def test_a_record_is_half_a_sha256_of_key_table_source_and_id(filled: Home) -> None:
    secret = keys.load(filled.settings.key_file, create=False).secret
    key = hmac.new(secret, b"record", hashlib.sha256).hexdigest()
    told = "\x1f".join(["sessions", "north", "id", "S1"])
    half = hashlib.sha256(f"{key}{told}".encode()).hexdigest()[:32]
    assert UUID(half) in [record for (record,) in filled.rows("sessions", "record")]


@given(st.lists(st.integers(0, 9), max_size=30), st.sampled_from([1, 4, 100]))
def test_numbers_that_occur_twice_are_found_whatever_is_sorted_at_a_time(numbers: list[int], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch, duckdb.connect() as con:
        patch.setattr(admit, "_SORTED_AT_ONCE", at_once)
        con.execute("CREATE TABLE given AS SELECT unnest(?::UBIGINT[]) AS hash", [numbers])
        found = admit._doubles(con, "SELECT hash FROM given")
    assert found.dtype == np.uint64
    assert found.tolist() == sorted({n for n in numbers if numbers.count(n) > 1})

"""Parquet: any plain type as the text that a CSV file would hold."""

import datetime as dt
import decimal
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import RefusedError
from tests.sources.conftest import StageOne
from tests.sources.staged_rows import cells

NAME = "sessions.parquet"


def written(columns: dict[str, pa.Array]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


NOON = dt.datetime(2025, 3, 1, 12, 30)


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (pa.array(["x", None, ""]), ["x", None, ""]),
        (pa.array(["x"], pa.large_string()), ["x"]),
        (pa.array(["x", "y", "x"]).dictionary_encode(), ["x", "y", "x"]),
        (pa.array([1, None], pa.int8()), ["1", None]),
        (pa.array([2**63 - 1]), ["9223372036854775807"]),
        (pa.array([0.5, 1001.0, float("nan"), None]), ["0.5", "1001", None, None]),
        (pa.array([0.1], pa.float32()), ["0.1"]),
        (pa.array([decimal.Decimal("0.50"), decimal.Decimal("-0.25")]), ["0.50", "-0.25"]),
        (pa.array([decimal.Decimal("10.50")]), ["10.50"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array([dt.date(2025, 3, 1)]), ["2025-03-01"]),
        (pa.array([NOON]), ["2025-03-01T12:30:00.000000"]),
        (pa.array([NOON], pa.timestamp("ns")), ["2025-03-01T12:30:00.000000"]),
        (pa.array([NOON], pa.timestamp("us", "Europe/Berlin")), ["2025-03-01T12:30:00.000000+00:00"]),
        (pa.nulls(1), [None]),
    ],
)
def test_a_type_becomes_its_text(stage_one: StageOne, array: pa.Array, text: list[str | None]) -> None:
    staged = stage_one(written({"participant_id": array}), form="parquet", name=NAME)
    assert cells(staged) == list(enumerate(text, start=1))
    assert (staged.malformed, staged.records, staged.headers) == (None, len(text), ("participant_id",))


def test_nested_and_binary_columns_may_be_there_but_not_mapped(stage_one: StageOne) -> None:
    content = written({"participant_id": pa.array(["1"]), "tags": pa.array([["a", "b"]]), "photo": pa.array([b"\xff"])})
    assert cells(stage_one(content, form="parquet", name=NAME)) == [(1, "1", '["a","b"]', None)]
    for header in ("tags", "photo"):
        tables = f'[tables.sessions]\nfiles = ["*.parquet"]\ncolumns = {{ {header} = "device" }}\n'
        with pytest.raises(RefusedError, match=f"column '{header}' is .*expected one plain value a row"):
            stage_one(content, tables=tables, form="parquet", name=NAME)


def test_headers_are_cleaned_and_may_hold_anything(stage_one: StageOne) -> None:
    staged = stage_one(written({' a"b ': pa.array([1]), "c'd": pa.array([2])}), form="parquet", name=NAME)
    assert (staged.headers, cells(staged)) == (('a"b', "c'd"), [(1, "1", "2")])


def test_a_file_without_rows_is_no_error(stage_one: StageOne) -> None:
    staged = stage_one(written({"participant_id": pa.array([], pa.string())}), form="parquet", name=NAME)
    assert (staged.records, cells(staged)) == (0, [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"participant_id\n1\n", "no readable Parquet"),
        (written({"a": pa.array([1])})[:-10], "no readable Parquet"),
        (written({"a": pa.array([1]), "A": pa.array([2])}), "stand twice"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(
    stage_one: StageOne, content: bytes, message: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        stage_one(content, form="parquet", name=NAME)
    assert message in str(refused.value)


def test_damage_inside_a_file_is_refused_or_read_but_never_a_crash(stage_one: StageOne) -> None:
    whole = bytearray(written({"participant_id": pa.array([f"id{n}" for n in range(5000)])}))
    whole[200:400] = b"\xff" * 200
    with pytest.raises(RefusedError, match="damaged Parquet"):
        stage_one(bytes(whole), form="parquet", name=NAME)

"""Columns to and from numpy as they lie in memory, the same as pyarrow's own way makes them; and without pandas."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engine import arrow

KINDS = ("uint8", "uint32", "int64", "uint64", "float32", "float64")


@given(st.lists(st.integers(0, 255)), st.sampled_from(KINDS), st.integers(1, 3))
def test_numbers_go_into_a_column_and_back(values: list[int], kind: str, step: int) -> None:
    given_ = np.array(values, kind)[::step]
    made = arrow.column(given_)
    assert made.equals(pa.array(given_, pa.from_numpy_dtype(kind)))
    assert arrow.numbers(made).tolist() == given_.tolist()
    assert arrow.numbers(made[1:]).tolist() == given_[1:].tolist()
    several = pa.chunked_array([made[:2], made[2:2], made[2:]])
    assert arrow.numbers(several).tolist() == given_.tolist()
    assert arrow.numbers(several).dtype == kind


@given(st.lists(st.booleans()))
def test_flags_come_as_they_are(values: list[bool]) -> None:
    assert arrow.flags(pa.array(values, pa.bool_())).tolist() == values
    assert arrow.flags(pa.array(values, pa.bool_())[1:]).tolist() == values[1:]


def test_a_missing_number_is_no_number() -> None:
    with pytest.raises(ValueError, match="1 of 2 numbers are NULL"):
        arrow.numbers(pa.array([1, None], pa.int64()))


@given(st.lists(st.text()))
def test_texts_go_into_a_column(values: list[str]) -> None:
    assert arrow.texts(values).to_pylist() == values


def test_neither_way_imports_pandas() -> None:
    used = "arrow.numbers(arrow.column(np.arange(3))), arrow.texts(['a'])"
    asked = f"import sys, numpy as np; from pipeline.engine import arrow; {used}; sys.exit('pandas' in sys.modules)"
    subprocess.run([sys.executable, "-c", asked], check=True)

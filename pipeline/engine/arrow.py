"""Columns of Arrow to and from numpy and Python, as they lie in memory.

pyarrow's own `array` and `to_numpy` import pandas if they find it, which is a third of a second of every run.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def column(values: npt.NDArray[Any]) -> pa.Array:
    """A column of the numbers of an array."""
    kept = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, kept])


def flags(values: pa.BooleanArray) -> npt.NDArray[np.bool_]:
    """A copy of a column of yes and no. Raises ValueError where one is missing."""
    return numbers(values.cast(pa.uint8())).view(np.bool_)


def texts(values: Sequence[str]) -> pa.StringArray:
    """A column of texts, under 2 GB of them."""
    encoded = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(values), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))


def slices(whole: bytes, bounds: npt.NDArray[Any]) -> pa.BinaryArray:
    """The bytes between each two bounds, where they lie; under 2 GB of them."""
    ends = pa.py_buffer(bounds.astype(np.int32))
    return pa.BinaryArray.from_buffers(pa.binary(), len(bounds) - 1, [None, ends, pa.py_buffer(whole)])


def numbers(values: pa.Array | pa.ChunkedArray) -> npt.NDArray[Any]:
    """A copy of the numbers of a column, as wide as they are there. Raises ValueError where one is missing."""
    if values.null_count:
        raise ValueError(f"{values.null_count} of {len(values)} numbers are NULL, expected none")
    kind = np.dtype(values.type.to_pandas_dtype())  # a name only: it is numpy's, and pandas is not asked
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    parts = [np.frombuffer(c.buffers()[1], kind)[c.offset : c.offset + len(c)] for c in chunks if len(c)]
    return np.concatenate(parts) if parts else np.empty(0, kind)


def content(values: pa.StringArray | pa.BinaryArray) -> npt.NDArray[np.uint8]:
    """The bytes of a column of texts or bytes, one behind the other, as they lie."""
    _, offsets, kept = values.buffers()
    ends = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    return np.frombuffer(kept, np.uint8)[ends[0] : ends[-1]]

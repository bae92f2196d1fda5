"""Columns of Arrow tables as numpy has them. Not by way of `to_numpy`, which imports pandas."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.studies.estimators.effect import Codes
from pipeline.studies.estimators.words import Words


def values_of(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """Numbers, none missing."""
    return np.from_dlpack(column.combine_chunks())


def words_of(column: pa.ChunkedArray, places: Codes | slice = slice(None)) -> Words:
    """A column of words, none missing; of those at the places given."""
    whole = column.combine_chunks()
    coded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    levels = np.array(coded.dictionary.to_pylist(), dtype=str)
    order = np.argsort(levels)
    place = np.empty(len(levels), dtype=np.int64)
    place[order] = np.arange(len(levels))
    return Words.coded(place[np.from_dlpack(coded.indices)[places]], tuple(levels[order].tolist()))

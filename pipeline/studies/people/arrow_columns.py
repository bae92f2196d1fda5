"""Columns of words in Arrow tables, as the studies have them."""

import numpy as np
import pyarrow as pa

from pipeline.engine import arrow
from pipeline.studies.estimators.effect import Codes
from pipeline.studies.estimators.words import Words


def words_of(column: pa.ChunkedArray, places: Codes | slice = slice(None)) -> Words:
    """A column of words, none missing; of those at the places given."""
    whole = column.combine_chunks()
    coded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    levels = np.array(coded.dictionary.to_pylist(), dtype=str)
    order = np.argsort(levels)
    place = np.empty(len(levels), dtype=np.int64)
    place[order] = np.arange(len(levels))
    return Words.coded(place[arrow.numbers(coded.indices)[places]], tuple(levels[order].tolist()))

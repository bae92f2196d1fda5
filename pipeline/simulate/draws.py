"""Random draws and short words for whole columns at a time."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


def generator(seed: int, *stream: int) -> Generator:
    """An independent generator for one part of the simulation: its numbers do not depend on the others."""
    return np.random.default_rng([seed, *stream])


def pick(rng: Generator, shares: ArrayLike, n: int) -> Integers:
    """For each of `n` people an index drawn with `shares`: one row for all, or one row per person."""
    table = np.broadcast_to(np.atleast_2d(np.asarray(shares, dtype=np.float64)), (n, np.shape(shares)[-1]))
    edges = np.cumsum(table, axis=1)
    drawn = rng.random(n) * edges[:, -1]
    return np.asarray((drawn[:, None] >= edges).sum(axis=1), dtype=np.int64)


def happens(rng: Generator, chance: ArrayLike, n: int) -> Flags:
    """True with `chance`, one value or one per row."""
    return np.asarray(rng.random(n) < np.asarray(chance), dtype=np.bool_)


def words(choices: Sequence[str | None], index: Integers) -> pl.Series:
    """The words at `index`; below 0 there is none."""
    if len(index) == 0:
        return pl.Series([], dtype=pl.String)
    return pl.Series([*choices, None], dtype=pl.String).gather(np.where(index < 0, len(choices), index))


def whole(values: ArrayLike) -> Integers:
    """Rounded to whole numbers."""
    return np.asarray(np.rint(values), dtype=np.int64)


def heaped(values: Floats, to: ArrayLike) -> Floats:
    """Rounded to multiples of `to`, as people do who read a figure off."""
    step = np.asarray(to, dtype=np.float64)
    return np.asarray(np.rint(values / step) * step, dtype=np.float64)


def logistic(x: Floats) -> Floats:
    """The probability whose log odds are `x`."""
    return np.asarray(1.0 / (1.0 + np.exp(-x)), dtype=np.float64)


def maybe(values: ArrayLike, known: Flags) -> pl.Series:
    """The values where `known`, else missing."""
    series = pl.Series(np.asarray(values))
    return series.zip_with(pl.Series(known), pl.Series([None] * len(series), dtype=series.dtype))

"""Normal equations: solved from cross products, with columns that repeat others left out.

Columns are taken in order and scaled to unit length first, so that a column in grams and one in
kilograms give the same answer.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

from pipeline.studies.estimators.effect import Array

REPEATED = 1e-10
"""A column of which less than this share (of squares) is its own repeats the columns before it."""
NOTHING = 1e-100
"""A column shorter than this is one of noughts: its square is all but lost, and so is what is divided by it."""
CHUNK = 1 << 12
"""Rows multiplied at a time: they stay in the processor's cache, and no second copy of a long matrix is made."""


@dataclass(frozen=True)
class Solved:
    """`inverse` is p x p with zero rows and columns where `kept` (p booleans) is False."""

    inverse: Array
    kept: npt.NDArray[np.bool_]

    @property
    def rank(self) -> int:
        return int(self.kept.sum())


def solve(gram: Array) -> Solved:
    """Invert a p x p matrix of cross products over its independent columns."""
    length = np.sqrt(np.maximum(np.diag(gram), 0))
    scale = np.where(length > NOTHING, length, 1.0)
    kept, factor = _factor(gram / np.outer(scale, scale), length > NOTHING)
    inverse = np.zeros_like(gram, dtype=np.float64)
    if kept.any():
        root = np.linalg.inv(factor)
        inverse[np.ix_(kept, kept)] = root.T @ root / np.outer(scale[kept], scale[kept])
    return Solved(inverse, kept)


def _factor(scaled: Array, candidate: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], Array]:
    """Which columns are independent of those before them, and the Cholesky factor of those."""
    try:
        whole = np.asarray(np.linalg.cholesky(scaled[np.ix_(candidate, candidate)]), dtype=np.float64)
    except np.linalg.LinAlgError:
        return _column_by_column(scaled, candidate)
    if np.diag(whole).min(initial=1.0) ** 2 > REPEATED:
        return candidate, whole
    return _column_by_column(scaled, candidate)


def _column_by_column(scaled: Array, candidate: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], Array]:
    """Cholesky, leaving out what is a sum of the columns before."""
    size = len(scaled)
    factor, order = np.zeros((size, size)), list[int]()
    for j in np.flatnonzero(candidate):
        k = len(order)
        along = linalg.solve_triangular(factor[:k, :k], scaled[order, j], lower=True) if k else np.zeros(0)
        own = 1.0 - float(along @ along)
        if own > REPEATED:
            factor[k, :k], factor[k, k] = along, np.sqrt(own)
            order.append(int(j))
    kept = np.zeros(size, dtype=np.bool_)
    kept[order] = True
    return kept, factor[: len(order), : len(order)]


def adds_to_others(gram: Array, columns: list[int]) -> bool:
    """Whether each of these columns tells something that all others together do not."""
    order = [j for j in range(len(gram)) if j not in columns] + columns
    return bool(solve(gram[np.ix_(order, order)]).kept[-len(columns) :].all())


def weighted_gram(x: Array, weight: Array) -> Array:
    """X'WX, a chunk of rows at a time."""
    total = np.zeros((x.shape[1], x.shape[1]))
    for start in range(0, len(x), CHUNK):
        rows = x[start : start + CHUNK]
        total += rows.T @ (rows * weight[start : start + CHUNK, None])
    return total


def gram(x: Array) -> Array:
    """X'X; the product of a matrix with itself is half the work."""
    return np.asarray(x.T @ x)


def gram_of_rows(x: Array, weight: Array) -> Array:
    """X'WX for weights of nought or more: half the work, for the product is symmetric."""
    total = np.zeros((x.shape[1], x.shape[1]))
    for start in range(0, len(x), CHUNK):
        rows = x[start : start + CHUNK] * np.sqrt(weight[start : start + CHUNK, None])
        total += rows.T @ rows
    return total


def with_intercept(x: Array) -> Array:
    """Ones, then the columns of x."""
    design = np.empty((len(x), x.shape[1] + 1))
    design[:, 0], design[:, 1:] = 1.0, x
    return design

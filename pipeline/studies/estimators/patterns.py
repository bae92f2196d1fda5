"""Moments of people who share a pattern of visits seen: all that a repeated-measures model needs to know."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.effect import Array, Codes


@dataclass(frozen=True)
class Pattern:
    """`n` people seen at exactly these `visits` (0, 1, ...): W'W (q x q), W'Y (q x visits), Y'Y (visits x visits).

    W holds a person's regressors, the first of them 1; Y what was seen, in the order of `visits`.
    """

    visits: tuple[int, ...]
    n: int
    ww: Array
    wy: Array
    yy: Array


def patterns(y: Array, w: Array) -> list[Pattern]:
    """From rows: `y` people x visits with NaN where not seen, `w` people x regressors."""
    seen = np.isfinite(y)
    code = seen @ (1 << np.arange(y.shape[1]))
    return [_pattern(y[code == c], w[code == c], seen[code == c][0]) for c in np.unique(code)]


def _pattern(y: Array, w: Array, seen: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Pattern:
    visits = tuple(int(k) for k in np.flatnonzero(seen))
    here = y[:, list(visits)]
    return Pattern(visits, len(y), w.T @ w, w.T @ here, here.T @ here)


def regressors(arm: Codes, x: Array, arms: int = 2, sloped: Sequence[int] | None = None) -> Array:
    """People x (1, arms 1.., covariates, arm 1 x covariates, ...): every arm has slopes of its own.

    `sloped` are the columns of which that holds; the others have one slope for all arms. Left out, all have.
    """
    belongs = (arm[:, None] == np.arange(1, arms)).astype(np.float64)
    own = x if sloped is None else x[:, list(sloped)]
    products = [belongs[:, [a]] * own for a in range(arms - 1)]
    return np.column_stack([np.ones(len(arm)), belongs, x, *products])


def arm_rows(at: Array, arms: int, sloped: Sequence[int] | None = None) -> Array:
    """One row of regressors per arm, with the covariates at `at`."""
    return regressors(np.arange(arms), np.tile(at, (arms, 1)), arms, sloped)

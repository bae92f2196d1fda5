"""Moments of people who share a pattern of visits seen: all that a repeated-measures model needs to know."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.effect import Array, Codes
from pipeline.studies.estimators.gram import CHUNK


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
    return patterns_of(y, lambda rows: w[rows])


def patterns_of(y: Array, w: Callable[[Codes], Array]) -> list[Pattern]:
    """The same where the regressors of some people are made when they are needed, a few at a time."""
    code = np.isfinite(y) @ (1 << np.arange(y.shape[1]))
    return [_pattern(y, w, np.flatnonzero(code == c), int(c)) for c in np.unique(code)]


def _pattern(y: Array, w: Callable[[Codes], Array], people: Codes, code: int) -> Pattern:
    visits = tuple(k for k in range(y.shape[1]) if code >> k & 1)
    parts = [_moments(y[rows][:, list(visits)], w(rows)) for rows in np.split(people, range(CHUNK, len(people), CHUNK))]
    ww, wy, yy = (np.sum(part, axis=0) for part in zip(*parts, strict=True))
    return Pattern(visits, len(people), ww, wy, yy)


def _moments(y: Array, w: Array) -> tuple[Array, Array, Array]:
    return w.T @ w, w.T @ y, y.T @ y


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

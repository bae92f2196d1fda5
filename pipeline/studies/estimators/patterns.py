"""Moments of people who share a pattern of visits seen: all that a repeated-measures model needs to know."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.design import Design
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

    def with_others(self, other: "Pattern") -> "Pattern":
        """With other people of the same pattern."""
        ww, wy, yy = self.ww + other.ww, self.wy + other.wy, self.yy + other.yy
        return Pattern(self.visits, self.n + other.n, ww, wy, yy)


def patterns(y: Array, w: Array) -> list[Pattern]:
    """From rows: `y` people x visits with NaN where not seen, `w` people x regressors."""
    code = _codes(y)
    return [_pattern(int(c), y[code == c], Design.of(w[code == c]), np.eye(w.shape[1])) for c in np.unique(code)]


def patterns_by_arm(y: Array, arm: Codes, x: Design, arms: int, sloped: Sequence[int] | None = None) -> list[Pattern]:
    """The same with the regressors of `regressors`, of covariates about their mean: people of one arm and pattern are
    summed with (1, covariates), of which their regressors are linear functions."""
    code = _codes(y) * arms + arm
    order = np.argsort(code, kind="stable")
    codes, start = np.unique(code[order], return_index=True)
    rows, seen = x.with_intercept.chosen(order), y[order]
    turns, found = [_turn(a, x, arms, sloped) for a in range(arms)], dict[int, Pattern]()
    for c, first, end in zip(codes.tolist(), start, [*start[1:], len(order)], strict=True):
        one = _pattern(c // arms, seen[first:end], rows.chosen(slice(first, end)), turns[c % arms])
        before = found.get(c // arms)
        found[c // arms] = one if before is None else before.with_others(one)
    return list(found.values())


def _codes(y: Array) -> Codes:
    """Bit k of a person tells whether they were seen at visit k."""
    return np.asarray(np.isfinite(y) @ (1 << np.arange(y.shape[1])))


def _turn(arm: int, x: Design, arms: int, sloped: Sequence[int] | None) -> Array:
    """From (1, covariates) of somebody in the arm to the regressors."""
    unit = np.eye(x.shape[1] + 1, x.shape[1], -1) - x.means()
    rows = regressors(np.full(len(unit), arm), unit, arms, sloped)
    rows[1:] -= rows[0]
    return rows.T


def _pattern(code: int, y: Array, z: Design, turn: Array) -> Pattern:
    """W'W, W'Y and Y'Y of people seen at the visits of `code`, whose regressors W are `turn` times their row of Z."""
    visits = tuple(k for k in range(y.shape[1]) if code >> k & 1)
    shown = y[:, list(visits)]
    zy = np.array([z.cross(shown[:, k]) for k in range(len(visits))]).reshape(len(visits), z.shape[1]).T
    return Pattern(visits, len(y), turn @ z.gram() @ turn.T, turn @ zy, shown.T @ shown)


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

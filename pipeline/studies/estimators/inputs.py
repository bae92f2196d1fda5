"""What is wrong with the values before anything is fitted, as a reason code."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.effect import Array, Codes, Withheld
from pipeline.studies.estimators.gram import adds_to_others
from pipeline.studies.estimators.reasons import Reason

MAX_LEVELS = 30
"""More different values than this are an identifier or a free text, not a characteristic (judgement)."""


@dataclass(frozen=True)
class Covariates:
    """Columns to adjust for, people x columns, with their names; `left_out` says which were not used and why."""

    matrix: Array
    names: tuple[str, ...]
    left_out: tuple[tuple[str, Reason], ...]


def covariates(columns: dict[str, Array | Sequence[str]]) -> Covariates:
    """Numbers as they are (centred), words as one column per level but the most frequent."""
    found, names, left_out = list[Array](), list[str](), list[tuple[str, Reason]]()
    for name, values in columns.items():
        coded = _number(values) if isinstance(values, np.ndarray) else _levels(values)
        if isinstance(coded, Withheld):
            left_out.append((name, coded.reason))
            continue
        for label, column in coded:
            found.append(column)
            names.append(name + label)
    rows = len(next(iter(columns.values()))) if columns else 0
    matrix = np.column_stack(found) if found else np.zeros((rows, 0))
    return Covariates(matrix, tuple(names), tuple(left_out))


def _number(values: Array) -> list[tuple[str, Array]] | Withheld:
    column = values.astype(np.float64)
    if not np.isfinite(column).all():
        return Withheld("missing_values")
    if np.ptp(column) == 0:
        return Withheld("one_level")
    return [("", column - column.mean())]


def _levels(values: Sequence[str]) -> list[tuple[str, Array]] | Withheld:
    levels, code, count = np.unique(np.asarray(values, dtype=str), return_inverse=True, return_counts=True)
    if len(levels) < 2:
        return Withheld("one_level")
    if len(levels) > MAX_LEVELS:
        return Withheld("too_many_levels")
    reference = int(count.argmax())
    return [(f"={levels[k]}", (code == k).astype(np.float64)) for k in range(len(levels)) if k != reference]


def problem(y: Array, arm: Codes, x: Array, arms: int) -> Withheld | None:
    """Why arms 0 to `arms` - 1 cannot be compared on y, adjusting for x; None where they can be tried."""
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        return Withheld("missing_values")
    count = np.bincount(arm, minlength=arms)
    if count.min() == 0:
        return Withheld("no_arm")
    if count.min() == 1:
        return Withheld("one_person")
    if np.ptp(y) == 0:
        return Withheld("no_variation")
    belongs = (arm[:, None] == np.arange(1, arms)).astype(np.float64)
    told = np.column_stack([np.ones(len(y)), x, belongs])
    own = list(range(told.shape[1] - arms + 1, told.shape[1]))
    if told.shape[1] >= len(y):
        return Withheld("too_many_covariates")
    return None if adds_to_others(told.T @ told, own) else Withheld("separation")

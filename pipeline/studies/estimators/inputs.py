"""What is wrong with the values before anything is fitted, as a reason code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.studies.estimators.effect import Array, Codes, Withheld
from pipeline.studies.estimators.gram import adds_to_others, gram_with_arms
from pipeline.studies.estimators.reasons import Reason

MAX_LEVELS = 30
"""More different values than this are an identifier or a free text, not a characteristic (judgement)."""


@dataclass(frozen=True, eq=False)
class Words(Sequence[str]):
    """A word per person as its place in `levels`, which are sorted; a level may have nobody."""

    code: Codes
    levels: tuple[str, ...]

    @classmethod
    def of(cls, values: Sequence[str]) -> "Words":
        """From one word a person."""
        if isinstance(values, Words):
            return values
        levels, code = np.unique(np.asarray(values, dtype=str), return_inverse=True)
        return cls(code.astype(np.int64), tuple(levels.tolist()))

    def __len__(self) -> int:
        return len(self.code)

    def __getitem__(self, place: Any) -> Any:
        here = self.code[place]
        return self.levels[int(here)] if here.ndim == 0 else [self.levels[c] for c in here.tolist()]

    def chosen(self, kept: Any) -> "Words":
        """Of these people, by place or by whether they are meant."""
        return Words(self.code[kept], self.levels)

    def people(self, own: Any = slice(None)) -> Codes:
        """How many of them have each level."""
        return np.bincount(self.code[own], minlength=len(self.levels))


Column = Array | Words


@dataclass(frozen=True)
class Covariates:
    """Columns to adjust for, people x columns, with their names; `left_out` says which were not used and why."""

    matrix: Array
    names: tuple[str, ...]
    left_out: tuple[tuple[str, Reason], ...]


def covariates(columns: Mapping[str, Array | Sequence[str]]) -> Covariates:
    """Numbers as they are (centred), words as one column per level but the most frequent."""
    found, names, left_out = list[Array](), list[str](), list[tuple[str, Reason]]()
    for name, values in columns.items():
        coded = _number(values) if isinstance(values, np.ndarray) else _levels(Words.of(values))
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


def _levels(words: Words) -> list[tuple[str, Array]] | Withheld:
    shown = shown_levels(words.people())
    if isinstance(shown, Withheld):
        return shown
    return [(f"={words.levels[k]}", (words.code == k).astype(np.float64)) for k in shown]


def shown_levels(people: Codes) -> list[int] | Withheld:
    """Levels with a column of their own, from the people of each: all that somebody has but the most frequent."""
    there = np.flatnonzero(people)
    if len(there) < 2:
        return Withheld("one_level")
    if len(there) > MAX_LEVELS:
        return Withheld("too_many_levels")
    reference = int(people.argmax())
    return [int(k) for k in there if k != reference]


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
    columns = x.shape[1] + arms
    if columns >= len(y):
        return Withheld("too_many_covariates")
    own = list(range(x.shape[1] + 1, columns))
    return None if adds_to_others(gram_with_arms(x, arm, arms), own) else Withheld("separation")

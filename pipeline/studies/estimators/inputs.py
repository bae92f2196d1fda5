"""What is wrong with the values before anything is fitted, as a reason code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.effect import Array, Codes, Withheld
from pipeline.studies.estimators.gram import adds_to_others
from pipeline.studies.estimators.once import once
from pipeline.studies.estimators.reasons import Reason
from pipeline.studies.estimators.words import Words, rows_of, together

MAX_LEVELS = 30
"""More different values than this are an identifier or a free text, not a characteristic (judgement)."""


Column = Array | Words


@dataclass(frozen=True)
class Covariates:
    """Columns to adjust for with their names; `left_out` says which were not used and why."""

    design: Design
    names: tuple[str, ...]
    left_out: tuple[tuple[str, Reason], ...]

    @once
    def matrix(self) -> Array:
        """The same as a matrix, people x columns."""
        return self.design.dense()


def covariates(columns: Mapping[str, Array | Sequence[str]], people: int | None = None) -> Covariates:
    """Numbers as they are (centred), words as one column per level but the most frequent.

    `people` is their number, which columns tell where there are any.
    """
    found, left_out = list[tuple[str, Array | _Shown]](), list[tuple[str, Reason]]()
    for name, values in columns.items():
        coded = _number(values) if isinstance(values, np.ndarray) else _levels(Words.of(values))
        if isinstance(coded, Withheld):
            left_out.append((name, coded.reason))
        else:
            found.append((name, coded))
    people = len(next(iter(columns.values()))) if columns else people or 0
    names = [name for given, coded in found for name in _names(given, coded)]
    return Covariates(_designed([coded for _, coded in found], people), tuple(names), tuple(left_out))


@dataclass(frozen=True)
class _Shown:
    """A word with a column for each of these levels."""

    words: Words
    levels: list[int]


def _number(values: Array) -> Array | Withheld:
    column = values.astype(np.float64)
    if not np.isfinite(column).all():
        return Withheld("missing_values")
    if np.ptp(column) == 0:
        return Withheld("one_level")
    return np.asarray(column - column.mean())


def _levels(words: Words) -> _Shown | Withheld:
    shown = shown_levels(words.people)
    return shown if isinstance(shown, Withheld) else _Shown(words, shown)


def _names(name: str, coded: Array | _Shown) -> list[str]:
    return [f"{name}={coded.words.levels[k]}" for k in coded.levels] if isinstance(coded, _Shown) else [name]


def _designed(coded: Sequence[Array | _Shown], people: int) -> Design:
    """Words in the table, numbers beside it, and the order in which they were given."""
    shown, numbers = [c for c in coded if isinstance(c, _Shown)], [c for c in coded if not isinstance(c, _Shown)]
    rows, cell = _different(together({str(w): s.words for w, s in enumerate(shown)}), people)
    table = np.column_stack([np.zeros((len(rows), 0)), *(rows[:, [w]] == s.levels for w, s in enumerate(shown))])
    own = np.empty((people, len(numbers)), order="F")
    for place, column in enumerate(numbers):
        own[:, place] = column
    places, word, number = list[int](), 0, table.shape[1]
    for one in coded:
        width = len(one.levels) if isinstance(one, _Shown) else 1
        start = word if isinstance(one, _Shown) else number
        places += range(start, start + width)
        word, number = (word + width, number) if isinstance(one, _Shown) else (word, number + width)
    return Design(table.astype(np.float64), cell, own, np.array(places, dtype=np.int64))


def _different(words: Mapping[str, Words], people: int) -> tuple[Codes, Codes]:
    """The different rows of words on common rows, and the place of each person's."""
    if not words:
        return rows_of([], people)
    common = next(iter(words.values())).rows
    there = np.flatnonzero(common.people)
    rows, at = rows_of([(one.of_row[there], len(one.levels)) for one in words.values()], len(there))
    place = np.zeros(common.count, dtype=np.int64)
    place[there] = at
    return rows, place[common.row]


def shown_levels(people: Codes) -> list[int] | Withheld:
    """Levels with a column of their own, from the people of each: all that somebody has but the most frequent."""
    there = np.flatnonzero(people)
    if len(there) < 2:
        return Withheld("one_level")
    if len(there) > MAX_LEVELS:
        return Withheld("too_many_levels")
    reference = int(people.argmax())
    return [int(k) for k in there if k != reference]


def problem(y: Array, arm: Codes, x: Array | Design, arms: int) -> Withheld | None:
    """Why arms 0 to `arms` - 1 cannot be compared on y, adjusting for x; None where they can be tried."""
    design = Design.of(x)
    if not (np.isfinite(y).all() and design.is_finite()):
        return Withheld("missing_values")
    count = np.bincount(arm, minlength=arms)
    if count.min() == 0:
        return Withheld("no_arm")
    if count.min() == 1:
        return Withheld("one_person")
    if np.ptp(y) == 0:
        return Withheld("no_variation")
    columns = design.shape[1] + arms
    if columns >= len(y):
        return Withheld("too_many_covariates")
    own = list(range(design.shape[1] + 1, columns))
    return None if adds_to_others(_gram_with_arms(design, arm, arms), own) else Withheld("separation")


def _gram_with_arms(design: Design, arm: Codes, arms: int) -> Array:
    """X'X of (1, columns to adjust for, belonging to arm 1, 2, ...)."""
    whole = design.with_intercept
    belongs = [arm == a for a in range(1, arms)]
    across = np.array([whole.cross(own.astype(np.float64)) for own in belongs]).reshape(arms - 1, whole.shape[1])
    among = np.diag([float(own.sum()) for own in belongs]).reshape(arms - 1, arms - 1)
    return np.block([[whole.gram(), across.T], [across, among]])

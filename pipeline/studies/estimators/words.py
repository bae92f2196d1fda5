"""A word for each person, and several at once: people who have the same words stand in one row of them.

A million people have a few thousand different rows of words, so what is asked of words alone (who has which, which
are rare, which of them all arms have) is asked of those rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.studies.estimators.effect import Codes
from pipeline.studies.estimators.once import once

WIDE = 4
"""Rows are numbered in passing, without putting people in order, while no more than so many a person are possible."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Each person's row, from nought on, of `count` rows; a row may have nobody."""

    row: Codes
    count: int

    @once
    def people(self) -> Codes:
        """How many are in each."""
        return np.bincount(self.row, minlength=self.count)

    def people_of(self, group: Codes, groups: int) -> Codes:
        """The same of groups that share nobody (see `grouped`): groups x rows, in one pass for all of them."""
        both = self.row * (groups + 1) + group
        counts = np.bincount(both, minlength=self.count * (groups + 1))
        return counts.reshape(self.count, groups + 1).T[1:]  # not -1: of nobody there are no rows

    def chosen(self, kept: Any) -> "Rows":
        """Of these people, by place or by whether they are meant."""
        return Rows(self.row[kept], self.count)


@dataclass(frozen=True, eq=False)
class Words(Sequence[str]):
    """A word per person: everybody of row r of `rows` has level `of_row[r]`, a place in `levels`, which are sorted.

    A level may have nobody. Words that stand on the same `rows` are told of in one pass over people.
    """

    rows: Rows
    of_row: Codes
    levels: tuple[str, ...]

    @classmethod
    def coded(cls, code: Codes, levels: tuple[str, ...]) -> "Words":
        """From everybody's place in `levels`."""
        return cls(Rows(code, len(levels)), np.arange(len(levels)), levels)

    @classmethod
    def of(cls, values: Sequence[str]) -> "Words":
        """From one word a person."""
        if isinstance(values, Words):
            return values
        levels, code = np.unique(np.asarray(values, dtype=str), return_inverse=True)
        return cls.coded(code.astype(np.int64), tuple(levels.tolist()))

    @once
    def code(self) -> Codes:
        """Everybody's place in `levels`."""
        return np.asarray(self.of_row[self.rows.row])

    def __len__(self) -> int:
        return len(self.rows.row)

    def __getitem__(self, place: Any) -> Any:
        here = self.code[place]
        return self.levels[int(here)] if here.ndim == 0 else [self.levels[c] for c in here.tolist()]

    def chosen(self, kept: Any) -> "Words":
        """Of these people, by place or by whether they are meant."""
        return Words(self.rows.chosen(kept), self.of_row, self.levels)

    @once
    def people(self) -> Codes:
        """How many of them have each level."""
        return self.added(self.rows.people)

    def people_of(self, group: Codes, groups: int) -> Codes:
        """The same of groups that share nobody (see `grouped`): groups x levels."""
        return self.added(self.rows.people_of(group, groups))

    def added(self, counts: Codes) -> Codes:
        """Counts by row, of one group or of several (groups x rows), as counts by level."""
        several = np.atleast_2d(counts)
        found = np.zeros((len(several), len(self.levels)), dtype=np.int64)
        for own, whole in zip(found, several, strict=True):
            np.add.at(own, self.of_row, whole)
        return found.reshape((*counts.shape[:-1], len(self.levels)))


def grouped(groups: Sequence[npt.NDArray[np.bool_]]) -> Codes:
    """The number of each person's group, from 1; nought for those of none."""
    group = np.zeros(len(groups[0]), dtype=np.int64)
    for place, own in enumerate(groups):
        group[own] = place + 1
    return group


def together(words: Mapping[str, Words]) -> dict[str, Words]:
    """The same words on common rows, each of which has somebody; as they are where they stand on common rows."""
    own = list({id(one.rows): one.rows for one in words.values()}.values())
    if len(own) <= 1:
        return dict(words)
    table, cell = rows_of([(rows.row, rows.count) for rows in own], len(own[0].row))
    common, place = Rows(cell, len(table)), {id(rows): k for k, rows in enumerate(own)}
    return {name: Words(common, one.of_row[table[:, place[id(one.rows)]]], one.levels) for name, one in words.items()}


def rows_of(words: Sequence[tuple[Codes, int]], people: int) -> tuple[Codes, Codes]:
    """The different rows of some words, rows x words, and the place of each person's row.

    Each word is given as the place of everybody's level, and how many levels there are.
    """
    cell, rows, left = np.zeros(people, dtype=np.int64), np.zeros((1, 0), dtype=np.int64), list(words)
    while left:
        own, size = [left.pop(0)], len(rows)
        while left and size * own[-1][1] * left[0][1] <= WIDE * people:
            size *= own[-1][1]
            own.append(left.pop(0))
        both = cell
        for code, levels in own:
            both = both * levels + code
        size *= own[-1][1]
        if size > WIDE * people:
            keys, cell = np.unique(both, return_inverse=True)
        else:
            there = np.bincount(both, minlength=size) > 0
            keys, cell = np.flatnonzero(there), (np.cumsum(there) - 1)[both]
        *codes, before = _apart(keys, [levels for _, levels in own])
        rows = np.column_stack([rows[before], *codes])
    return rows, cell


def _apart(keys: Codes, levels: Sequence[int]) -> list[Codes]:
    """The words of which keys are made, and last what stood before them."""
    found = list[Codes]()
    for size in reversed(levels):
        found.insert(0, keys % size)
        keys = keys // size
    return [*found, keys]

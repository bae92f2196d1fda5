"""The columns to adjust for, people x columns, kept so that nothing is said twice.

Most columns are words in noughts and ones, and many people share the same words. So each different row of words stands
once in a table, a person has the place of theirs, and beside it the numbers that are a person's own. Sums over people
are then sums by place first: a million people cost what their few thousand different rows cost, and a pass for
each number. What comes out is what the whole matrix would give, to rounding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.studies.estimators.effect import Array, Codes
from pipeline.studies.estimators.gram import gram, gram_of_rows
from pipeline.studies.estimators.once import once


@dataclass(frozen=True, eq=False)
class Design:
    """Column j of a person is entry `order[j]` of (`table[cell]`, `own`).

    `table` is rows of words x columns, `cell` a row's place for each person, `own` people x numbers (column by column
    in memory).
    """

    table: Array
    cell: Codes
    own: Array
    order: Codes

    @classmethod
    def of(cls, x: "Array | Design") -> "Design":
        """A matrix as one in which every column is a person's own; a design as it is."""
        if isinstance(x, Design):
            return x
        own = np.asfortranarray(x, dtype=np.float64)
        return cls(np.zeros((1, 0)), np.zeros(len(x), dtype=np.int64), own, np.arange(x.shape[1]))

    def __len__(self) -> int:
        return len(self.cell)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.cell), len(self.order)

    def dense(self) -> Array:
        """The whole matrix."""
        rows = np.empty(self.shape)
        for place in range(self.shape[1]):
            rows[:, place] = self.column(place)
        return rows

    def is_finite(self) -> bool:
        return bool(np.isfinite(self.table).all() and np.isfinite(self.own).all())

    def chosen(self, rows: Any) -> "Design":
        """Some of the people: by place, by whether they are meant, or a slice, which copies nothing."""
        if isinstance(rows, slice):
            return Design(self.table, self.cell[rows], self.own[rows], self.order)
        rows = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        cell = self.cell[rows]
        own = np.empty((len(cell), self.own.shape[1]), order="F")
        for column in range(own.shape[1]):
            own[:, column] = self.own[:, column][rows]
        return Design(self.table, cell, own, self.order)

    def columns(self, kept: Sequence[int]) -> "Design":
        """Some of the columns, in the order given."""
        places, shared = self.order[list(kept)], self.table.shape[1]
        used = np.unique(places)
        table = self.table[:, used[used < shared]]
        own = self.own[:, used[used >= shared] - shared]
        return Design(table, self.cell, own, np.searchsorted(used, places).astype(np.int64))

    @once
    def with_intercept(self) -> "Design":
        """A column of ones before the others."""
        table = np.column_stack([np.ones(len(self.table)), self.table])
        return Design(table, self.cell, self.own, np.concatenate([[0], self.order + 1]))

    def with_groups(self, group: Codes, groups: int) -> "Design":
        """Columns of ones and of belonging to group 1, 2, ..., before the others: shared as words are."""
        words = np.repeat(self.table, groups, axis=0)
        belongs = np.tile(np.eye(groups), (len(self.table), 1))
        belongs[:, 0] = 1.0
        table = np.column_stack([belongs, words])
        return Design(table, self.cell * groups + group, self.own, np.concatenate([range(groups), self.order + groups]))

    def with_arm(self, treated: Codes) -> "Design":
        """Columns of ones and of who is treated (1), before the others."""
        whole = self.with_intercept.beside(treated.astype(np.float64))
        return whole.columns([0, self.shape[1] + 1, *range(1, self.shape[1] + 1)])

    def column(self, place: int) -> Array:
        """One column."""
        at, shared = int(self.order[place]), self.table.shape[1]
        return np.asarray(self.table[:, at][self.cell] if at < shared else self.own[:, at - shared])

    def beside(self, *columns: Array) -> "Design":
        """More numbers of people's own, one each, after the others."""
        numbers, there = self.own.shape[1], self.table.shape[1] + self.own.shape[1]
        own = np.empty((len(self), numbers + len(columns)), order="F")
        own[:, :numbers] = self.own
        for place, column in enumerate(columns, numbers):
            own[:, place] = column
        order = np.concatenate([self.order, np.arange(there, there + len(columns))])
        return Design(self.table, self.cell, own, order)

    def first(self, people: int, columns: int) -> "Design":
        """The first people, and the first columns where those after them were put `beside`; copies nothing."""
        own = self.own[:people, : self.own.shape[1] - (len(self.order) - columns)]
        return Design(self.table, self.cell[:people], own, self.order[:columns])

    def gram(self, weight: Array | None = None) -> Array:
        """X'WX for weights of nought or more; without weights X'X."""
        return self._plain if weight is None else self._gram(weight)

    @once
    def _plain(self) -> Array:
        return self._gram(None)

    def _gram(self, weight: Array | None) -> Array:
        if len(self) < len(self.table):
            whole = self.dense()
            return gram(whole) if weight is None else gram_of_rows(whole, weight)
        among = self.table.T @ (self.table * self._by_cell(weight)[:, None])
        own = gram(self.own) if weight is None else gram_of_rows(self.own, weight)
        across = self.table.T @ self._own_by_cell(weight)
        return np.block([[among, across], [across.T, own]])[np.ix_(self.order, self.order)]

    def cross(self, values: Array) -> Array:
        """X'v for one value a person."""
        return np.concatenate([self.table.T @ self._by_cell(values), self.own.T @ values])[self.order]

    def times(self, coefficients: Array) -> Array:
        """Xb, one number a person."""
        placed, shared = np.zeros(self.table.shape[1] + self.own.shape[1]), self.table.shape[1]
        placed[self.order] = coefficients
        found = (self.table @ placed[:shared])[self.cell]
        return np.asarray(found + self.own @ placed[shared:] if self.own.shape[1] else found)

    def quadratic(self, matrix: Array) -> Array:
        """X'Mx of each person, for a symmetric M."""
        size, shared = self.table.shape[1] + self.own.shape[1], self.table.shape[1]
        placed = np.zeros((size, size))
        placed[np.ix_(self.order, self.order)] = matrix
        found = np.einsum("ij,ij->i", self.table @ placed[:shared, :shared], self.table)[self.cell]
        across = 2 * self.table @ placed[:shared, shared:]
        for j in range(self.own.shape[1]):
            along = across[:, j][self.cell] + self.own @ placed[shared:, shared + j]
            found += along * self.own[:, j]
        return np.asarray(found)

    def means(self, weight: Array | None = None) -> Array:
        """Of each column."""
        w = np.ones(len(self)) if weight is None else weight
        return np.asarray(self.cross(w) / w.sum())

    def spread(self) -> Array:
        """Standard deviation of each column, over the number of people."""
        people = self._by_cell(None)
        share = people @ self.table / len(self)
        shared = np.sqrt(people @ (self.table - share) ** 2 / len(self))
        return np.concatenate([shared, self.own.std(axis=0)])[self.order]

    def is_binary(self) -> npt.NDArray[np.bool_]:
        """Columns of noughts and ones alone."""
        there = self.table[self._by_cell(None) > 0]
        shared = ((there == 0) | (there == 1)).all(axis=0)
        own = [bool(((column == 0) | (column == 1)).all()) for column in self.own.T]
        return np.concatenate([shared, own]).astype(np.bool_)[self.order]

    def _by_cell(self, weight: Array | None) -> Array:
        if len(self.table) == 1:
            return np.array([len(self) if weight is None else weight.sum()], dtype=np.float64)
        return np.bincount(self.cell, weight, len(self.table)).astype(np.float64, copy=False)

    def _own_by_cell(self, weight: Array | None) -> Array:
        """Sums of the numbers by cell: cells x numbers."""
        if len(self.table) == 1:
            return (self.own.sum(axis=0) if weight is None else weight @ self.own)[None]
        sums = np.empty((len(self.table), self.own.shape[1]))
        for j, column in enumerate(self.own.T):
            sums[:, j] = np.bincount(self.cell, column if weight is None else column * weight, len(self.table))
        return sums

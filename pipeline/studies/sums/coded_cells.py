"""Cells of two arms with their covariates coded, by the very rules by which rows are: see `adjusted`."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.studies.contrasts.adjusted import pooled_names, shared_by_all
from pipeline.studies.estimators.dropout import Seen
from pipeline.studies.estimators.effect import Array, Codes, Withheld
from pipeline.studies.estimators.inputs import shown_levels
from pipeline.studies.estimators.reasons import Reason
from pipeline.studies.estimators.words import Words
from pipeline.studies.people.characteristics import WITHIN
from pipeline.studies.people.frame import KNOWN
from pipeline.studies.people.person_rows import MILLI
from pipeline.studies.sums.cells import PersonCells


@dataclass(frozen=True)
class CodedCells:
    """Those `kept` of all cells (1 in `arm` for the arm asked about), each with a row of the design.

    A person's covariates are `fixed` (cells x columns) plus `slope` (columns x numbers) times what the person's numbers
    are above their centres, in thousandths. `left_out` says which covariates were not used, `n_alone` how many people.
    """

    kept: Seen
    arm: Codes
    names: tuple[str, ...]
    fixed: Array
    slope: Array
    left_out: tuple[tuple[str, Reason], ...]
    n_alone: int


def coded_cells(cells: PersonCells, arm: str, reference: str) -> CodedCells:
    """The people of two arms, without those of a kind that only one of them has."""
    one, zero = (cells.arm == cells.arms.index(code) for code in (arm, reference))
    words, numbers = _words(cells), _numbers(cells)
    kept = shared_by_all(tuple(words.values()), one, zero)
    seen = (cells.pattern >> (len(cells.rows.weeks) - 1)) & 1 == 1
    n_alone = int(cells.n[(one | zero) & ~kept].sum())
    made = _Made(cells, kept, [kept & seen & one, kept & seen & zero])
    for name in _order(cells, words):
        made.add_words(name, words[name]) if name in words else made.add_number(name, numbers[name])
    return made.finished(one[kept].astype(np.int64), n_alone)


def _order(cells: PersonCells, words: Mapping[str, Words]) -> list[str]:
    named = (each for name in cells.rows.names for each in (name, f"{name}_known"))
    return [name for name in named if name in words or name in cells.rows.numbers]


def _words(cells: PersonCells) -> dict[str, Words]:
    """Every word, and for each number that somebody lacks, whether it is known."""
    lacking = {name: known for name, known in cells.known.items() if not known.all()}
    return {**cells.words, **{f"{name}_known": Words.coded(known, KNOWN) for name, known in lacking.items()}}


def _numbers(cells: PersonCells) -> dict[str, Array]:
    """Per cell what to add to a person's number above its centre: the rest of it, less the mean of its word where it
    counts from there; the mean of everybody where it is not known."""
    found = {}
    for j, name in enumerate(cells.rows.numbers):
        known = cells.known[name] == 1
        people, total = cells.n * known, (cells.first[:, j] + cells.n * cells.centre[j]) * known / MILLI
        rest = np.full(len(known), cells.centre[j] / MILLI)
        if name in WITHIN:
            word = cells.words[WITHIN[name]]
            size = np.bincount(word.code, weights=people, minlength=len(word.levels))
            whole = np.bincount(word.code, weights=total, minlength=len(word.levels))
            rest -= (whole / np.maximum(size, 1))[word.code]
        everybody = (cells.first[:, j] / MILLI + people * rest)[known].sum() / max(people.sum(), 1)
        found[name] = np.where(known, rest, everybody)
    return found


class _Made:
    """The columns, one after the other."""

    def __init__(self, cells: PersonCells, kept: Seen, seen: list[Seen]) -> None:
        self._cells, self._kept, self._seen, self._n = cells, kept, seen, cells.n[kept]
        self._names, self._fixed, self._slope = list[str](), list[Array](), list[Array]()
        self._left_out, self._gone = list[tuple[str, Reason]](), list[tuple[str, Reason]]()

    def add_words(self, name: str, words: Words) -> None:
        people = _people(words, self._cells.n, self._kept)
        names = pooled_names(words.levels, people, [_people(words, self._cells.n, seen) for seen in self._seen])
        levels = tuple(sorted(set(names)))
        code = np.array([levels.index(called) for called in names], dtype=np.int64)[words.code[self._kept]]
        fewer = np.bincount(code, weights=self._n, minlength=len(levels)).astype(np.int64)
        if np.count_nonzero(people) > 1 and np.count_nonzero(fewer) == 1:
            self._gone.append((name, "too_few_of_a_kind"))
            return
        shown = shown_levels(fewer)
        if isinstance(shown, Withheld):
            self._left_out.append((name, shown.reason))
            return
        for level in shown:
            self._add(f"{name}={levels[level]}", (code == level).astype(np.float64), None)

    def add_number(self, name: str, rest: Array) -> None:
        j = self._cells.rows.numbers.index(name)
        mean = self._cells.first[self._kept, j] / self._n / MILLI + rest[self._kept]
        if np.ptp(mean) == 0 and not np.isin(self._cells.cell[self._kept], self._cells.of.varying(name)).any():
            self._left_out.append((name, "one_level"))
        else:
            self._add(name, rest[self._kept] - float(self._n @ mean / self._n.sum()), j)

    def _add(self, name: str, fixed: Array, number: int | None) -> None:
        slope = np.zeros(len(self._cells.rows.numbers))
        if number is not None:
            slope[number] = 1 / MILLI
        self._names.append(name)
        self._fixed.append(fixed)
        self._slope.append(slope)

    def finished(self, arm: Codes, n_alone: int) -> CodedCells:
        columns, numbers = len(self._names), len(self._cells.rows.numbers)
        fixed = np.array(self._fixed).reshape(columns, len(arm)).T
        slope = np.array(self._slope).reshape(columns, numbers)
        left_out = (*self._left_out, *self._gone)
        return CodedCells(self._kept, arm, tuple(self._names), fixed, slope, left_out, n_alone)


def _people(words: Words, n: Array, own: Seen) -> Codes:
    return np.bincount(words.code[own], weights=n[own], minlength=len(words.levels)).astype(np.int64)

"""What of one table of one clinic may be released now, given what was released before.

People are divided into cells; how many there are in all is taken as known. Four rules:

primary        a cell of few people is suppressed
differencing   a cell that was shown is shown anew only if it differs from every earlier release of it by nobody, or by
               so many that the difference of the two speaks of no few; else it stays as it was released
dominance      a mean times its people is a sum, and two means are the sum of those who changed: neither may rest on one
               or two people
complementary  whom the cells that are not shown anew speak of must be many, or the total minus the rest tells them:
               while they are few, one more cell is withheld, the one that costs least

Hundepool, A. et al. (2012). Statistical Disclosure Control, chapter 4 (primary and secondary suppression) and 6.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from pipeline.disclosure.policy import Policy
from pipeline.disclosure.side_by_side import Earlier

MIN_CELLS = 2
"""Cells that must hold somebody for those that hold nobody to hide behind the rounding (judgement)."""

State = Literal["shown", "kept", "suppressed"]
"""`kept` is as released before: nothing new is said. A reader is told no more than the state, for which of the rules
it was would tell how many there are."""


@dataclass(frozen=True)
class Put:
    """What people put into a sum, by size without a sign: all of it, the largest part and the next; and the same of the
    sum of squares, where it is told besides."""

    total: float = 0.0
    first: float = 0.0
    second: float = 0.0
    squares: float = 0.0
    first_square: float = 0.0
    second_square: float = 0.0

    def __add__(self, other: "Put") -> "Put":
        first, second = sorted((self.first, self.second, other.first, other.second), reverse=True)[:2]
        squares = (self.first_square, self.second_square, other.first_square, other.second_square)
        first_square, second_square = sorted(squares, reverse=True)[:2]
        total, of_squares = self.total + other.total, self.squares + other.squares
        return Put(total, first, second, of_squares, first_square, second_square)

    def is_dominated(self, policy: Policy) -> bool:
        """Whether the sums tell what one of them put in. A sum of nothing tells nothing."""
        return (self.total > 0 and policy.is_dominated(self.total, self.first, self.second)) or (
            self.first_square > 0 and policy.is_told_by_squares(self.squares, self.first_square, self.second_square)
        )


NOTHING = Put()


@dataclass(frozen=True)
class Cell:
    """`n` people now; `changed` of the last release joined, left or have another value since, if it `was_shown`.

    `changed_elsewhere`: the same since what was released last under another profile, None where nothing was.
    `whole` is what is in the cell's sum now, `change` by what it differs from that of the last release. `is_divided`:
    another table divides this cell, and is lost with it. `earlier` and `earlier_elsewhere`: the same as `changed` with
    `change`, and as `changed_elsewhere`, for each release before the last. `by_another_rule`: by how
    many people at least it differs from what was released while the home followed another profile, None if nothing was.
    `is_kins`: all of these releases are another clinic's, so that no figure stands for this one.
    """

    code: str
    n: int
    was_shown: bool = False
    changed: int = 0
    changed_elsewhere: int | None = None
    whole: Put = NOTHING
    change: Put = NOTHING
    is_divided: bool = False
    earlier: tuple[tuple[int, Put], ...] = ()
    earlier_elsewhere: tuple[int, ...] = ()
    by_another_rule: int | None = None
    is_kins: bool = False

    @property
    def since(self) -> tuple[tuple[int, Put], ...]:
        """People and sum by which it differs from each release of it, the closest first; empty if it never was."""
        all_of_them = ((self.changed, self.change), *self.earlier) if self.was_shown else ()
        return tuple(sorted(all_of_them, key=lambda since: since[0]))

    @property
    def since_elsewhere(self) -> tuple[int, ...]:
        """People by which it differs from each release under another profile, the fewest first."""
        elsewhere = self.changed_elsewhere
        return () if elsewhere is None else tuple(sorted((elsewhere, *self.earlier_elsewhere)))


def decide(
    cells: Sequence[Cell],
    policy: Policy,
    *,
    is_released_above: bool = True,
    fewest_elsewhere: int | None = None,
    already: AbstractSet[str] = frozenset(),
    has_sum_above: bool = False,
    earlier: Sequence[tuple[Earlier, int]] = (),
) -> dict[str, State]:
    """The state of each cell, by code.

    `is_released_above`: the group that these cells divide is itself shown anew. `fewest_elsewhere`: by how many people
    at least a cell must differ from what another profile released of it; the policy's own threshold if not given.
    `already`: cells that a stricter profile shows anew in this very version, so that withholding them hides nothing.
    `has_sum_above`: the mean of all these cells together is released, so that the means shown tell that of the rest.
    """
    if not is_released_above:
        return {cell.code: _not_anew(cell) for cell in cells}
    elsewhere = policy.threshold if fewest_elsewhere is None else fewest_elsewhere
    states = {c.code: "shown" if c.code in already else _alone(c, policy, elsewhere) for c in cells}
    while True:
        hidden = [cell for cell in cells if states[cell.code] != "shown"]
        tells_few = _tells_few(cells, hidden, policy, has_sum_above=has_sum_above)
        tells_few = tells_few or _tells_few_since(hidden, elsewhere)
        news_hidden = {cell.code for cell in hidden if _is_news(cell)}
        tells_few = tells_few or any(release.leaves_few(news_hidden, fewest) for release, fewest in earlier)
        news = [c for c in cells if c not in hidden and c.code not in already and _tells_something(c)]
        if not tells_few or not news:
            break
        cheapest = min(news, key=lambda cell: (cell.is_divided, _hidden(cell), cell.code))
        states[cheapest.code] = _not_anew(cheapest)
    return states


def _alone(cell: Cell, policy: Policy, fewest_elsewhere: int) -> State:
    """Primary suppression, differencing and dominance: what can be said of the cell by itself."""
    if any(0 < people < policy.threshold or change.is_dominated(policy) for people, change in cell.since):
        return "kept"
    if cell.by_another_rule is not None and (cell.changed or cell.is_kins) and cell.by_another_rule < policy.threshold:
        return "kept"  # told by two rules, a count is told by the finer one
    if any(0 < people < fewest_elsewhere for people in cell.since_elsewhere):
        return _not_anew(cell)
    return _not_anew(cell) if policy.is_small(cell.n) or cell.whole.is_dominated(policy) else "shown"


def _not_anew(cell: Cell) -> State:
    return "kept" if cell.was_shown else "suppressed"


def _is_news(cell: Cell) -> bool:
    """A cell that is as it was in some release tells nothing that is not known."""
    return not cell.was_shown or cell.since[0][0] > 0


def _hidden(cell: Cell) -> int:
    """Of how many people nothing new is told when the cell is not shown anew: those since the closest release."""
    return cell.since[0][0] if cell.was_shown else cell.n


def _tells_something(cell: Cell) -> bool:
    """Whether withholding the cell would hide anybody."""
    return (_is_news(cell) and _hidden(cell) > 0) or any(cell.since_elsewhere)


def _tells_few_since(hidden: Sequence[Cell], fewest: int) -> bool:
    """Whether the total minus the cells shown speaks of few, to those who know what another profile released."""
    known = any(cell.since_elsewhere for cell in hidden)
    return known and 0 < _fewest([cell.since_elsewhere or (cell.n,) for cell in hidden]) < fewest


def _fewest(differences: Sequence[Sequence[int]]) -> int:
    """The fewest people, but not nobody, by whom these cells together can differ from one release of each of them.

    `differences`: for each cell, from each of its releases, the fewest first.
    """
    return sum(of[0] for of in differences) or min((people for of in differences for people in of if people), default=0)


def _tells_few(cells: Sequence[Cell], withheld: Sequence[Cell], policy: Policy, *, has_sum_above: bool) -> bool:
    """Whether the total minus the cells shown speaks of few people, or rests on one of them.

    Of nobody it may speak, for rounding leaves open whether there are some; but not where a single cell holds
    everybody, for that tells something of each of them, nor where counts are told as they are and a zero is not.
    """
    if 0 < _fewest([sorted((cell.n, *(n for n, _ in cell.since))) for cell in withheld]) < policy.threshold:
        return True
    hidden = [cell for cell in withheld if _is_news(cell)]
    if hidden and sum(map(_hidden, hidden)) == 0:
        return policy.round_to == 1 or sum(cell.n > 0 for cell in cells) < MIN_CELLS
    puts = (cell.since[0][1] if cell.was_shown else cell.whole for cell in hidden)
    return has_sum_above and _sum(puts).is_dominated(policy)


def _sum(puts: Iterable[Put]) -> Put:
    return sum(puts, NOTHING)

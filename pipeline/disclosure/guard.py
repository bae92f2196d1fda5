"""What of one table of one clinic may be released now, given what was released before.

People are divided into cells; how many there are in all is taken as known. Three rules:

primary        a cell of few people is suppressed
differencing   a cell that was shown is shown anew only if nobody in it changed, or so many that the difference of the
               two releases speaks of no few; else it stays as it was released
complementary  whom the cells that are not shown anew speak of must be many, or the total minus the rest tells them:
               while they are few, one more cell is withheld, the one that costs least

Hundepool, A. et al. (2012). Statistical Disclosure Control, chapter 4 (primary and secondary suppression) and 6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.disclosure.policy import Policy

MIN_CELLS = 2
"""Cells that must hold somebody for those that hold nobody to hide behind the rounding (judgement)."""

State = Literal["shown", "kept", "suppressed"]
"""`kept` is as released before: nothing new is said. A reader is told no more than the state, for which of the rules
it was would tell how many there are."""


@dataclass(frozen=True)
class Cell:
    """`n` people now; `changed` of the last release joined, left or have another value since, if it `was_shown`."""

    code: str
    n: int
    was_shown: bool = False
    changed: int = 0


def decide(cells: Sequence[Cell], policy: Policy, *, is_released_above: bool = True) -> dict[str, State]:
    """The state of each cell, by code. `is_released_above`: the group that these cells divide is itself shown anew."""
    if not is_released_above:
        return {cell.code: _not_anew(cell) for cell in cells}
    states = {cell.code: _alone(cell, policy) for cell in cells}
    while _tells_few(cells, states, policy):
        news = [cell for cell in cells if states[cell.code] == "shown" and _is_news(cell)]
        if not news:
            break
        cheapest = min(news, key=lambda cell: (_hidden(cell), cell.code))
        states[cheapest.code] = _not_anew(cheapest)
    return states


def _alone(cell: Cell, policy: Policy) -> State:
    """Primary suppression and differencing: what can be said of the cell by itself."""
    if cell.was_shown and 0 < cell.changed < policy.threshold:
        return "kept"
    return _not_anew(cell) if policy.is_small(cell.n) else "shown"


def _not_anew(cell: Cell) -> State:
    return "kept" if cell.was_shown else "suppressed"


def _is_news(cell: Cell) -> bool:
    return not cell.was_shown or cell.changed > 0


def _hidden(cell: Cell) -> int:
    """Of how many people nothing new is told when the cell is not shown anew."""
    return cell.changed if cell.was_shown else cell.n


def _tells_few(cells: Sequence[Cell], states: Mapping[str, State], policy: Policy) -> bool:
    """Whether the total minus the cells shown speaks of few people.

    Of nobody it may speak, for rounding leaves open whether there are some; but not where a single cell holds
    everybody, for that tells something of each of them.
    """
    hidden = [cell for cell in cells if states[cell.code] != "shown" and _is_news(cell)]
    people = sum(map(_hidden, hidden))
    if hidden and people == 0:
        return sum(cell.n > 0 for cell in cells) < MIN_CELLS
    return bool(hidden) and people < policy.threshold

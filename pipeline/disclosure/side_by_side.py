"""Two releases of a table side by side: whether adding and subtracting what the two tell leaves few people.

A release tells groups of people: each cell that it shows, and all that it withholds together, which are the total less
the rest. Taken together, groups of one less groups of the other leave those people who stand in the one sum and not in
the other. Nobody needs to try all of the sums: where many people are in a group then and in a group now, one of the
two without the other leaves these many. So the two are taken as one, and so on, until no two are tied by many;
whoever still ties two of them can perhaps be told from everybody else.

Padberg, M. and Rinaldi, G. (1990). An efficient algorithm for the minimum capacity cut problem. Mathematical
Programming 47:19-36 (their first test for what may be contracted).
"""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

REST = "rest:"
"""Begins the name of all that a release withheld of a table; the codes of its cells follow, with commas."""

_OUTSIDE = ("", "")
_Node = tuple[str, str]


def rest_of(codes: AbstractSet[str]) -> str:
    """The name of these cells taken together.

    >>> rest_of({"mild", "severe"})
    'rest:mild,severe'
    """
    return REST + ",".join(sorted(codes))


def withholds_sql(rest: str, cell: str) -> str:
    """SQL: whether a cell is among those that `rest`, a name of `rest_of`, takes together."""
    return f"list_contains(string_split(substr({rest}, {len(REST) + 1}), ','), {cell})"


@dataclass(frozen=True)
class Earlier:
    """One earlier release of a table: how many people were in a group of it and are in a cell now.

    The group is a cell's code, the name of what was withheld, or None for those who were in none; the cell is None for
    those who left, and for those whose result is another one.
    """

    people: Mapping[tuple[str | None, str | None], int]

    def leaves_few(self, withheld: AbstractSet[str], fewest: int) -> bool:
        """Whether fewer than `fewest` people, but not nobody, may be left where the cells `withheld` are told as one
        today and every other by itself. It errs to yes.

        >>> side = Earlier({("a", "a"): 40, ("rest:b,c", "b"): 12, ("rest:b,c", "c"): 4, (None, "c"): 3})
        >>> side.leaves_few({"b", "c"}, 11), side.leaves_few({"a", "b", "c"}, 11)
        (True, True)
        >>> Earlier({**side.people, (None, "a"): 8}).leaves_few({"a", "b", "c"}, 11)
        False
        """
        merged: dict[_Node, _Node] = {}

        def group(node: _Node) -> _Node:
            while node in merged:
                node = merged[node]
            return node

        ties = Counter[tuple[_Node, _Node]]()
        for (then, now), people in self.people.items():
            cell = "" if now in withheld else now
            ties[_OUTSIDE if then is None else ("then", then), _OUTSIDE if cell is None else ("now", cell)] += people
        while True:
            between = Counter[tuple[_Node, _Node]]()
            for pair, people in ties.items():
                one, other = sorted(map(group, pair))
                if one != other:
                    between[one, other] += people
            many = next((pair for pair, people in between.items() if people >= fewest), None)
            if many is None:
                return any(between.values())
            merged[many[1]] = many[0]
            ties = between

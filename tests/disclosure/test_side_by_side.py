"""Two releases side by side: no sum of groups less another leaves few people, tried with all of them."""

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.disclosure.side_by_side import Earlier

THEN, NOW, FEWEST = ("a", "b", "rest:c,d"), ("a", "b", "c"), 5

PEOPLE = st.dictionaries(
    st.tuples(st.sampled_from((None, *THEN)), st.sampled_from((None, *NOW))), st.integers(1, 12), max_size=8
).map(lambda people: {tie: n for tie, n in people.items() if tie != (None, None)})


def differences(people: dict[tuple[str | None, str | None], int], withheld: frozenset[str]) -> set[int]:
    """How many stand in a sum of groups then and not in one now, or the other way round: for all sums of either."""
    groups = [(cell,) for cell in NOW if cell not in withheld] + ([tuple(withheld)] if withheld else [])
    return {
        sum(n for (then, now), n in people.items() if (then in one) != (now in chain(*other)))
        for one in (set(chosen) for i in range(len(THEN) + 1) for chosen in combinations(THEN, i))
        for other in ([*chosen] for i in range(len(groups) + 1) for chosen in combinations(groups, i))
    }


@given(PEOPLE, st.sets(st.sampled_from(NOW)).map(frozenset))
def test_what_is_said_to_leave_nobody_alone_does_not(
    people: dict[tuple[str | None, str | None], int], withheld: frozenset[str]
) -> None:
    leaves_few = any(0 < n < FEWEST for n in differences(people, withheld))
    assert Earlier(people).leaves_few(withheld, FEWEST) or not leaves_few


def test_what_is_withheld_twice_may_not_have_grown_by_few() -> None:
    grown = Earlier({("a", "a"): 60, (None, "a"): 20, ("rest:b,c", "b"): 9, ("rest:b,c", "c"): 8, (None, "c"): 3})
    assert grown.leaves_few({"b", "c"}, 11)
    many = Earlier({**grown.people, (None, "b"): 8})
    assert not many.leaves_few({"b", "c"}, 11)


def test_a_cell_told_later_may_not_be_all_but_few_of_what_was_withheld() -> None:
    """Twenty were withheld with three others; told as twenty, they leave the three."""
    assert Earlier({("rest:b,c", "b"): 20, ("rest:b,c", "c"): 3, ("a", "a"): 40, (None, "c"): 20}).leaves_few(set(), 11)

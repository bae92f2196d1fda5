"""What may be released of one table, given what was released before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.disclosure.guard import Cell, decide
from pipeline.disclosure.policy import OWN_CLINIC, PROFILES, STRICT, Policy


def states(*cells: tuple[int, bool, int], policy: Policy = STRICT, above: bool = True) -> list[str]:
    """The states of cells given as (people now, shown before, changed since), in their order."""
    named = [Cell(str(i), *cell) for i, cell in enumerate(cells)]
    return list(decide(named, policy, is_released_above=above).values())


def first(*counts: int) -> list[str]:
    return states(*((n, False, 0) for n in counts))


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((40, 30), ["shown", "shown"]),
        ((40, 10), ["suppressed", "suppressed"]),  # the second is the total minus the first
        ((40, 30, 3), ["shown", "suppressed", "suppressed"]),  # the smaller one goes with it
        ((40, 6, 5), ["shown", "suppressed", "suppressed"]),  # eleven together: they hide each other
        ((40, 30, 0), ["shown", "shown", "suppressed"]),  # rounding leaves open whether there is somebody
        ((40, 0), ["suppressed", "suppressed"]),  # all of them in one cell tells something of each
        ((10,), ["suppressed"]),
        ((11,), ["shown"]),
    ],
)
def test_a_first_release_hides_small_cells_and_what_would_tell_them(
    counts: tuple[int, ...], expected: list[str]
) -> None:
    assert first(*counts) == expected


def test_a_cell_is_shown_anew_once_enough_people_changed() -> None:
    assert states((50, True, 10), (80, True, 30)) == ["kept", "kept"]  # the other one gives way: ten are too few
    assert states((50, True, 11), (80, True, 30)) == ["shown", "shown"]
    assert states((50, True, 0), (80, True, 30)) == ["shown", "shown"]


def test_what_was_shown_is_never_taken_back_but_kept() -> None:
    assert states((4, True, 30), (80, True, 30)) == ["kept", "shown"]


def test_nothing_is_shown_anew_below_what_is_not() -> None:
    assert states((50, True, 30), (80, False, 0), above=False) == ["kept", "suppressed"]


def test_where_zeros_may_be_told_an_empty_cell_hides_nothing() -> None:
    assert states((40, False, 0), (0, False, 0), policy=OWN_CLINIC) == ["shown", "shown"]
    assert states((40, False, 0), (2, False, 0), policy=OWN_CLINIC) == ["suppressed", "suppressed"]


CELLS = st.lists(
    st.tuples(st.integers(0, 60), st.booleans(), st.integers(0, 40)).map(lambda c: c if c[1] else (c[0], False, 0)),
    min_size=1, max_size=8,
)  # fmt: skip


@given(CELLS, st.sampled_from([*PROFILES.values()]))
def test_no_difference_and_no_remainder_speaks_of_few(cells: list[tuple[int, bool, int]], policy: Policy) -> None:
    """Whatever is news speaks of many, and so does all that is not told."""
    found = states(*cells, policy=policy)
    news = [c for c, state in zip(cells, found, strict=True) if state == "shown" and (not c[1] or c[2])]
    hidden = [c for c, state in zip(cells, found, strict=True) if state != "shown" and (not c[1] or c[2])]
    for n, was_shown, changed in news:
        assert n >= policy.threshold or (n == 0 and policy.are_zeros_shown)
        assert not was_shown or changed >= policy.threshold
    if news and hidden:
        people = sum(changed if was_shown else n for n, was_shown, changed in hidden)
        assert people >= policy.threshold or (people == 0 and sum(n > 0 for n, _, _ in cells) > 1)


@given(CELLS)
def test_only_what_was_shown_is_kept(cells: list[tuple[int, bool, int]]) -> None:
    for (_, was_shown, _), state in zip(cells, states(*cells), strict=True):
        assert state in ({"shown", "kept"} if was_shown else {"shown", "suppressed"})

"""What may be released of one table, given what was released before."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from pipeline.disclosure.guard import NOTHING, Cell, Put, decide
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
    assert states((4, True, 30), (80, True, 30), (50, True, 20)) == ["kept", "shown", "kept"]


def test_what_is_kept_may_not_be_few_now_either() -> None:
    """Told to be fifty once, and four today: the total less the others would tell."""
    assert states((4, True, 46), (80, True, 30)) == ["kept", "kept"]


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


HISTORIES = st.lists(st.tuples(st.integers(0, 60), st.lists(st.integers(0, 30), max_size=3)), min_size=1, max_size=6)


@given(HISTORIES)
def test_no_release_however_old_differs_by_few(cells: list[tuple[int, list[int]]]) -> None:
    """Of what is shown, nor of what the total less that leaves, whichever release of each cell it is held against."""
    named = [
        Cell(str(i), n, bool(since), *since[:1], earlier=tuple((people, NOTHING) for people in since[1:]))
        for i, (n, since) in enumerate(cells)
    ]
    found = decide(named, STRICT)
    shown = [cell for cell in named if found[cell.code] == "shown"]
    hidden = [cell for cell in named if cell not in shown]
    assert not [cell for cell in shown for people, _ in cell.since if 0 < people < STRICT.threshold]
    if any(cell.n if not cell.since else cell.since[0][0] for cell in shown):
        ways = product(*([people for people, _ in cell.since] or [cell.n] for cell in hidden))
        assert not [way for way in ways if 0 < sum(way) < STRICT.threshold]


@given(CELLS)
def test_only_what_was_shown_is_kept(cells: list[tuple[int, bool, int]]) -> None:
    for (_, was_shown, _), state in zip(cells, states(*cells), strict=True):
        assert state in ({"shown", "kept"} if was_shown else {"shown", "suppressed"})


def test_one_person_may_not_make_a_sum_nor_what_two_differ_by() -> None:
    alike, one = Put(1000, 60, 50), Put(1000, 900, 20)
    assert states_of(Cell("a", 40, whole=alike), Cell("b", 40)) == ["shown", "shown"]
    assert states_of(Cell("a", 40, whole=one), Cell("b", 40)) == ["suppressed", "shown"]
    grown = Cell("a", 60, was_shown=True, changed=20, whole=alike, change=one)
    assert states_of(grown, Cell("b", 40, was_shown=True)) == ["kept", "shown"]


def test_what_is_left_of_a_sum_above_may_not_be_one_persons_either() -> None:
    """The means shown, taken off the mean of all, tell that of the rest: twelve people, of whom one makes it."""
    rest = [Cell("b", 6, whole=Put(950, 900, 20)), Cell("c", 6, whole=Put(60, 20, 15))]
    others = [Cell("a", 40, whole=Put(900, 60, 50)), Cell("d", 30, whole=Put(800, 60, 50))]
    assert states_of(*others, *rest) == ["shown", "shown", "suppressed", "suppressed"]
    assert states_of(*others, *rest, has_sum_above=True) == ["shown", "suppressed", "suppressed", "suppressed"]


def states_of(*cells: Cell, has_sum_above: bool = False) -> list[str]:
    return list(decide(cells, STRICT, has_sum_above=has_sum_above).values())


def test_a_cell_that_a_table_divides_is_withheld_last() -> None:
    cells = [Cell("seen", 20, is_divided=True), Cell("not_seen", 25), Cell("not_due", 4)]
    assert states_of(*cells) == ["shown", "suppressed", "suppressed"]


def test_counts_told_as_they_are_leave_no_zero_open() -> None:
    """Nothing is rounded under UK LLC, and a zero is small: the rest less the cells shown would be that zero."""
    assert states((40, False, 0), (30, False, 0), (0, False, 0), policy=PROFILES["ukllc"]) == [
        "shown", "suppressed", "suppressed",
    ]  # fmt: skip
    assert first(40, 30, 0) == ["shown", "shown", "suppressed"]


def test_a_count_told_to_others_less_than_five_ago_is_not_told_for_own_eyes() -> None:
    cells = [
        Cell("a", 52, changed_elsewhere=3),
        Cell("b", 40, changed_elsewhere=9),
        Cell("c", 60, changed_elsewhere=30),
    ]
    found = list(decide(cells, OWN_CLINIC, fewest_elsewhere=5).values())
    assert found == ["suppressed", "suppressed", "shown"]  # the total less b and c would tell the three


def test_what_a_stricter_profile_shows_is_not_withheld() -> None:
    cells = [Cell("a", 12), Cell("b", 60), Cell("c", 2)]
    assert list(decide(cells, OWN_CLINIC).values()) == ["suppressed", "shown", "suppressed"]
    assert list(decide(cells, OWN_CLINIC, already={"a"}).values()) == ["shown", "suppressed", "suppressed"]


@given(st.lists(st.integers(1, 40), min_size=2, max_size=6), st.sampled_from([STRICT, OWN_CLINIC, PROFILES["cms"]]))
def test_no_solver_withholds_fewer_cells_or_people(counts: list[int], policy: Policy) -> None:
    """HiGHS over all choices that hide the small cells and leave a rest of many, or nobody."""
    found = list(decide([Cell(str(i), n) for i, n in enumerate(counts)], policy).values())
    n = np.array(counts, dtype=np.float64)
    small = np.array([policy.is_small(count) for count in counts])
    if not small.any():
        assert set(found) == {"shown"}
        return
    withheld = np.array([state != "shown" for state in found])
    if n.sum() < policy.threshold:
        assert withheld.all()
        return
    cost = 1000.0 + n  # cells first, then people
    best = milp(
        cost, constraints=LinearConstraint(n[None, :], policy.threshold), integrality=np.ones_like(n),
        bounds=Bounds(small.astype(np.float64), 1),
    )  # fmt: skip
    assert best.success
    assert cost[withheld].sum() == pytest.approx(best.fun)

"""Parts that are worked out at the same time."""

import threading

import duckdb
import pytest

from pipeline.studies.contrasts.side_by_side import side_by_side
from pipeline.studies.estimators.once import once


def test_each_part_stands_in_its_place_whatever_the_number_of_threads() -> None:
    with duckdb.connect() as con:
        for threads in (1, 2, 4):
            con.execute(f"SET threads = {threads}")
            assert side_by_side(con, lambda: "first", [lambda: 1, lambda: 2, lambda: 3]) == ("first", [1, 2, 3])


def test_two_parts_run_at_the_same_time() -> None:
    met = threading.Barrier(2)
    with duckdb.connect(config={"threads": 2}) as con:
        first, others = side_by_side(con, lambda: met.wait(60), [lambda: met.wait(60)])
    assert {first, *others} == {0, 1}


def test_what_a_part_raises_is_raised() -> None:
    def fails() -> int:
        raise ZeroDivisionError

    with duckdb.connect() as con, pytest.raises(ZeroDivisionError):
        side_by_side(con, lambda: 1, [fails])


class _Counted:
    def __init__(self) -> None:
        self.times, self.met = 0, threading.Barrier(2)

    @once
    def value(self) -> int:
        """Of this one."""
        self.times += 1
        return self.times

    @once
    def together(self) -> int:
        return self.met.wait(60)


def test_a_value_is_found_once_for_each_object() -> None:
    one, other = _Counted(), _Counted()
    assert (one.value, one.value, one.times, other.times) == (1, 1, 1, 0)
    assert _Counted.value.__doc__ == "Of this one."


def test_a_value_is_not_waited_for_while_another_thread_finds_it() -> None:
    one = _Counted()
    with duckdb.connect(config={"threads": 2}) as con:
        first, others = side_by_side(con, lambda: one.together, [lambda: one.together])
    assert {first, *others} == {0, 1}

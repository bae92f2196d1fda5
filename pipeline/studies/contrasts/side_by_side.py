"""Work that does not hang together, done at the same time: numpy lets other threads work while it does.

Each part is worked out by one thread from beginning to end, so that it comes out to the same bits however many there
are.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import duckdb

First = TypeVar("First")
Found = TypeVar("Found")


def side_by_side(
    con: duckdb.DuckDBPyConnection, first: Callable[[], First], others: Sequence[Callable[[], Found]]
) -> tuple[First, list[Found]]:
    """What `first` gives, and what each of the others does, which must not use the connection.

    As many at a time as the connection may have threads. Raises what the first of them raises that fails.
    """
    threads = con.execute("SELECT current_setting('threads')").fetchall()[0][0]
    with ThreadPoolExecutor(threads) as pool:
        begun = pool.submit(first)
        waiting = [pool.submit(other) for other in others]
        return begun.result(), [one.result() for one in waiting]

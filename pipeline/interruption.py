"""Ctrl-C: it ends the work by KeyboardInterrupt, so that scratch is swept and the ledger told."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

EXIT_CODE = 128 + signal.SIGINT
"""130: what shells report for a program that Ctrl-C ended."""


@contextmanager
def noting_interrupts() -> Iterator[list[int]]:
    """The interrupts that came. They are written down because DuckDB turns the exception into a
    RuntimeError inside a query.

    Where interrupts are ignored, as in a script's background job, they stay ignored. A running query may
    hear of one only when its current step ends; SIGTERM therefore keeps its own way and ends the process at
    once, and the next run sweeps up.
    """
    seen: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        seen.append(number)
        raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    if before == signal.SIG_IGN or threading.current_thread() is not threading.main_thread():
        yield seen
        return
    signal.signal(signal.SIGINT, stop)
    try:
        yield seen
    finally:
        signal.signal(signal.SIGINT, before)


def ignore_further() -> None:
    """For the time that the end is being told: a second Ctrl-C must not break it off."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)

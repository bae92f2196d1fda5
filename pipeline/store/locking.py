"""One run at a time in one home."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import LockedError, UsageError


@contextmanager
def lock(home: Path) -> Iterator[None]:
    """Hold the home for one run. The kernel gives the lock back when the process ends, however it ends.

    Raises LockedError naming the holder, UsageError where the home cannot be made.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(home / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UsageError(f"home {home} cannot be used: {error.strerror}; name another with --home") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(
                f"home {home} is locked by {_holder(handle)}; wait until that run ends, then run again"
            ) from None
        started = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"pid": os.getpid(), "started_at": started}).encode(), 0)
        yield
    finally:
        os.close(handle)


def _holder(handle: int) -> str:
    try:
        fact = json.loads(os.pread(handle, 200, 0))
        return f"process {int(fact['pid'])}, started {fact['started_at']}"
    except (ValueError, KeyError):  # the holder has locked, but not written yet
        return "another process that has just started"

"""Room for what is unpacked and spilled: a file that needs more than the machine has is refused, and the run goes on.

No ratio tells a bomb: a year of one clinic's CSV shrinks to a hundredth as well. Whatever a file unpacks to is
streamed to the scratch disk and read from there in bounded memory, so all that has to be watched is that disk.
"""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.sources.drop import DataFile
from pipeline.sources.staged import refuse

RESERVE_BYTES = 1 << 30
"""So much of the scratch disk is left to everybody else, and to what the run itself still has to write."""

RESERVE_SHARE = 0.05
"""On a small disk the reserve is this share of it."""

_FULL = (errno.ENOSPC, errno.EDQUOT)
_WHAT_TO_DO = (
    "see that it is what the sender meant to send; if so, set NEEDLING_SCRATCH to a folder on a larger disk, "
    "or send it in parts"
)


def keep_reserve(file: DataFile, folder: Path, n_bytes: int) -> None:
    """Raise RefusedError where unpacking `n_bytes` of a file into `folder` has left less than the reserve."""
    disk = shutil.disk_usage(folder)
    if disk.free < min(RESERVE_BYTES, RESERVE_SHARE * disk.total):
        raise refuse(
            file, f"unpacks to over {n_bytes >> 20} MB, more than the scratch disk has room for; {_WHAT_TO_DO}"
        )


def is_full(problem: OSError) -> bool:
    """Whether a disk, or the user's share of it, has no more room."""
    return problem.errno in _FULL


def tells_of_full_disk(problem: duckdb.Error) -> bool:
    """The same of what the engine says."""
    return isinstance(problem, duckdb.IOException) and "no space left" in str(problem).lower()


@contextmanager
def bounded(file: DataFile) -> Iterator[None]:
    """Refuse one file, rather than end the run, where the disk or the memory it may use does not suffice."""
    try:
        yield
    except (duckdb.OutOfMemoryException, MemoryError):
        told = "needs more memory than the run may use (NEEDLING_MEMORY_MB); send it in parts, or allow more"
        raise refuse(file, told) from None
    except duckdb.IOException as problem:
        if not tells_of_full_disk(problem):
            raise
        raise refuse(file, f"needs more room than the scratch disk has; {_WHAT_TO_DO}") from None
    except OSError as problem:
        if not is_full(problem):
            raise
        raise refuse(file, f"needs more room than the scratch disk has; {_WHAT_TO_DO}") from None

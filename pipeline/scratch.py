"""The private folder of one run: outside the home, readable by its owner only, gone when the run is.

It may hold raw ids. A small watchdog process waits for the run to end, however it ends, and then
removes the folder, so that a killed run leaves nothing behind.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import UsageError

_WATCHDOG = 'read -r _ ; rm -rf -- "$0"'
"""Waits for the end of its input, which the kernel brings about when the run dies."""


@contextmanager
def private_folder(parent: Path) -> Iterator[Path]:
    """A new private folder below `parent`. Raises UsageError where it cannot be made."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="needling-", dir=parent))
    except OSError as problem:
        raise UsageError(
            f"no scratch folder can be made in {parent} ({problem.strerror}); "
            "set NEEDLING_SCRATCH to a folder you may write"
        ) from problem
    watchdog = subprocess.Popen(
        ["/bin/sh", "-c", _WATCHDOG, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield folder
    finally:
        watchdog.communicate()

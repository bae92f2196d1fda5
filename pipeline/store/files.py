"""Writes that a reader never sees half done, and that a power cut does not undo."""

import os
import shutil
import tempfile
from pathlib import Path

from pipeline.errors import NeedlingError

TEMPORARY = ".writing-"
"""Prefix of a file that is being written; a killed run may leave one."""


def write_atomic(path: Path, content: bytes) -> None:
    """Put `content` at `path` so that a reader sees the old file or the new one, also after a power cut.

    Raises NeedlingError where the disk does not take it.
    """
    handle, name = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
        sync(path.parent)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise NeedlingError(
            f"{path} could not be written: {error.strerror}; make room on the disk and run again"
        ) from error


def sync(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(path: Path) -> None:
    """Remove a file, or a folder with all it holds."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()

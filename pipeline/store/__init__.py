"""The home on disk: atomic writes, the lock, immutable versions and the pointer to the current one."""

from pipeline.store.files import sync, write_atomic
from pipeline.store.locking import lock
from pipeline.store.versions import (
    READER_GRACE_SECONDS,
    Version,
    candidate_name,
    current_version,
    discard_docs,
    find_version,
    finish_candidate,
    new_candidate,
    open_reader,
    point_to,
    prune,
    read_manifest,
    rollback,
    sweep,
    versions,
    withdraw,
)

__all__ = [
    "READER_GRACE_SECONDS",
    "Version",
    "candidate_name",
    "current_version",
    "discard_docs",
    "find_version",
    "finish_candidate",
    "lock",
    "new_candidate",
    "open_reader",
    "point_to",
    "prune",
    "read_manifest",
    "rollback",
    "sweep",
    "sync",
    "versions",
    "withdraw",
    "write_atomic",
]

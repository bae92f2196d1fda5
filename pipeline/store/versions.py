"""Immutable versions and the pointer to the current one.

A version is a folder that appears by one rename and never changes afterwards; its path is never
reused. Readers follow `current.json` and reopen when it moves, so no reader ever opens a file that
is being written.
"""

import json
import os
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipeline.config import KEEP_VERSIONS
from pipeline.engine import duckdb as engine
from pipeline.errors import NeedlingError, UsageError
from pipeline.store.files import TEMPORARY, remove, sync, write_atomic

READER_GRACE_SECONDS = 3600
"""How long a version that is no longer current is kept for readers that have not moved on yet:
a notebook or a report run may hold one for as long as it computes."""

_STAMP = "%Y%m%dT%H%M%SZ"
_CANDIDATE = ".candidate-"


@dataclass(frozen=True)
class Version:
    """One published state: a folder with research.duckdb, clinic.duckdb and manifest.json."""

    name: str
    path: Path

    @property
    def research(self) -> Path:
        return self.path / "research.duckdb"

    @property
    def clinic(self) -> Path:
        return self.path / "clinic.duckdb"

    @property
    def manifest(self) -> Path:
        return self.path / "manifest.json"


def versions(home: Path) -> tuple[Version, ...]:
    """Every published version, oldest first."""
    folder = home / "versions"
    if not folder.is_dir():
        return ()
    return tuple(Version(p.name, p) for p in sorted(folder.iterdir()) if p.is_dir() and not p.name.startswith("."))


def current_version(home: Path) -> Version | None:
    """The version that readers should open; None before the first publication.

    Raises UsageError where the pointer cannot be read or points to nothing.
    """
    pointer = home / "current.json"
    try:
        name = str(json.loads(pointer.read_bytes())["version"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise UsageError(f"{pointer} is not readable; point to a version with `needling rollback`") from error
    path = home / "versions" / name
    if not path.is_dir():
        raise UsageError(
            f"{pointer} points to version {name}, which is not there; use `needling rollback` or `needling publish`"
        )
    return Version(name, path)


def find_version(home: Path, name: str | None = None) -> Version:
    """The version of that name, the current one if none is given. Raises UsageError where it is not kept."""
    if name is None:
        current = current_version(home)
        if current is None:
            raise UsageError(f"nothing is published in {home} yet; run: needling run DROP... --home {home}")
        return current
    kept = {version.name: version for version in versions(home)}
    if name not in kept:
        raise UsageError(
            f"version_pruned: version {name!r} is not kept in {home}, so its figures cannot be made again; "
            f"kept are {', '.join(kept) or 'none'}"
        )
    return kept[name]


def read_manifest(version: Version) -> dict[str, Any]:
    """What a version says of itself. Raises NeedlingError where its manifest is missing or damaged."""
    try:
        manifest: dict[str, Any] = json.loads(version.manifest.read_bytes())
        return {**manifest, "version": manifest["version"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NeedlingError(
            f"{version.manifest} is not readable; choose another version with `needling rollback`"
        ) from error


def open_reader(version_path: Path, *, memory_mb: int = engine.READER_MEMORY_MB) -> duckdb.DuckDBPyConnection:
    """Read-only connection to the row-level file of a version's folder."""
    return engine.open_reader(version_path / "research.duckdb", memory_mb=memory_mb)


def new_candidate(home: Path, now: datetime | None = None) -> Path:
    """An empty folder for the next version, named so that it sorts after every version there is.

    Call it under the lock: leftovers of runs that were killed are swept away first.
    """
    sweep(home)
    stamp = (now or datetime.now(UTC)).replace(microsecond=0, tzinfo=UTC)
    published = versions(home)
    if published:  # a clock that went back, or two versions in one second, must not change the order
        last = datetime.strptime(published[-1].name.split("-")[0], _STAMP).replace(tzinfo=UTC)
        stamp = max(stamp, last + timedelta(seconds=1))
    path = home / "versions" / f"{_CANDIDATE}{stamp.strftime(_STAMP)}-{secrets.token_hex(3)}"
    path.mkdir(mode=0o700, parents=True)
    return path


def candidate_name(candidate: Path) -> str:
    """The name the candidate will have as a version."""
    return candidate.name.removeprefix(_CANDIDATE)


def finish_candidate(candidate: Path) -> Version:
    """Turn a complete candidate into a version. It is not current yet: see `point_to`."""
    for file in candidate.iterdir():
        sync(file)
    sync(candidate)
    name = candidate_name(candidate)
    path = candidate.with_name(name)
    candidate.rename(path)
    sync(path.parent)
    return Version(name, path)


def sweep(home: Path) -> int:
    """Remove candidates and half-written files that killed runs left. Only under the lock. Returns how many."""
    leftovers = [*home.glob(f"versions/{_CANDIDATE}*"), *home.glob(f"{TEMPORARY}*"), *home.glob(f"*/{TEMPORARY}*")]
    for path in leftovers:
        remove(path)
    return len(leftovers)


def point_to(home: Path, version: Version) -> None:
    """Make `version` the current one."""
    try:
        left = current_version(home)
    except UsageError:  # a broken pointer is what this repairs
        left = None
    document = {"version": version.name, "path": f"versions/{version.name}"}
    write_atomic(home / "current.json", json.dumps(document, indent=2).encode() + b"\n")
    if left is not None and left.name != version.name:
        os.utime(left.path)  # from now on its readers have READER_GRACE_SECONDS to move on


def rollback(home: Path, name: str | None = None) -> Version:
    """Point to the version before the current one, or to the named one. Raises UsageError where there is none."""
    published = {version.name: version for version in versions(home)}
    if name is not None:
        if name not in published:
            raise UsageError(f"version {name} is not there; there are: {', '.join(published) or 'none'}")
        chosen = published[name]
    else:
        chosen = _before_current(home, tuple(published.values()))
    point_to(home, chosen)
    return chosen


def _before_current(home: Path, published: tuple[Version, ...]) -> Version:
    try:
        current = current_version(home)
    except UsageError:  # the pointer is broken
        current = None
    # without a pointer, as after a withdrawal, the newest version is the way back
    earlier = tuple(v for v in published if current is None or v.name < current.name)
    if not earlier:
        here = current.name if current else "none"
        raise UsageError(f"no version before the current one ({here}) to roll back to; publish with `needling publish`")
    return earlier[-1]


def prune(home: Path, keep: int = KEEP_VERSIONS, now: float | None = None) -> tuple[str, ...]:
    """Remove old versions: never the current one, the newest `keep`, or one that readers may still hold.

    `now` is a Unix time. Returns the names removed.
    """
    current = current_version(home)
    moment = time.time() if now is None else now
    old = [
        version
        for version in versions(home)[: -max(keep, 1)]
        if (current is None or version.name != current.name)
        and moment - version.path.stat().st_mtime >= READER_GRACE_SECONDS
    ]
    for version in old:
        _discard(version)
    return tuple(version.name for version in old)


def withdraw(home: Path, names: tuple[str, ...]) -> None:
    """Remove versions at once, the current one included: somebody in them must be forgotten.

    The pointer goes first, so that nobody is sent to a version that is being removed.
    """
    pointer = home / "current.json"
    if pointer.is_file() and json.loads(pointer.read_bytes())["version"] in names:
        pointer.unlink()
        sync(home)
    for version in versions(home):
        if version.name in names:
            _discard(version)


def discard_docs(home: Path) -> None:
    """Remove the Data Docs, which tell what was measured of people who are gone; the next gate writes new ones."""
    if (home / "docs").is_dir():
        remove(home / "docs")
        sync(home)


def _discard(version: Version) -> None:
    # renamed first: a kill in the middle leaves a candidate, which the next run sweeps, and never half a version
    doomed = version.path.with_name(f"{_CANDIDATE}{version.name}")
    version.path.rename(doomed)
    sync(doomed.parent)
    remove(doomed)

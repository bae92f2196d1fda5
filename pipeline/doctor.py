"""The examination behind `needling doctor`: what is found, whether it will do, and what to mend."""

import importlib
import os
import platform
import shutil
import socket
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from packaging.requirements import Requirement

from pipeline.config import Settings
from pipeline.contract import reference
from pipeline.errors import NeedlingError, UsageError

MIN_PYTHON = (3, 11)
MIN_FREE_GB = 2
"""Room for a version of a million people and its predecessor; below it a run may end half way."""

DISTRIBUTION = "microneedling-outcomes"
REFERENCE_TABLES = (
    "vocabularies", "instruments", "instrument_units", "units", "stages", "depth_bands", "frequency_bands", "schedules",
    "visits", "age_bands", "landmarks", "header_synonyms", "clinic_sizes",
)  # fmt: skip
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
"""Names under which Debian and others install the browser that draws figures and drives the tests."""

_FINGERPRINT = "key_fingerprint"


@dataclass(frozen=True)
class Finding:
    """One line of the examination. `advice` is empty where all is well."""

    check: str
    status: Literal["ok", "warn", "fail"]
    found: str
    advice: str = ""


def examine(settings: Settings, port: int) -> dict[str, Any]:
    """Look at everything, stop at nothing. `ok` is false where something must be mended."""
    checks: Iterable[Callable[[], Finding]] = (
        _python,
        _libraries,
        _reference,
        lambda: _home(settings.home),
        lambda: _key(settings),
        _browser,
        lambda: _port(port),
        lambda: _disk(settings.home),
    )
    findings = [check() for check in checks]
    return {"ok": all(f.status != "fail" for f in findings), "checks": [asdict(f) for f in findings]}


def require_free_port(port: int) -> None:
    """Raise UsageError where another program listens on that port of this machine."""
    if not _is_free(port):
        raise UsageError(f"port {port} of 127.0.0.1 is taken; stop what listens there or choose another with --port")


def find_browser() -> str | None:
    """Path of the browser, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _python() -> Finding:
    found = platform.python_version()
    if sys.version_info >= MIN_PYTHON:
        return Finding("python", "ok", found)
    return Finding(
        "python", "fail", found, f"install Python {'.'.join(map(str, MIN_PYTHON))} or later, then `make demo`"
    )


def _libraries() -> Finding:
    wanted = [Requirement(text) for text in metadata.requires(DISTRIBUTION) or ()]
    wanted = [requirement for requirement in wanted if "extra" not in str(requirement.marker)]
    broken = [str(requirement) for requirement in wanted if not _is_met(requirement)]
    if broken:
        advice = "run: .venv/bin/pip install --require-hashes -r requirements.lock"
        return Finding("libraries", "fail", f"missing, broken or another version: {', '.join(broken)}", advice)
    return Finding("libraries", "ok", ", ".join(f"{r.name} {metadata.version(r.name)}" for r in wanted))


def _is_met(requirement: Requirement) -> bool:
    """Whether it imports, in a version that will do. Only an import tells whether a compiled library works here."""
    try:
        importlib.import_module(requirement.name.replace("-", "_"))
        return requirement.specifier.contains(metadata.version(requirement.name))
    except ImportError:  # also where nothing of that name is installed
        return False


def _reference() -> Finding:
    try:
        rows = sum(len(reference.rows(name)) for name in REFERENCE_TABLES)
    except UsageError as problem:
        return Finding("reference data", "fail", str(problem), "restore data/reference from the repository")
    return Finding("reference data", "ok", f"{len(REFERENCE_TABLES)} tables, {rows} rows")


def _home(home: Path) -> Finding:
    existing = _nearest(home)
    if not os.access(existing, os.W_OK | os.X_OK):
        return Finding("home", "fail", f"{existing} cannot be written", "choose another with --home, or mend its owner")
    if not home.exists():
        return Finding("home", "warn", f"{home} does not exist yet", "the first `needling run` makes it")
    return Finding("home", "ok", str(home))


def _key(settings: Settings) -> Finding:
    from pipeline import ledger
    from pipeline.landing import keys

    has_ledger = (settings.home / ledger.LEDGER).exists()
    if not settings.key_file.exists() and not has_ledger:
        return Finding("key", "warn", f"{settings.key_file} does not exist yet", "the first `needling run` makes it")
    try:
        fingerprint = keys.load(settings.key_file, create=False).fingerprint
        known = _known_fingerprint(settings.home) if has_ledger else None
    except NeedlingError as problem:
        return Finding(
            "key", "fail", str(problem), "without its key a home cannot take new data: keep a copy elsewhere"
        )
    if known not in (None, fingerprint):
        advice = "set NEEDLING_KEY_FILE to the key this home was begun with"
        return Finding("key", "fail", f"{settings.key_file} is another key than the home's", advice)
    return Finding("key", "ok", f"{settings.key_file}, fingerprint {fingerprint}")


def _known_fingerprint(home: Path) -> str | None:
    from pipeline import ledger

    with ledger.opened(home, read_only=True) as con:
        return ledger.get_meta(con, _FINGERPRINT)


def _browser() -> Finding:
    found = find_browser()
    if found:
        return Finding("browser", "ok", found)
    return Finding(
        "browser", "warn", "no Chromium found", "needed by the tests only; on Debian: apt-get install chromium"
    )


def _port(port: int) -> Finding:
    if _is_free(port):
        return Finding("port", "ok", f"{port} is free")
    return Finding("port", "warn", f"{port} is taken", "perhaps a dashboard is running; choose another with --port")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _disk(home: Path) -> Finding:
    free_gb = shutil.disk_usage(_nearest(home)).free / 1e9
    if free_gb >= MIN_FREE_GB:
        return Finding("disk", "ok", f"{free_gb:.1f} GB free")
    return Finding("disk", "warn", f"{free_gb:.1f} GB free", f"make room: under {MIN_FREE_GB} GB a run may fail")


def _nearest(path: Path) -> Path:
    """The path itself, or the closest folder above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())

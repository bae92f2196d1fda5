"""Settings, read once at the start and passed down. The only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UsageError

KEEP_VERSIONS = 3
"""Published versions that are always kept, so that `rollback` has somewhere to go."""

_MEMORY_SHARE = 0.5
"""Share of the machine's memory that DuckDB may use; the rest is Python's and the system's."""


@dataclass(frozen=True)
class Settings:
    """Where things are and how much of the machine may be used.

    `home` is the warehouse; `key_file` the pseudonym key; `scratch` the private folder's parent,
    which must lie outside the home; `memory_mb` DuckDB's limit in MiB; `threads` None for all.
    """

    home: Path
    key_file: Path
    scratch: Path
    memory_mb: int
    threads: int | None = None


def load(home: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the command line's `--home` and the environment, in that order.

    Raises UsageError where a number in the environment is none, or scratch lies inside the home.
    """
    env = os.environ if environ is None else environ
    root = (home or Path(env.get("NEEDLING_HOME", "warehouse"))).expanduser().resolve()
    scratch = Path(env.get("NEEDLING_SCRATCH", env.get("TMPDIR", "/var/tmp"))).expanduser().resolve()
    if scratch.is_relative_to(root):
        raise UsageError(f"scratch folder {scratch} lies inside the home; set NEEDLING_SCRATCH to a folder outside it")
    return Settings(
        home=root,
        key_file=Path(env.get("NEEDLING_KEY_FILE", str(root / "pseudonym.key"))).expanduser().resolve(),
        scratch=scratch,
        memory_mb=_integer(env, "NEEDLING_MEMORY_MB") or int(_machine_memory_mb() * _MEMORY_SHARE),
        threads=_integer(env, "NEEDLING_THREADS"),
    )


def _integer(env: Mapping[str, str], name: str) -> int | None:
    raw = env.get(name)
    if raw is None:
        return None
    if not raw.isdecimal() or int(raw) == 0:
        raise UsageError(f"{name} is {raw!r}, expected a whole number above 0")
    return int(raw)


def _machine_memory_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20

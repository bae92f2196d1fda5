"""A home to try a drop on: it looks like the real one, lies in private scratch, and is gone afterwards.

The ledger is copied; landing's files are links to the real ones, which are only read. Whatever a run
writes, supersedes or erases there leaves the real home as it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pipeline import ledger, scratch
from pipeline.config import Settings

_KEY = "throw-away.key"


@contextmanager
def rehearsal(settings: Settings) -> Iterator[Settings]:
    """Settings of such a home: empty where there is none to read.

    The home's key is used, for only it finds the people who are there already; without one, a key that
    lasts as long as the rehearsal.
    """
    with scratch.private_folder(settings.scratch) as folder:
        home = folder / "home"
        home.mkdir(mode=0o700)
        is_there = (settings.home / ledger.LEDGER).exists()
        if is_there:
            ledger.copy(settings.home, home)
        ledger.start_run(home, "check")
        is_bound = is_there and _imitate(settings.home, home)
        is_keyed = is_bound or settings.key_file.exists()
        yield replace(settings, home=home, scratch=folder, key_file=settings.key_file if is_keyed else folder / _KEY)


def _imitate(real: Path, home: Path) -> bool:
    """Make `home` look like `real`; true where it is bound to a key already."""
    with ledger.opened(home) as book:
        for file in ledger.landing_files(book):
            link = home / file.path
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(real / file.path)
        return ledger.get_meta(book, "key_fingerprint") is not None


def is_whole(settings: Settings) -> bool:
    """Whether the real files are still where they were: a run at work meanwhile may have erased somebody."""
    return all(path.exists() for path in settings.home.rglob("*.parquet"))

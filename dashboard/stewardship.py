"""What the page Steward reads of the home: asked of the command line, for no version holds it.

Answers are kept until the ledger changes, and never for another home.
"""

from pathlib import Path

import streamlit as st

from dashboard.jobs import Answer, Job, Task
from pipeline import config
from pipeline.config import Settings

FILES_SHOWN = 100
_MAX_KEPT = 4
_TTL_SECONDS = 600  # a run that another process ends is seen by then even if no file's time told (judgement)


def settings() -> Settings:
    """Where the home and the scratch folder are."""
    return config.load()


def status() -> Answer | None:
    """Version, quarantine, alerts, runs and files; None where there is no home yet."""
    if not (settings().home / "ledger.duckdb").exists():
        return None
    return _asked("status", "--files", str(FILES_SHOWN))


def quarantine(limit: int) -> Answer:
    """The first open entries, and how many by source and reason."""
    return _asked("quarantine", "list", "--limit", str(limit))


def _asked(*words: str) -> Answer:
    stamp = _stamp()
    answer = _ask(words, stamp)
    if answer.error is not None:
        _ask.clear(words, stamp)  # whatever holds the ledger may be over at the next look
    return answer


def _stamp() -> str:
    """Another one for each home, for each state of its ledger, and for each version that is current."""
    home = settings().home
    return " ".join(_state(home / name) for name in ("ledger.duckdb", "ledger.duckdb.wal", "current.json"))


def _state(path: Path) -> str:
    try:
        found = path.stat()
    except FileNotFoundError:  # what was written to the ledger last lies beside it for a moment only
        return f"{path} none"
    return f"{path} {found.st_ino} {found.st_size} {found.st_mtime_ns}"


@st.cache_data(max_entries=_MAX_KEPT, ttl=_TTL_SECONDS, show_spinner="Looking into the ledger ...")
def _ask(words: tuple[str, ...], stamp: str) -> Answer:
    return Job(settings(), Task(words)).start().end()

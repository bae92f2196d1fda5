"""What the page Steward reads of the home: asked of the command line, for no version holds it.

Answers are kept until the ledger changes, and never for another home.
"""

import streamlit as st

from dashboard.jobs import Answer, Job, Task
from pipeline import config
from pipeline.config import Settings

FILES_SHOWN = 100
_MAX_KEPT = 4
_TTL_SECONDS = 60  # a run that another process ends is seen by then even if the file's time did not tell


def settings() -> Settings:
    """Where the home and the scratch folder are."""
    return config.load()


def status() -> Answer | None:
    """Version, quarantine, alerts, runs and files; None where there is no home yet."""
    if not (settings().home / "ledger.duckdb").exists():
        return None
    return _ask(("status", "--files", str(FILES_SHOWN)), _stamp())


def quarantine(limit: int) -> Answer:
    """The first open entries, and how many by source and reason."""
    return _ask(("quarantine", "list", "--limit", str(limit)), _stamp())


def _stamp() -> str:
    """Another one for each home, and for each state of its ledger."""
    path = settings().home / "ledger.duckdb"
    found = path.stat()
    return f"{path} {found.st_ino} {found.st_size} {found.st_mtime_ns}"


@st.cache_data(max_entries=_MAX_KEPT, ttl=_TTL_SECONDS, show_spinner="Looking into the ledger ...")
def _ask(words: tuple[str, ...], stamp: str) -> Answer:
    return Job(settings(), Task(words)).start().end()

"""Who is asking, and what they may see and change. Without a login there is one user, on this computer."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import streamlit as st

from dashboard import text

Role = Literal["researcher", "clinic", "steward"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")

_MUST_BE_ON = ("server.enableXsrfProtection", "server.enableCORS")
"""What keeps another site's page, open in the same browser, from using this server."""


@dataclass(frozen=True)
class Viewer:
    """Whoever looks. `scope` is the one clinic that a clinic user may see, None for everything.

    It goes into every query and every cache key, so that nobody is served what was read for another.
    """

    role: Role
    scope: str | None = None


def viewer() -> Viewer | None:
    """The viewer of this run; None where this server may not show anything to anybody.

    Single-user mode: whoever sits at this computer is the researcher, and the server must listen nowhere else.
    """
    if st.get_option("server.address") not in LOOPBACK:
        return None
    return Viewer("researcher")


def why_not_write(viewer: Viewer, home: Path) -> str | None:
    """Why this viewer may not put data in, erase or change anything; None where they may.

    Without a login only whoever sits at this computer may: the server must listen here alone, be asked for by
    the name of this computer (a forwarding server would pass on its own), and not be open to other sites' pages.
    """
    if viewer.role not in ("researcher", "steward") or viewer.scope is not None:
        return text.NOT_STEWARD
    if st.get_option("server.address") not in LOOPBACK or not _is_asked_here():
        return text.NOT_LOCAL
    if not all(st.get_option(option) for option in _MUST_BE_ON):
        return text.NOT_PROTECTED
    return None if _is_writable(home) else text.READ_ONLY.format(home=home)


def _is_asked_here() -> bool:
    """Whether the browser named this computer; a run without a browser has no headers at all."""
    headers = st.context.headers
    if any(name.lower().startswith(("x-forwarded", "forwarded")) for name in headers):
        return False
    host = headers.get("Host")
    return host is None or urlsplit(f"//{host}").hostname in LOOPBACK


def _is_writable(home: Path) -> bool:
    """Whether a run could write there; where there is no home yet, whether one could be made."""
    if not home.exists():
        return home.parent != home and _is_writable(home.parent)
    ledger = home / "ledger.duckdb"
    return os.access(home, os.W_OK | os.X_OK) and (not ledger.exists() or os.access(ledger, os.W_OK))

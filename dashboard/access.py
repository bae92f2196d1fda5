"""Who is asking, and what they may see and change. Without a login there is one user, on this computer."""

import logging
import os
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from dashboard import access_list
from dashboard.access_list import Role
from dashboard.words import text

_LOG = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "::1")

_MUST_BE_ON = ("server.enableXsrfProtection", "server.enableCORS")
"""What keeps another site's page, open in the same browser, from using this server."""


@dataclass(frozen=True)
class Viewer:
    """Whoever looks. `scope` is the one clinic that a clinic user may see, None for everything.

    It goes into every query and every cache key, so that nobody is served what was read for another.
    `is_logged_in` is False in single-user mode: whoever sits at this computer.
    """

    role: Role
    scope: str | None = None
    is_logged_in: bool = False

    def may_see(self, clinic: str) -> bool:
        """Whether this clinic's page is theirs to see. Who asks for another's is noted in the server's log."""
        if self.scope in (None, clinic):
            return True
        _LOG.warning("a user of one clinic asked for another clinic's page; nothing was shown")
        return False


class Closed(Enum):
    """Why somebody sees nothing."""

    NOT_LOCAL = "not_local"
    LOGGED_OUT = "logged_out"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def viewer(home: Path) -> Viewer | Closed:
    """The viewer of this run, or why there is nobody to show anything to.

    Single-user mode, where the home has no list of users: whoever sits at this computer may see and do everything,
    and the server must listen nowhere else. Raises UsageError where the list is wrong.
    """
    users = access_list.read(home)
    if users is None:
        return Viewer("steward") if st.get_option("server.address") in LOOPBACK else Closed.NOT_LOCAL
    if not st.user.is_logged_in:
        return Closed.LOGGED_OUT
    claims = st.user.to_dict()
    if access_list.is_expired(claims, time.time()):
        return Closed.EXPIRED
    entry = access_list.find(users, claims)
    return Closed.UNKNOWN if entry is None else Viewer(entry.role, entry.clinic, is_logged_in=True)


def why_not_write(viewer: Viewer, home: Path) -> str | None:
    """Why this viewer may not put data in, erase or change anything; None where they may.

    A steward may who has logged in. Without a login only whoever sits at this computer may: the server must listen
    here alone and be asked for by the name of this computer (a forwarding server would pass on its own). Neither may
    where it is open to other sites' pages.
    """
    if viewer.role != "steward" or viewer.scope is not None:
        return text.NOT_STEWARD
    if not viewer.is_logged_in and (st.get_option("server.address") not in LOOPBACK or not _is_asked_here()):
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

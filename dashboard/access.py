"""Who is asking, and what they may see. Without a login there is one user, on this computer."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

Role = Literal["researcher", "clinic", "steward"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")


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

"""The command that serves the dashboard. The command line runs it; nothing here starts a process."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from dashboard import access_list
from pipeline.errors import UsageError

ADDRESS = "127.0.0.1"
"""Without a login the dashboard is for this machine alone."""

_APP = Path(__file__).with_name("app.py")


def command(home: Path, port: int, address: str = ADDRESS) -> list[str]:
    """The words to run. They carry what must not depend on anybody's own Streamlit settings.

    Raises UsageError where others could reach a dashboard without a login, and where the list of users is wrong.
    """
    if access_list.read(home) is None and address != ADDRESS:
        raise UsageError(
            f"--address {address} was given, and without a login the dashboard answers this computer only; "
            f"write {access_list.path(home)} first, see docs/login.md"
        )
    return [
        "/usr/bin/env", f"NEEDLING_HOME={home}", f"PYTHONPATH={_search_path(os.environ)}",
        sys.executable, "-m", "streamlit", "run", str(_APP),
        f"--server.address={address}", f"--server.port={port}", "--server.headless=true",
        "--server.enableCORS=true", "--server.enableXsrfProtection=true", "--browser.gatherUsageStats=false",
        "--client.showErrorDetails=none", f"--secrets.files={access_list.path(home)}",
    ]  # fmt: skip


def _search_path(environ: Mapping[str, str]) -> str:
    """PYTHONPATH with the project's own folder first: Streamlit puts only the script's folder on the path."""
    return os.pathsep.join(filter(None, (str(_APP.parents[1]), environ.get("PYTHONPATH"))))

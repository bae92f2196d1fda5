"""A real server process on a free port, and a real browser that notes what leaves the machine."""

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from dashboard.launch import command
from tests.studies import small_version

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
_START_SECONDS = 60

expect.set_options(timeout=45_000)  # a busy machine draws several figures in more than the usual five seconds


@dataclass
class Watched:
    """A page, and what it did that it should not: requests to elsewhere, errors on the console."""

    page: Page
    strangers: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ready(self) -> Page:
        """The page once everything is drawn."""
        self.page.get_by_text("Single-user mode").wait_for()
        self.page.wait_for_function("document.querySelectorAll('[data-stale=true]').length === 0")
        return self.page


@pytest.fixture(scope="module")
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("served") / "warehouse"
    small_version.publish(home, simulated=True)
    return home


@pytest.fixture(scope="module")
def address(server_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a dashboard started as `needling dashboard` starts it, from a folder of its own."""
    port = free_port()
    with served(command(server_home, port), port, "/_stcore/health", tmp_path_factory.mktemp("log")) as address:
        yield address


@contextmanager
def served(words: list[str], port: int, healthy: str, folder: Path) -> Iterator[str]:
    """A server that listens on that port for as long as it is needed, started in `folder`, where its log lies."""
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out, cwd=folder)
    try:
        _wait_for(f"http://127.0.0.1:{port}{healthy}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def watched(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A fresh page; `indirect` parameters go to the browser's context (width, colour scheme)."""
    context = browser.new_context(**getattr(request, "param", {}))
    watched = Watched(context.new_page())

    def note(sent: Request) -> None:
        if not sent.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            watched.strangers.append(sent.url)

    context.on("request", note)
    watched.page.on("console", lambda m: watched.errors.append(m.text) if _is_error(m) else None)
    watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
    watched.page.set_default_timeout(45_000)
    yield watched
    context.close()


def _is_error(said: ConsoleMessage) -> bool:
    """But for Streamlit's own search for its server below the path of a page, which a cold deep link begins with."""
    return said.type == "error" and "/_stcore/" not in said.location.get("url", "")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the server did not start:\n{log.read_text()}")

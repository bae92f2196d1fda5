"""Take the pictures of the manual: `python -m docs.pictures [--home DIR]`, with the tests' libraries and Chromium.

The Steward page shows a sample drop in a home that is gone afterwards; every other page the home named, as `make demo`
makes it, and is left out without one.
"""

import argparse
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Page, sync_playwright

from dashboard.launch import command
from dashboard.views import PAGES

IMAGES = Path(__file__).parent / "images"
SAMPLE = Path(__file__).parents[1] / "data" / "samples" / "clinic-nord"
WIDTH, HEIGHT = 1280, 1180
"""Pixels of the window: the page's column with a margin, and as much of it as a reader looks at."""

HEIGHTS = {"compare": 1720}
"""Pixels: down to the end of the first figure."""

START_SECONDS = 60
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
          "--disable-sync", "--no-first-run"]  # fmt: skip
_NOTHING_MOVES = "!document.querySelector('[data-stale=true], [data-testid=stSkeleton], [data-testid=stStatusWidget]')"


def main() -> None:
    """Take each picture, and say where it lies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a published home for the pages of results")
    home = parser.parse_args().home
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "warehouse") as page:
        steward(page)
        save(page, "steward.png")
    if home is not None:
        with served(home.resolve()) as page:
            for place, each in enumerate(PAGES):
                if each.url_path != "steward":
                    results(page, each.url_path, first=not place)


def results(page: Page, path: str, *, first: bool) -> None:
    """A page of results with what it shows when it is opened; the first page stands at the root."""
    page.set_viewport_size({"width": WIDTH, "height": HEIGHTS.get(path, HEIGHT)})
    page.goto(urljoin(page.url, "/" if first else f"/{path}"))
    page.get_by_text("Single-user mode").wait_for()
    page.wait_for_function(_NOTHING_MOVES)
    save(page, f"{path}.png")


def steward(page: Page) -> None:
    """A delivery, checked but not taken in yet."""
    page.goto(urljoin(page.url, "/steward"))
    page.locator("input[type=file]").set_input_files(
        sorted(p for p in SAMPLE.iterdir() if p.suffix in (".csv", ".toml"))
    )
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("would be taken in").wait_for()
    page.get_by_text("Which questions these people could answer").wait_for()


def save(page: Page, name: str) -> None:
    """The window as it is, once nothing moves any more."""
    page.wait_for_timeout(2000)
    page.screenshot(path=IMAGES / name)
    print(IMAGES / name)


@contextmanager
def served(home: Path) -> Iterator[Page]:
    """A page on a dashboard of that home."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = subprocess.Popen(command(home, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        with sync_playwright() as playwright:
            path = shutil.which("chromium") or "/usr/bin/chromium"
            browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.set_default_timeout(120_000)
            page.goto(f"http://127.0.0.1:{port}")
            yield page
            browser.close()
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str) -> None:
    """Return as soon as the server answers there."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310  # it is the server started above
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"no server answered at {address} within {START_SECONDS} s")


if __name__ == "__main__":
    main()

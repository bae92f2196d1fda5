"""The dashboard over many people: a page in a browser, ten people at once, and what one more of them costs in memory.

Pages opened anew are measured along with them, see `openings`.

The floor of a rerun is that of a page with one line of text, served by the same library in the same minutes.
"""

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from playwright.sync_api import sync_playwright

from benchmarks import measuring, openings, visitors
from benchmarks.openings import MOST_SECONDS_WARM
from benchmarks.serving import ADDRESS, PORT, TITLES, serving
from dashboard.launch import command
from pipeline.api import open_home

MOST_SECONDS_RERUN = 0.5
MOST_MIB_A_SESSION = 1.0
_VISITORS, _RERUNS, _LOOKS = 10, 5, 3
_MORE = 20
_ELSEWHERE = "help"
"""A page without figures, from which the others are come to."""

_FLOOR_PORT = PORT + 1
_PLAIN = "import streamlit as st\nst.title('A line')\nst.write('of text')\n"


def memory_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def looks(pages: list[str]) -> dict[str, dict[str, float]]:
    """Seconds of every page in one browser: drawn for the first time by anybody, come to from another."""
    told = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=openings.FLAGS)
        for page in pages:
            elsewhere = pages[0] if page == _ELSEWHERE else _ELSEWHERE
            looked = visitors.looked_at(browser, ADDRESS, page, elsewhere, _LOOKS)
            told[page] = {
                "first_seconds": round(looked.first, 2),
                "within_seconds": round(statistics.median(looked.within), 2),
            }
            click.echo(f"/{page} {told[page]}")
        browser.close()
    return told


def session_mib(pid: int, page: str) -> float:
    """Memory of one more session, when what all share is there already."""
    with _sessions(_VISITORS, page):
        before = memory_mib(pid)
        with _sessions(_MORE, page):
            return (memory_mib(pid) - before) / _MORE


@contextmanager
def _sessions(number: int, page: str) -> Iterator[None]:
    opened = [visitors.connected(PORT) for _ in range(number)]
    try:
        for session in opened:
            visitors.rerun(session, page)
        yield
    finally:
        for session in opened:
            session.close()


def measured(home: Path) -> dict[str, Any]:
    """The figures of every page by its title, and the memory of a session on the heaviest."""
    names = list(TITLES)
    with tempfile.TemporaryDirectory() as folder, serving(command(home, PORT), PORT) as pid:
        plain = Path(folder) / "plain.py"
        plain.write_text(_PLAIN, encoding="utf-8")
        flags = [f"--server.port={_FLOOR_PORT}", "--server.address=127.0.0.1", "--server.headless=true"]
        with serving([sys.executable, "-m", "streamlit", "run", str(plain), *flags], _FLOOR_PORT):
            told = looks(names)
            floor = statistics.median(visitors.at_once(_FLOOR_PORT, "", _VISITORS, _RERUNS))
            for name in names:
                seconds = visitors.at_once(PORT, name, _VISITORS, _RERUNS)
                told[name]["rerun_seconds"] = round(statistics.median(seconds), 3)
            slowest = max(names, key=lambda name: told[name]["rerun_seconds"])
            memory = session_mib(pid, slowest)
        return {
            "pages": {TITLES[name]: facts for name, facts in told.items()},
            "rerun_floor_seconds": round(floor, 3),
            "mib_a_session": round(memory, 2),
            "mib_a_session_on": TITLES[slowest],
        }


@click.command()
@click.option("--participants", type=click.IntRange(min=1), default=1_000_000, show_default=True)
@click.option("--home", type=click.Path(path_type=Path, exists=True), help="A home that is published already.")
@click.option("--into", type=click.Path(path_type=Path), default=measuring.RESULTS, help="Folder of the results.")
def main(participants: int, home: Path | None, into: Path) -> None:
    """Publish invented people, look at every page, and keep what it took."""
    before, given = measuring.load(), home
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        if home is None:
            drops, home = Path(folder) / "drops", Path(folder) / "home"
            measuring.run_alone(
                [measuring.NEEDLING, "simulate", "--participants", str(participants), "--out", str(drops)]
            )
            sent = [str(drop) for drop in sorted(drops.iterdir()) if drop.is_dir()]
            measuring.run_alone([measuring.NEEDLING, "run", "--home", str(home), *sent])
        found, anew = measured(home), openings.measured(home)
        with open_home(home) as opened:
            rows = opened.version["tables"]
    facts = {
        "participants": rows["participants"], "sessions": rows["sessions"], "outcomes": rows["outcomes"],
        "visitors": _VISITORS, "reruns": _RERUNS, **found,
        "targets": {"warm_seconds": MOST_SECONDS_WARM, "rerun_seconds": MOST_SECONDS_RERUN,
                    "mib_a_session": MOST_MIB_A_SESSION},
    }  # fmt: skip
    ran = measuring.command_line() if given is None else measuring.command_line().replace(str(given), "HOME")
    measuring.write(into, "dashboard", ran, before, facts)
    openings.write(into, ran, before, rows, anew)
    for title, told in found["pages"].items():
        click.echo(f"{title:<20} {told}")


if __name__ == "__main__":
    sys.exit(main())

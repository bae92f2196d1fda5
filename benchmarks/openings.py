"""How long a page takes that is opened anew in a browser which nobody drives, and which has opened it before.

A browser that is driven is slower: while a driver listens, Chromium notes for every place of a program where it stands.
So a small extension of ours looks at the page from within, and tells this process how long it took. By itself:
`python -m benchmarks.openings --home HOME`.
"""

import contextlib
import json
import os
import queue
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import click

from benchmarks import measuring
from benchmarks.serving import ADDRESS, PORT, TITLES, serving
from benchmarks.visitors import FAILED, STOPWATCH
from dashboard.launch import command
from pipeline.api import open_home

MOST_SECONDS_WARM = 1.5
_TIMES = 5

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
_OWN = [
    "--headless=new", "--window-size=1280,1200", "--disable-component-update", "--disable-sync",
    "--disable-features=DisableLoadExtensionCommandLineSwitch,BackForwardCache",
]  # fmt: skip
"""The last: it takes our extension, and keeps no page alive that was left."""

_PATIENCE_S = 600
_REST_MS = 1500
"""Between two pages: what the last one left to do is done by then (judgement)."""

_NEXT = "<title>Next</title><script>setTimeout(() => location.replace({address}), {rest})</script>"


class Opened(NamedTuple):
    """Seconds from asking for the address until what is on the screen is drawn, and until all further down is."""

    drawn: float
    whole: float


def opened(addresses: Sequence[str], times: int) -> dict[str, list[Opened]]:
    """Every address so many times, in turn, after each was opened once unmeasured.

    They are asked for from a page of another site, so that each begins in a process of its own, as in a new tab.
    """
    found: dict[str, list[Opened]] = {address: [] for address in addresses}
    asked: queue.Queue[str] = queue.Queue()
    told: queue.Queue[bytes] = queue.Queue()
    with _told_to(asked, told) as here, _browser(here):
        for turn in range(times + 1):
            for address in addresses:
                asked.put(address)
                facts = json.loads(told.get(timeout=_PATIENCE_S))
                if facts["failed"]:
                    raise RuntimeError(f"{address} failed; the server's log says why")
                if turn:
                    found[address].append(Opened(facts["drawn"] / 1000, facts["whole"] / 1000))
    return found


@contextlib.contextmanager
def _told_to(asked: "queue.Queue[str]", told: "queue.Queue[bytes]") -> Iterator[str]:
    """The address of a server that sends the browser on to the next page, and that is told of the last one."""

    class Here(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/":
                self.send_error(404)
                return
            address = asked.get()
            if not address:  # there is no next one, and nobody who would read an answer
                return
            body = _NEXT.format(address=json.dumps(address), rest=_REST_MS).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            told.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("localhost", 0), Here)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        asked.put("")
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def _browser(first: str) -> Iterator[None]:
    """Chromium with a profile of its own and the stopwatch, nobody listening, on that page."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        extension = Path(folder) / "stopwatch"
        shutil.copytree(STOPWATCH, extension)
        script = extension / "stopwatch.js"
        words = json.dumps([FAILED, first])
        script.write_text(script.read_text(encoding="utf-8").replace('["FAILED", "TOLD_TO"]', words), encoding="utf-8")
        own = [f"--user-data-dir={folder}/profile", f"--load-extension={extension}"]
        process = subprocess.Popen(
            [shutil.which("chromium") or "chromium", *FLAGS, *_OWN, *own, first],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def measured(home: Path) -> dict[str, dict[str, float]]:
    """By the title of every page, in seconds: drawn and whole (medians), and the least until it was drawn."""
    with serving(command(home, PORT), PORT):
        found = opened([f"{ADDRESS}/{page}" for page in TITLES], _TIMES)
    return {
        TITLES[address.removeprefix(f"{ADDRESS}/")]: {
            "drawn_seconds": round(statistics.median(each.drawn for each in times), 2),
            "least_seconds": round(min(each.drawn for each in times), 2),
            "whole_seconds": round(statistics.median(each.whole for each in times), 2),
        }
        for address, times in found.items()
    }


def write(into: Path, ran: str, before: float, rows: Mapping[str, int], pages: dict[str, dict[str, float]]) -> None:
    """Keep what was measured, with what it was measured on."""
    people = {"participants": rows["participants"], "sessions": rows["sessions"]}
    measuring.write(
        into, "openings", ran, before, {**people, "times": _TIMES, "pages": pages, "target_seconds": MOST_SECONDS_WARM}
    )
    for title, told in pages.items():
        click.echo(f"{title:<20} {told}")


@click.command()
@click.option("--home", type=click.Path(path_type=Path, exists=True), required=True, help="A home that is published.")
@click.option("--into", type=click.Path(path_type=Path), default=measuring.RESULTS, help="Folder of the results.")
def main(home: Path, into: Path) -> None:
    """Open every page of a published home anew, and keep how long it took."""
    before = measuring.load()
    found = measured(home)
    with open_home(home) as read:
        rows: dict[str, Any] = read.version["tables"]
    write(into, measuring.command_line().replace(str(home), "HOME"), before, rows, found)


if __name__ == "__main__":
    sys.exit(main())

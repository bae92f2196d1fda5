"""The dashboard as it is served to whoever measures it."""

import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.views import PAGES

PORT = 8641
ADDRESS = f"http://127.0.0.1:{PORT}"

TITLES = {page.url_path if place else "": page.title for place, page in enumerate(PAGES)}
"""Of every page, by its address."""


@contextmanager
def serving(words: list[str], port: int) -> Iterator[int]:
    """The server of those words, ready; the answer is the number of its process."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                    break
            except OSError:
                time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)

"""People who look at a dashboard at once: sessions over its websocket, without a browser, and one in a browser."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

_PATIENCE_S = 600
FAILED = "body:not(:has(h1)) [data-testid=stAlertContentError], [data-testid=stException], .st-key-page-failed"
"""An error in place of a page; beside one it may be news, such as of serious side effects."""

STOPWATCH = Path(__file__).with_name("stopwatch")
"""What looks at a page from within; when a page counts as drawn is written there."""

_DRAWN = (STOPWATCH / "drawn.js").read_text(encoding="utf-8")
_IS_DRAWN = f"([before, failed]) => {{\n{_DRAWN}\nreturn isDrawn(before, failed)\n}}"
_GO_THERE = """
place => {
  const here = location.href;
  history.pushState({}, '', place);
  history.pushState({}, '', here);
  history.back();
}
"""
"""As with the browser's own button: the app changes its page, and nothing is loaded anew."""


def connected(port: int) -> ClientConnection:
    """A session of its own, as a browser opens it."""
    origin = f"http://127.0.0.1:{port}"
    return connect(
        f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], origin=origin, max_size=None  # type: ignore[arg-type, list-item]  # plain words are what its NewTypes are
    )  # fmt: skip


def rerun(session: ClientConnection, page: str) -> float:
    """Seconds from asking for a run of the page until the server says that it is finished."""
    started = time.perf_counter()
    run(session, page)
    return time.perf_counter() - started


def run(session: ClientConnection, page: str) -> list[ForwardMsg]:
    """One run of the page, and everything that the server sends for it."""
    asked = BackMsg()
    asked.rerun_script.page_name = page
    session.send(asked.SerializeToString())
    told: list[ForwardMsg] = []
    while not told or told[-1].WhichOneof("type") != "script_finished":
        told.append(ForwardMsg.FromString(bytes(session.recv(timeout=_PATIENCE_S))))  # type: ignore[arg-type]  # never text
    return told


def at_once(port: int, page: str, visitors: int, reruns: int) -> list[float]:
    """Seconds of each rerun, of so many sessions that ask for one after the other."""
    with ExitStack() as open_sessions:
        sessions = [open_sessions.enter_context(connected(port)) for _ in range(visitors)]
        for session in sessions:
            rerun(session, page)  # the first run draws the page; what is measured is what a changed control costs
        with ThreadPoolExecutor(visitors) as pool:
            each = pool.map(lambda session: [rerun(session, page) for _ in range(reruns)], sessions)
            return [seconds for told in each for seconds in told]


class Looked(NamedTuple):
    """Seconds until a page is drawn: at anybody's first look, and come to in the open dashboard."""

    first: float
    within: list[float]


def looked_at(browser: Browser, address: str, page: str, elsewhere: str, times: int) -> Looked:
    """How long a page takes in one browser. `elsewhere` is the page that it is come to from."""
    context = browser.new_context(viewport={"width": 1280, "height": 1200})
    try:
        first = _opened(context, f"{address}/{page}")
        return Looked(first, _visited(context, address, page, elsewhere, times))
    finally:
        context.close()


def _opened(context: BrowserContext, address: str) -> float:
    tab = context.new_page()
    started = time.perf_counter()
    tab.goto(address)
    _drawn(tab)
    seconds = time.perf_counter() - started
    tab.close()
    return seconds


def _visited(context: BrowserContext, address: str, page: str, elsewhere: str, times: int) -> list[float]:
    """Forth and back: each time forth is measured."""
    tab = context.new_page()
    tab.goto(f"{address}/{elsewhere}")
    _drawn(tab)
    seconds = []
    for _ in range(times + 1):
        seconds.append(_gone(tab, f"/{page}"))
        _gone(tab, f"/{elsewhere}")
    tab.close()
    return seconds[1:]


def _gone(tab: Page, place: str) -> float:
    title = str(tab.text_content("h1"))
    started = time.perf_counter()
    tab.evaluate(_GO_THERE, place)
    _drawn(tab, title)
    return time.perf_counter() - started


def _drawn(tab: Page, before: str = "") -> None:
    """Wait until it is, under another title than `before`. Raises RuntimeError where it failed."""
    tab.wait_for_function(_IS_DRAWN, arg=[before, FAILED], timeout=_PATIENCE_S * 1000)
    if tab.query_selector(FAILED):
        raise RuntimeError(f"{tab.url} failed; the server's log says why")

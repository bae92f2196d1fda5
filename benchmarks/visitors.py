"""People who look at a dashboard at once: sessions over its websocket, without a browser, and one in a browser."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from playwright.sync_api import Browser, BrowserContext
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

_PATIENCE_S = 600
_EVERYTHING_IS_DRAWN = """
() => document.querySelector('h1') && !document.querySelector('[data-testid=stStatusWidget], [data-testid=stSkeleton]')
  && !document.querySelector('[data-stale=true]')
"""


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


def looked_at(browser: Browser, address: str, times: int) -> tuple[float, list[float]]:
    """Seconds until a page is drawn in a browser: the first time, and each time after it."""
    context = browser.new_context(viewport={"width": 1280, "height": 1200})
    try:
        first, *after = [_drawn(context, address) for _ in range(times + 1)]
        return first, after
    finally:
        context.close()


def _drawn(context: BrowserContext, address: str) -> float:
    page = context.new_page()
    started = time.perf_counter()
    page.goto(address)
    page.wait_for_function(_EVERYTHING_IS_DRAWN, timeout=_PATIENCE_S * 1000)
    seconds = time.perf_counter() - started
    page.close()
    return seconds

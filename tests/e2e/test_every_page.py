"""Every page in a real browser, over people that went the whole way: drawn, within reach of everybody, and at home."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dashboard.launch import command
from dashboard.views import PAGES
from pipeline import config, flow, simulate
from tests.e2e.conftest import Watched, free_port, served

pytestmark = pytest.mark.e2e

PEOPLE = 400
ADDRESSES = {page.title: page.url_path if place else "" for place, page in enumerate(PAGES)}
GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and home of a dashboard over invented people of three senders."""
    folder = tmp_path_factory.mktemp("everybody")
    simulate.simulate(PEOPLE, 5, folder / "drops", sources=3)
    settings = config.load(folder / "home", {"NEEDLING_SCRATCH": str(tmp_path_factory.mktemp("scratch"))})
    drops = sorted(path.parent for path in (folder / "drops").glob("*/source.toml"))
    assert flow.run(settings, drops)[1] == 0
    port = free_port()
    with served(command(settings.home, port), port, "/_stcore/health", folder) as address:
        yield address, settings.home


def drawn(page: Page) -> None:
    page.get_by_role("heading", level=1).wait_for()
    page.get_by_text("Single-user mode").wait_for()
    page.wait_for_function(
        "!document.querySelector('[data-stale=true], [data-testid=stSkeleton], [data-testid=stStatusWidget]')"
    )


def grave(page: Page) -> list[str]:
    """What bars somebody from the page, as axe-core finds it: rule, help and the first place of each."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in GRAVE]


@pytest.mark.parametrize("title", ADDRESSES)
def test_a_page_is_drawn_for_everybody_and_asks_nobody_else(
    title: str, dashboard: tuple[str, Path], watched: Watched
) -> None:
    page, missing = watched.page, list[str]()
    page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    page.set_viewport_size({"width": 1280, "height": 1400})
    page.goto(f"{dashboard[0]}/{ADDRESSES[title]}")
    drawn(page)
    expect(page.get_by_text("The people on this page are invented.")).to_be_visible()
    assert page.get_by_test_id("stException").count() == 0
    assert grave(page) == []
    page.emulate_media(color_scheme="dark")
    expect(page.locator("[data-testid=stApp]")).to_have_css("background-color", "rgb(16, 22, 29)")
    drawn(page)
    assert grave(page) == []
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    assert all("/_stcore/" in url for url in missing)  # of a deep link the client tries where its server's root is
    assert len(watched.errors) == len(missing)
    assert watched.strangers == []

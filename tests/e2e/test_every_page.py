"""Every page in a real browser, over people that went the whole way: drawn, within reach of everybody, and at home."""

import itertools
import json
import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import openings, visitors
from dashboard.launch import command
from dashboard.views import PAGES
from dashboard.words import text
from pipeline import config, flow, simulate, store
from pipeline.api import open_home
from tests.e2e.conftest import Watched, free_port, served

pytestmark = pytest.mark.e2e

PEOPLE = 400
ADDRESSES = {page.title: page.url_path if place else "" for place, page in enumerate(PAGES)}
UNVERSIONED = {"Steward", "Help"}
"""Pages that speak of no version."""

GRAVE = {"moderate", "serious", "critical"}


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


def grave(page: Page, *rules: str) -> list[str]:
    """What bars somebody from the page, as axe-core finds it: rule, help and the first place of each."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = Axe().run(page, options=options).response["violations"]
    return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in GRAVE]


NARROW_CELLS = """
() => [...document.querySelectorAll(':is([data-testid=stTable], .table-of-words) :is(th, td)')]
  .filter(cell => 0 < cell.clientWidth && cell.clientWidth < 128).map(cell => cell.textContent)
"""
"""Of tables: those in which fewer than three or four words stand beside each other."""


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
    assert page.locator("[data-testid=stException], .st-key-page-failed").count() == 0
    assert grave(page) == []
    page.emulate_media(color_scheme="dark")
    expect(page.locator("[data-testid=stApp]")).to_have_css("background-color", "rgb(16, 22, 29)")
    drawn(page)
    assert grave(page, "color-contrast") == []
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate(NARROW_CELLS) == []
    assert all("/_stcore/" in url for url in missing)  # of a deep link the client tries where its server's root is
    assert watched.errors == []
    assert watched.strangers == []


def test_the_first_page_is_found_by_its_name_too(dashboard: tuple[str, Path], watched: Watched) -> None:
    page = watched.page
    page.goto(f"{dashboard[0]}/overview")
    drawn(page)
    expect(page.get_by_role("heading", name="Did the data pass their checks?")).to_be_visible()
    expect(page).to_have_url(f"{dashboard[0]}/")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_page_tells_the_benchmark_that_it_is_drawn_and_that_it_is_whole(dashboard: tuple[str, Path]) -> None:
    address = f"{dashboard[0]}/adherence"
    found = openings.opened([address], 1)
    ((drawn_after, whole_after),) = found[address]
    assert 0 < drawn_after <= whole_after + 0.1


RAW = ("sessions", "outcomes", "side_effects", "treatments", "costs", "events", "courses")
"""What was sent, record by record: as long as there are sessions, where the other tables are as long as people."""


@pytest.fixture
def without_rows(dashboard: tuple[str, Path]) -> Iterator[Path]:
    """The home, while its current version is one in which nothing is left of what was sent."""
    home = dashboard[1]
    before = store.current_version(home)
    assert before is not None
    bare = before.path.with_name(f"{before.name[:-6]}bababa")
    shutil.copytree(before.path, bare)
    with duckdb.connect(str(bare / "research.duckdb")) as con:
        for table in RAW:
            con.execute(f"DROP TABLE {table}")
    manifest = json.loads((bare / "manifest.json").read_text())
    (bare / "manifest.json").write_text(json.dumps(manifest | {"version": bare.name}))
    pointer, kept = home / "current.json", (home / "current.json").read_text()
    pointer.write_text(json.dumps({"version": bare.name, "path": f"versions/{bare.name}"}))
    yield home
    pointer.write_text(kept)
    shutil.rmtree(bare)


def test_no_page_and_no_comparison_reads_what_was_sent_record_by_record(
    dashboard: tuple[str, Path], without_rows: Path
) -> None:
    with visitors.connected(int(dashboard[0].rpartition(":")[2])) as session:
        for title, page in ADDRESSES.items():
            told = visitors.run(session, page)
            assert failures(told) == [], title
            assert title in UNVERSIONED or any("bababa" in str(t) for t in told), title
    with open_home(without_rows) as home:
        assert set(RAW).isdisjoint(home.tables())
        found = home.compare("depth", instrument="hair_density", week=24)
        assert found.arms
        assert found.diagnostics["contrasts"][0]["negative_control"].keys() == {"back_of_the_head", "before_the_start"}
        assert all(home.study(protocol.id).estimates for protocol in home.studies())


def test_a_click_on_the_map_chooses_its_cell_and_the_link_holds_it(
    dashboard: tuple[str, Path], watched: Watched
) -> None:
    page, chosen = watched.page, "0.45 to 0.60 mm, about once a week"
    page.goto(f"{dashboard[0]}/{ADDRESSES['Depth and frequency']}")
    drawn(page)
    sentence = page.get_by_test_id("stMarkdown").filter(has_text=f"{chosen}:")
    expect(sentence).to_have_count(0)
    bars = page.locator(".st-key-frame-map .point")
    bars.first.wait_for()
    codes = page.evaluate(CODES)

    def click() -> None:
        bars.nth(codes.index("0_45_to_0_60 weekly")).click(position={"x": 8, "y": 8}, force=True)
        expect(sentence).to_be_visible()
        page.wait_for_function("words => new URLSearchParams(location.search).get('cell') === words", arg=chosen)
        drawn(page)  # a list that is opened meanwhile is closed by what is drawn anew

    click()
    page.get_by_role("combobox", name="Look closer at a cell").click()
    page.keyboard.type("No cell")
    page.get_by_role("option", name="No cell").click()
    expect(sentence).to_have_count(0)
    click()
    page.reload()
    drawn(page)
    expect(sentence).to_be_visible()
    assert watched.errors == []


CODES = "document.querySelector('.st-key-frame-map .js-plotly-plot').data.flatMap(trace => trace.customdata)"


def test_publishing_while_people_read_is_no_error_and_moves_them_over(dashboard: tuple[str, Path]) -> None:
    """Five readers ask for page after page over the websocket, while a version is built and becomes the current one."""
    address, home = dashboard
    port, published = int(address.rpartition(":")[2]), threading.Event()

    def read(first: int) -> tuple[int, list[str], bool]:
        addresses = [a for title, a in ADDRESSES.items() if title not in UNVERSIONED]
        n, errors = 0, list[str]()
        with visitors.connected(port) as session:
            for n in itertools.count(first):
                last = published.is_set()
                told = visitors.run(session, addresses[n % len(addresses)])
                errors += failures(told)
                if last:
                    current = store.current_version(home)
                    return n - first, errors, current is not None and any(current.name in str(t) for t in told)
        raise AssertionError

    with ThreadPoolExecutor(5) as pool:
        readers = [pool.submit(read, place) for place in range(5)]
        before = store.current_version(home)
        try:
            flow.publish(config.load(home, dict(os.environ)))
        finally:
            published.set()
        assert store.current_version(home) != before
        for reader in readers:
            n, errors, is_moved = reader.result()
            assert n > 0
            assert errors == []
            assert is_moved


def failures(told: list[ForwardMsg]) -> list[str]:
    """What stands in a run in place of a part of the page: words of ours, or of Streamlit."""
    elements = [t.delta.new_element for t in told if t.WhichOneof("type") == "delta"]
    return [str(e) for e in elements if e.WhichOneof("type") == "exception" or e.alert.title == text.CANNOT_SHOW]

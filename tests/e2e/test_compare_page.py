"""The page Compare in a real browser, served by a real process."""

import csv
import io
import json
import zlib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Watched
from tests.studies import small_version

pytestmark = pytest.mark.e2e

TITLE = "Do people who needle deeper gain more hair?"


def link(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def find(page: Page, label: str, words: str) -> None:
    """Choose from a long list by typing, as the keyboard alone can."""
    page.get_by_label(label, exact=True).click()
    page.keyboard.type(words)
    page.get_by_role("option", name=words).first.wait_for()
    page.keyboard.press("Enter")


def wait_for_link(page: Page, part: str) -> None:
    page.wait_for_function("part => decodeURIComponent(location.search).includes(part)", arg=part)


@pytest.mark.parametrize(
    "watched",
    [
        {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
        for scheme in ("light", "dark")
        for width in (1280, 390)
    ],
    indirect=True,
    ids=lambda p: f"{p['color_scheme']}-{p['viewport']['width']}",
)
def test_the_page_is_drawn_and_nothing_leaves_the_machine(address: str, watched: Watched, tmp_path: Path) -> None:
    watched.page.goto(f"{address}/compare")
    page = watched.ready()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.locator(".js-plotly-plot")).to_have_count(4)
    expect(page.get_by_text("The people on this page are invented.")).to_be_visible()
    expect(page.get_by_text("Exploratory").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert watched.errors == []
    assert watched.strangers == []
    picture = tmp_path / "compare.png"
    page.screenshot(path=picture)
    assert picture.stat().st_size > 20_000


@pytest.mark.parametrize("watched", [{"color_scheme": "dark"}], indirect=True)
def test_dark_is_dark(address: str, watched: Watched) -> None:
    watched.page.goto(f"{address}/compare")
    page = watched.ready()
    background = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    assert background == "rgb(16, 22, 29)"


def test_a_changed_control_changes_the_link_and_the_link_restores_the_view(address: str, watched: Watched) -> None:
    watched.page.goto(f"{address}/compare")
    page = watched.ready()
    page.get_by_role("radio", name="Setting", exact=True).click()
    wait_for_link(page, "by=Setting")
    choose(page, "Compared with", "Not needling")
    wait_for_link(page, "against=Not+needling")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Do people gain more hair in one setting than in another?")
    expect(page.get_by_text("compared with Not needling")).to_be_visible()
    copied = page.url

    page.reload()
    expect(watched.ready().get_by_text("compared with Not needling")).to_be_visible()

    page.goto("about:blank")
    page.goto(copied)
    watched.ready()
    expect(heading).to_have_text("Do people gain more hair in one setting than in another?")
    expect(page.get_by_text("compared with Not needling")).to_be_visible()
    assert link(page) == {"by": ["Setting"], "against": ["Not needling"]}
    assert watched.errors == []


def test_a_link_of_codes_becomes_a_link_of_words(address: str, watched: Watched) -> None:
    watched.page.goto(f"{address}/?by=device&instrument=sinclair&sex=male&sex=female")
    page = watched.ready()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Do people improve more with one device than with another?"
    )
    assert link(page) == {"by": ["Device"], "instrument": ["Sinclair"], "sex": ["Male", "Female"]}
    expect(page.get_by_text("Part of this link was not understood")).to_have_count(0)


def test_a_value_that_is_not_understood_is_told(address: str, watched: Watched) -> None:
    watched.page.goto(f"{address}/?by=device&week=99")
    page = watched.ready()
    expect(page.get_by_text("Part of this link was not understood")).to_be_visible()
    expect(page.get_by_text("week=99")).to_be_visible()
    assert link(page) == {"by": ["Device"]}


def test_a_cold_deep_link_opens_the_page(address: str, watched: Watched) -> None:
    watched.page.goto(f"{address}/compare?show=Each+arm")
    page = watched.ready()
    expect(page.get_by_text("Mean improvement, hairs/cm² (to the right is better)")).to_be_visible()


def test_a_study_is_chosen_and_its_link_restores_it(address: str, watched: Watched) -> None:
    watched.page.goto(f"{address}/compare")
    page = watched.ready()
    find(page, "What to look at", "c3-density-week-24")
    wait_for_link(page, "study=c3-density-week-24")
    heading = page.get_by_role("heading", level=1)
    expect(heading).not_to_have_text(TITLE)
    title = heading.inner_text()
    copied = page.url

    page.goto("about:blank")
    page.goto(copied)
    watched.ready()
    expect(heading).to_have_text(title)
    page.get_by_text("Show the code that gives this result").click()
    expect(page.get_by_text("needling studies run c3-density-week-24")).to_be_visible()
    find(page, "What to look at", "of your own")
    expect(heading).to_have_text(TITLE)
    page.wait_for_function("!location.search.includes('study')")
    assert watched.errors == []


def test_the_data_can_be_taken_along(address: str, watched: Watched) -> None:
    watched.page.goto(f"{address}/compare")
    page = watched.ready()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text())))
    assert {"none", "0_45_to_0_60", "none vs 1_40_to_1_60"} <= {row["contrast"] for row in rows}
    assert all(row["reason"] for row in rows if not row["estimate"])
    assert all(row["data_fingerprint"] and row["protocol_digest"] for row in rows)
    assert all(row["unit"] == "/cm2" and row["n_observed"] for row in rows)


def test_a_figure_is_saved_at_one_click_with_its_certificate(address: str, watched: Watched) -> None:
    watched.page.goto(f"{address}/compare")
    page = watched.ready()

    def saved(kind: str) -> bytes:
        with page.expect_download() as waiting:
            page.locator(".st-key-picture-forest").get_by_role("button", name=f"Picture as {kind}").click()
        assert waiting.value.suggested_filename == f"forest.{kind.lower()}"
        return Path(waiting.value.path()).read_bytes()

    svg = ElementTree.fromstring(saved("SVG"))
    note, ground, fonts = svg[:3]
    png = saved("PNG")
    size = tuple(int.from_bytes(png[at : at + 4]) for at in (16, 20))
    assert size == tuple(round(2 * float(svg.get(side, ""))) for side in ("width", "height"))
    length = int.from_bytes(png[33:37])
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    keyword, told = png[37 : 41 + length].split(b"\0", 1)
    assert keyword == b"tEXtcertificate"
    assert int.from_bytes(png[41 + length : 45 + length]) == zlib.crc32(png[37 : 41 + length])
    certificate = json.loads(told)
    assert certificate == json.loads(note.text or "")
    assert certificate["data_fingerprint"]
    assert certificate["protocol_digest"]
    assert ground.get("fill") == "#FFFFFF"
    assert (fonts.text or "").count('url("data:font/woff2') == 2, "upright and italic, as on the page"
    assert watched.errors == []
    assert watched.strangers == []


def test_a_new_version_moves_the_reader_over(address: str, watched: Watched, server_home: Path) -> None:
    watched.page.goto(f"{address}/compare")
    page = watched.ready()
    newer = "20261124T091500Z-4d5e6f"
    small_version.publish(server_home, simulated=True, name=newer)
    page.get_by_role("radio", name="Schedule", exact=True).click()
    expect(page.get_by_text(newer).first).to_be_visible()
    assert watched.errors == []

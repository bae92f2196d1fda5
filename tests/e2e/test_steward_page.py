"""The page Steward in a real browser: a delivery from the file dialog to a published version, and what goes back."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipeline import store
from tests.dashboard.delivery import DROP
from tests.e2e.conftest import Watched

pytestmark = pytest.mark.e2e
expect.set_options(timeout=150_000)  # a command of the pipeline runs between a click and what it shows


@pytest.fixture(scope="module")
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that nobody has made yet."""
    return tmp_path_factory.mktemp("steward") / "warehouse"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module", autouse=True)
def _scratch_of_the_server(scratch: Path) -> Iterator[None]:
    """The server inherits where uploads lie for a moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEEDLING_SCRATCH", str(scratch))
        yield


def files(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_text(DROP[name], encoding="utf-8")
    return [folder / name for name in names]


def unexpected(errors: list[str]) -> list[str]:
    """On a deep link Streamlit first looks for its server below the page's own path, and the browser notes the 404."""
    return [error for error in errors if "404 (Not Found)" not in error]


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("watched", [{"viewport": {"width": 1280, "height": 1000}}], indirect=True)
def test_from_the_file_dialog_to_a_published_version(
    address: str, scratch: Path, server_home: Path, watched: Watched, tmp_path: Path
) -> None:
    watched.page.goto(f"{address}/steward")
    page = watched.ready()
    page.locator("input[type=file]").set_input_files(files(tmp_path, *DROP))
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("4 would be taken in, 2 would be kept in quarantine")).to_be_visible()
    assert not server_home.exists(), "a check stores nothing"
    page.get_by_role("button", name="Take in and publish").click()
    expect(page.get_by_text("Published", exact=True)).to_be_visible()
    assert store.current_version(server_home) is not None
    expect(page.get_by_text("2 serious side effects").first).to_be_visible()

    page.get_by_role("tab", name="Not taken").click()
    page.get_by_role("button", name="Prepare").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download", exact=True).click()
    with zipfile.ZipFile(waiting.value.path()) as parcel:
        assert {"letter.html", "marked/sessions.csv"} <= set(parcel.namelist())
        assert b"why not taken" in parcel.read("marked/sessions.csv")

    page.get_by_role("tab", name="Ledger").click()
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    assert list(scratch.iterdir()) == [], "no upload is left behind"
    assert unexpected(watched.errors) == []
    assert watched.strangers == []


@pytest.mark.parametrize(
    "watched",
    [{"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "has_touch": True}],
    indirect=True,
)
def test_on_a_telephone_a_mapping_is_proposed(address: str, watched: Watched, tmp_path: Path) -> None:
    watched.page.goto(f"{address}/steward")
    page = watched.ready()
    page.locator("input[type=file]").set_input_files(files(tmp_path, "participants.csv"))
    page.get_by_label("Name of the sender", exact=True).fill("clinic-south")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Propose").click()
    expect(page.locator("textarea")).to_have_value(re.compile('id = "clinic-south"'))
    assert fits(page)
    toml = page.locator("textarea").input_value()
    page.locator("textarea").fill(toml.replace("[source]", "[source]\nsimulated = true"))
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("2 records read")).to_be_visible()
    assert fits(page)
    assert unexpected(watched.errors) == []
    assert watched.strangers == []

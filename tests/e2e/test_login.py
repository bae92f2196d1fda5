"""Login at a real provider, by a real browser: in, out, run out, another clinic, a cold link to a page of others."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.launch import command
from dashboard.words import text
from tests.dashboard import clinic_home
from tests.e2e.conftest import Watched, free_port, served

pytestmark = pytest.mark.e2e

HEADING = text.CLINIC_TITLE.format(clinic="north")
LONG, SHORT = 3600, 20
"""Seconds for which the provider's word holds."""

USERS = {"n": "desk@north.example", "r": "ada@example.org", "e": "eve@example.org"}


@contextmanager
def dashboard(folder: Path, seconds: int) -> Iterator[tuple[str, Path]]:
    """A dashboard with a list of users, beside the provider that knows them; its address and its log."""
    home, port, provider = folder / "warehouse", free_port(), free_port()
    clinic_home.publish(home)
    clinic_home.let_in(home, port=port, provider=provider)
    words = [sys.executable, "-m", "oidc_provider_mock", "--port", str(provider), "--token-max-age", str(seconds)]
    for sub, mail in USERS.items():
        words += ["--user-claims", json.dumps({"sub": sub, "email": mail, "email_verified": True})]
    (folder / "provider").mkdir()
    with (
        served(words, provider, "/.well-known/openid-configuration", folder / "provider"),
        served(command(home, port), port, "/_stcore/health", folder) as address,
    ):
        yield address, folder / "server.log"


@pytest.fixture(scope="module")
def login(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    with dashboard(tmp_path_factory.mktemp("login"), LONG) as found:
        yield found


def log_in(page: Page, address: str, sub: str) -> None:
    page.goto(address)
    page.get_by_role("button", name=text.LOG_IN).click()
    page.get_by_role("button", name=sub, exact=True).click()
    page.wait_for_url(f"{address}/**")


def test_a_clinics_user_comes_in_sees_the_own_clinic_and_goes(login: tuple[str, Path], watched: Watched) -> None:
    address, log = login
    page = watched.page
    page.goto(f"{address}/compare")
    expect(page.get_by_text(text.LOGGED_OUT)).to_be_visible()
    log_in(page, address, "n")
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADING)
    watched.strangers.clear()  # the provider's own page may take its style from elsewhere

    page.goto(f"{address}/?of=west")
    expect(page.get_by_text(text.OTHER_CLINIC)).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADING)
    assert "asked for another clinic" in log.read_text()

    page.goto(f"{address}/compare")  # a cold link to a page that is not theirs
    expect(page.get_by_text("Page not found")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADING)
    assert watched.strangers == []

    page.goto(address)
    page.get_by_role("button", name=text.LOG_OUT).click()
    page.wait_for_function(
        "address => !location.href.startsWith(address) || !document.querySelector('h1')", arg=address
    )
    page.goto(address)
    expect(page.get_by_text(text.LOGGED_OUT)).to_be_visible()


def test_a_researcher_has_every_clinic(login: tuple[str, Path], watched: Watched) -> None:
    address, _ = login
    log_in(watched.page, address, "r")
    watched.page.goto(f"{address}/clinic?of=west")
    expect(watched.page.get_by_role("heading", level=1)).to_have_text(text.CLINIC_TITLE.format(clinic="west"))


def test_whoever_is_not_on_the_list_sees_nothing(login: tuple[str, Path], watched: Watched) -> None:
    address, _ = login
    log_in(watched.page, address, "e")
    expect(watched.page.get_by_text(text.UNKNOWN)).to_be_visible()
    watched.page.goto(f"{address}/clinic?of=north")
    expect(watched.page.get_by_text(text.UNKNOWN)).to_be_visible()
    expect(watched.page.get_by_text("hairs/cm²")).to_have_count(0)


def test_a_login_that_has_run_out_leads_back_to_the_door(tmp_path: Path, watched: Watched) -> None:
    with dashboard(tmp_path, SHORT) as (address, _):
        log_in(watched.page, address, "n")
        time.sleep(SHORT)
        watched.page.goto(f"{address}/clinic")
        expect(watched.page.get_by_text(text.EXPIRED)).to_be_visible()
        expect(watched.page.get_by_text("hairs/cm²")).to_have_count(0)
        expect(watched.page.get_by_role("button", name=text.LOG_IN)).to_be_visible()

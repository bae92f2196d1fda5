"""A query that really fails, on a real server: the page says so, the log says where, and the other pages go on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dashboard.launch import command
from tests.e2e.conftest import Watched, free_port, served

pytestmark = pytest.mark.e2e

_LITTLE_MEMORY = """
import pipeline.engine.duckdb

pipeline.engine.duckdb.READER_MEMORY_MB = 1
"""
"""Python reads this before the server's first line."""


@pytest.fixture(scope="module")
def starved(server_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address of a dashboard whose readers have next to no memory, and its log."""
    folder, port = tmp_path_factory.mktemp("starved"), free_port()
    (folder / "sitecustomize.py").write_text(_LITTLE_MEMORY, encoding="utf-8")
    env, home, path, *words = command(server_home, port)
    with served([env, home, f"{path}:{folder}", *words], port, "/_stcore/health", folder) as address:
        yield address, folder / "server.log"


def test_a_page_without_memory_says_so_in_words(starved: tuple[str, Path], watched: Watched) -> None:
    address, log = starved
    page = watched.page
    page.goto(f"{address}/compare")
    box = page.get_by_test_id("stAlert").filter(has_text="The server has too little memory")
    expect(box).to_be_visible()
    assert page.get_by_test_id("stException").count() == 0
    reference = re.search(r"reference (\w{8});", box.inner_text())
    assert reference is not None
    told = log.read_text(encoding="utf-8")
    assert f"a page failed, reference {reference[1]}: OutOfMemoryException" in told
    assert "could not allocate" not in told.casefold()
    page.goto(f"{address}/help")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What do the words")

"""A good home for the tests of the gate itself, and two suites small enough to be quick."""

from pathlib import Path

import pytest

from tests.validate import good_home


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(candidate, landing) of a home in which nothing is wrong. Copy before changing it."""
    return good_home.make(tmp_path_factory.mktemp("good"))

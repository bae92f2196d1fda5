"""One good home for all rules; each test plants into a copy."""

from pathlib import Path

import pytest

from tests.validate import good_home


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The candidate and the landing file of a home in which nothing is wrong, by place."""
    candidate, landing = good_home.make(tmp_path_factory.mktemp("good"))
    return {"research": candidate, "landing": landing}

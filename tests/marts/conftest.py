"""One landing a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.marts.landing_text import Landing


@pytest.fixture
def landing(tmp_path: Path) -> Iterator[Landing]:
    spec = Landing(tmp_path / "candidate")
    yield spec
    spec.con.close()

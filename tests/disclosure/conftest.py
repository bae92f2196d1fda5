from pathlib import Path

import pytest

from pipeline import ledger
from pipeline.config import Settings, load
from tests.disclosure.months import People, people
from tests.disclosure.releases import LATE, SIZES


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = load(tmp_path / "home", {"NEEDLING_SCRATCH": "/var/tmp", "NEEDLING_MEMORY_MB": "256"})
    settings.home.mkdir()
    ledger.start_run(settings.home, "run")
    return settings


@pytest.fixture(scope="module")
def everybody() -> People:
    return people(5, SIZES, LATE + 1)

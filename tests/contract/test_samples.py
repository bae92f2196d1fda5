"""The committed samples are what their script makes, and open as they are."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from pipeline.contract.reasons import REASONS
from pipeline.contract.tables import TABLES
from pipeline.sources import open_drop

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
NAMES = ("clinic-nord", "clinic-sud", "app-haar", "registry-west", "trial-east", "app-onde")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("samples")
    subprocess.run([sys.executable, SAMPLES / "make_samples.py", "--out", out], check=True)
    return out


@pytest.mark.parametrize("name", NAMES)
def test_the_script_makes_the_committed_files(made: Path, name: str) -> None:
    files = sorted(path for path in (made / name).iterdir())
    committed = sorted(path.name for path in (SAMPLES / name).iterdir() if path.name != "source.toml")
    assert [path.name for path in files] == committed
    for path in files:
        twin = SAMPLES / name / path.name
        if path.suffix == ".parquet":  # another release of the writer may lay the same table out differently
            assert pl.read_parquet(path).equals(pl.read_parquet(twin))
        else:
            assert path.read_bytes() == twin.read_bytes(), path.name


UNREAD = {"clinic-sud": ("registre.xlsx: sheets not read, no table names them: Bilan",)}


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_opens_and_says_that_its_people_are_invented(name: str) -> None:
    drop = open_drop(SAMPLES / name)
    assert drop.manifest.simulated
    assert drop.warnings == UNREAD.get(name, ())
    expected = json.loads((SAMPLES / name / "expected.json").read_text(encoding="utf-8"))
    assert {mapping.table for file in drop.files for mapping in file.tables} == set(expected["tables"])


@pytest.mark.parametrize("name", NAMES)
def test_the_expected_account_adds_up(name: str) -> None:
    expected = json.loads((SAMPLES / name / "expected.json").read_text(encoding="utf-8"))
    total: dict[str, int] = {}
    for table, account in expected["tables"].items():
        assert table in TABLES
        reasons = account.pop("quarantine")
        assert sum(reasons.values()) == account["quarantined"]
        assert account.pop("read") == sum(account.values())
        for reason, n in reasons.items():
            total[reason] = total.get(reason, 0) + n
    assert total == expected["quarantine"]
    assert set(total) <= set(REASONS)


def test_together_the_samples_show_every_reason() -> None:
    shown: set[str] = set()
    for name in NAMES:
        shown |= set(json.loads((SAMPLES / name / "expected.json").read_text(encoding="utf-8"))["quarantine"])
    assert shown == set(REASONS)

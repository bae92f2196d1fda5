"""kill -9 at any moment: the next run completes, and nothing is lost or doubled."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import flow, simulate, store
from pipeline.config import Settings, load

NEEDLING = [sys.executable, "-c", "from pipeline.cli import main; main()"]
PATIENCE_S = 120
KEY = "5e" * 32
"""One key for all homes: people are numbered, and dealt into groups, by their pseudonyms."""


@pytest.fixture(scope="module")
def drops(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    out = tmp_path_factory.mktemp("invented") / "drops"
    simulate.simulate(120, 3, out, sources=2)
    return sorted(p.parent for p in out.glob("*/source.toml"))


def keyed(settings: Settings) -> Settings:
    """The settings of a home that has its key already."""
    settings.home.mkdir(parents=True)
    settings.key_file.write_text(KEY, encoding="utf-8")
    settings.key_file.chmod(0o600)
    return settings


def killed(command: str, settings: Settings, drops: list[Path], reached: Callable[[], bool]) -> None:
    """Start a command, and kill it as soon as `reached`."""
    words = [*NEEDLING, command, *map(str, drops), "--home", str(settings.home)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + PATIENCE_S
    while not reached() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)
    assert process.poll() is None, "the run ended before it could be killed"
    process.kill()
    process.wait()


def holdings(settings: Settings) -> dict[str, Any]:
    status = flow.status(settings)
    return {"tables": status["tables"], "quarantine": status["quarantine"]}


def published(settings: Settings) -> dict[str, Any]:
    current = store.current_version(settings.home)
    assert current is not None
    tables: dict[str, Any] = store.read_manifest(current)["tables"]
    return tables


@pytest.fixture(scope="module")
def undisturbed(drops: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("undisturbed")
    settings = keyed(load(folder / "home", {"NEEDLING_SCRATCH": str(folder)}))
    assert flow.run(settings, drops)[1] == 0
    return {**holdings(settings), "published": published(settings)}


MOMENTS = {
    "after the first file of landing": ("ingest", "landing/*/*/*.parquet"),
    "after the first drop is committed": ("ingest", "landing/sessions/clinic-01/*.parquet"),
    "while the new version is built": ("run", "versions/.candidate-*/research.duckdb"),
}
"""What is killed, and the file by whose presence the moment is known."""


@pytest.mark.parametrize(("command", "pattern"), MOMENTS.values(), ids=list(MOMENTS))
def test_the_run_after_a_killed_one_completes(
    command: str,
    pattern: str,
    drops: list[Path],
    undisturbed: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("NEEDLING_SCRATCH", str(scratch))
    settings = keyed(load(tmp_path / "home"))
    killed(command, settings, drops, lambda: any(settings.home.glob(pattern)))
    until = time.monotonic() + 10
    while any(scratch.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert list(scratch.iterdir()) == []  # raw ids lay there; the watchdog has removed them
    again = {"ingest": flow.ingest, "run": flow.run}[command]
    assert again(settings, drops)[1] == 0
    assert holdings(settings).items() <= undisturbed.items()
    if command == "run":
        assert published(settings) == undisturbed["published"]
    assert list(settings.home.glob("versions/.candidate-*")) == []
    named = {path.name for path in settings.home.glob("landing/*/*/*")}
    assert not [name for name in named if name.startswith(".")]


def test_two_runs_at_once(drops: list[Path], tmp_path: Path) -> None:
    home = tmp_path / "home"
    words = [*NEEDLING, "ingest", *map(str, drops), "--home", str(home)]
    first = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + PATIENCE_S
    while not (home / "ledger.duckdb").exists() and time.monotonic() < until:
        time.sleep(0.005)
    second = subprocess.run(words, capture_output=True, text=True, check=False)
    assert second.returncode == 5
    assert "is locked by process" in second.stderr
    assert first.wait() == 0

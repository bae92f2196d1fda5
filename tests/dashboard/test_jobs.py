"""Commands in a process of their own: what they say, where files from a browser lie, and that they are gone."""

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from dashboard.jobs import Answer, Job, Task
from pipeline import config, store
from pipeline.config import Settings
from tests.landing.conftest import PEOPLE, SESSIONS

TOML = b'[source]\nid = "north"\nformat = "csv"\nsimulated = true\nextracted_on = "2026-06-30"\n'
FILES = {"source.toml": TOML, "participants.csv": PEOPLE.encode(), "sessions.csv": SESSIONS.encode()}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return config.load(tmp_path / "warehouse")


def end(settings: Settings, *words: str, files: dict[str, bytes] | None = None, drop: str = "drop") -> Answer:
    return Job(settings, Task(words, drop, files)).start().end()


def left(settings: Settings) -> list[Path]:
    return list(settings.scratch.iterdir())


def test_a_command_answers_and_leaves_nothing(settings: Settings) -> None:
    job = Job(settings, Task(("check", "{drop}", "--progress"), files=FILES)).start()
    answer = job.end()
    assert answer.exit_code == 0
    assert answer.document["tables"]["sessions"]["admitted"] == 2
    assert job.step is not None, "it told its steps"
    assert not settings.home.exists()
    assert left(settings) == []


def test_what_went_wrong_is_told_in_the_programs_words(settings: Settings) -> None:
    answer = end(settings, "ingest", "{drop}", files={"sessions.csv": b"a,b\n"})
    assert answer.exit_code == 2
    assert "source.toml" in str(answer.document)
    assert str(settings.scratch) not in str(answer.document), "the folder of a moment means nothing to anybody"


def test_another_run_at_work_is_told(settings: Settings) -> None:
    with store.lock(settings.home):
        answer = end(settings, "ingest", "{drop}", files=FILES)
    assert answer.exit_code == 5
    assert answer.error is not None


def test_a_scratch_folder_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEEDLING_SCRATCH", str(tmp_path / "nowhere"))
    answer = end(config.load(tmp_path / "warehouse"), "status")
    assert answer.error is not None
    assert "NEEDLING_SCRATCH" in answer.error


def test_files_that_a_command_writes_come_as_one_zip(settings: Settings) -> None:
    bad = FILES | {"sessions.csv": SESSIONS.replace("dermaroller,0.5", "dermaroller,9").encode()}
    assert end(settings, "ingest", "{drop}", files=bad).exit_code == 0
    words = ("quarantine", "export", "--source", "north", "--out", "{back}", "--drop", "{drop}")
    parcel = end(settings, *words, files=bad).parcel
    assert parcel is not None
    with zipfile.ZipFile(io.BytesIO(parcel)) as archive:
        assert {"letter.html", "marked/sessions.csv", "not-taken.csv"} <= set(archive.namelist())
    assert left(settings) == []


def test_nothing_that_was_uploaded_is_ever_run(settings: Settings, tmp_path: Path) -> None:
    """A folder that is named like a library, with a program in it, lies where the command is started."""
    trap = f"import pathlib; pathlib.Path({str(tmp_path / 'sprung')!r}).touch()".encode()
    for name in ("click", "duckdb", "json", "pipeline"):
        end(settings, "status", files={"__init__.py": trap, "cli.py": trap}, drop=name)
    assert not (tmp_path / "sprung").exists()


def test_a_killed_server_leaves_no_upload_behind(settings: Settings) -> None:
    script = (
        "from pathlib import Path; from dashboard.jobs import Job, Task; from pipeline import config;"
        f"Job(config.load(Path({str(settings.home)!r})), Task(('ingest', '{{drop}}'),"
        f" files={FILES!r})).start().end()"
    )
    root = str(Path(__file__).parents[2])
    process = subprocess.Popen([sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": root})
    end_at = time.monotonic() + 30
    while not list(settings.scratch.glob("needling-*/drop/*")) and time.monotonic() < end_at:
        time.sleep(0.02)
    assert list(settings.scratch.glob("needling-*/drop/*")), "the upload was there"
    process.send_signal(signal.SIGKILL)
    process.wait()
    while left(settings) and time.monotonic() < end_at:
        time.sleep(0.1)
    assert left(settings) == []

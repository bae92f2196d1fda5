"""What a fresh clone stands on: the lock, the Makefile, the README's own words."""

import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement

from pipeline.cli import main

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MANUAL = [ROOT / "README.md", ROOT / "data" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PROSE = [path for path in MANUAL if path.name != "commands.md"]
TARGETS = dict(re.findall(r"^([a-z]+):[^#\n]*## (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def locked() -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for line in re.findall(r"^([A-Za-z0-9][^\\\n]*?) *\\$", LOCK, re.MULTILINE):
        requirement = Requirement(line)
        found.setdefault(requirement.name, []).append(requirement)
    return found


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_lock_names_no_index_and_says_how_it_was_made() -> None:
    requirements = "\n".join(line for line in LOCK.splitlines() if not line.startswith("#"))
    assert not re.search(r"https?:|--[a-z-]*index|--find-links|--trusted-host|file:|git\+|@", requirements)
    assert "://" not in LOCK
    assert "#    uv pip compile pyproject.toml --extra dev --universal" in LOCK.splitlines()[1]


def test_every_locked_library_is_exact_and_carries_hashes() -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", LOCK.split("-o requirements.lock\n", 1)[1])
    assert len(blocks) > 50
    assert all("==" in block and re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in blocks)


@pytest.mark.parametrize(
    "wanted", [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["dev"]]
)
def test_the_lock_serves_what_the_project_asks_for(wanted: str) -> None:
    requirement = Requirement(wanted)
    versions = [str(found.specifier).removeprefix("==") for found in locked()[requirement.name]]
    assert all(requirement.specifier.contains(version) for version in versions)


def test_the_installed_libraries_are_the_locked_ones() -> None:
    for library, requirements in locked().items():
        here = [r for r in requirements if r.marker is None or r.marker.evaluate()]
        assert all(r.specifier.contains(metadata.version(library)) for r in here), library


def test_the_makefile_has_the_promised_targets() -> None:
    assert " ".join(TARGETS) == "help run demo test check fix fuzz large bench coverage verdicts golden clean"
    command = ["make", "--no-print-directory", "help"]  # under `make test` make would tell the folder it enters
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    assert [line.split()[0] for line in shown.splitlines()] == list(TARGETS)


def test_check_edits_nothing() -> None:
    """Only `fix` may write: no formatter without --check, no linter with --fix in `check`."""
    plan = subprocess.run(["make", "-n", "check"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    assert "--fix" not in plan
    assert all("--check" in line for line in plan.splitlines() if "ruff format" in line or "docs.generate" in line)


def test_continuous_integration_runs_the_readmes_command() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[-1] == "exec make test"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_a_python_without_venv_gets_a_clear_message(tmp_path: Path) -> None:
    """Debian splits venv off: simulated by an interpreter that finds no ensurepip."""
    python = tmp_path / "python3"
    python.write_text(
        f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"\n', encoding="utf-8"
    )
    python.chmod(0o755)
    done = subprocess.run(
        [ROOT / ".ci" / "environment", python, tmp_path / "venv"], capture_output=True, check=False, text=True
    )
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_without_a_browser_and_without_rights_the_message_says_what_to_install(tmp_path: Path) -> None:
    fake = tmp_path / "id"
    fake.write_text("#!/bin/sh\necho 1000\n", encoding="utf-8")
    fake.chmod(0o755)
    done = subprocess.run(
        ["/bin/bash", ROOT / ".ci" / "browser"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 1
    assert "apt-get install chromium" in done.stderr


@pytest.mark.parametrize("path", PROSE, ids=name)
def test_what_the_manual_tells_to_type_exists(path: Path) -> None:
    text = re.sub(r"^```.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)  # a fence is no pair of ticks
    assert set(re.findall(r"\bmake ([a-z]+)\b(?=`|$)", text, re.MULTILINE)) <= set(TARGETS)
    for words in re.findall(
        r"\bneedling ([a-z]+(?: [a-z]+)?)", "\n".join(re.findall(r"`[^`]+`|^ {4}.*$|^needling .*$", text, re.M))
    ):
        command: click.Command = main.commands[words.split()[0]]
        if isinstance(command, click.Group):
            assert words.split()[1] in command.commands, words


@pytest.mark.parametrize("path", MANUAL, ids=name)
def test_every_link_of_the_manual_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not link.startswith("https:") and not (path.parent / link).exists()] == []

"""The command line itself: its shape, its words, and what it costs to start."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from docs import generate
from pipeline.cli import main

HEAVY = (
    "duckdb",
    "polars",
    "pandas",
    "pyarrow",
    "numpy",
    "scipy",
    "plotly",
    "great_expectations",
    "streamlit",
    "sqlalchemy",
)


def walk(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from walk(inner, (*words, name))
    else:
        yield words, command


COMMANDS = dict(walk(main))


def test_the_commands_are_those_of_the_manual() -> None:
    assert [" ".join(words) for words in COMMANDS] == [
        "run", "check", "map", "ingest", "validate", "publish", "rollback", "status", "quarantine list",
        "quarantine export", "quarantine retry", "clinics list", "clinics profile", "compare",
        "studies list", "studies show", "studies run",
        "studies freeze", "studies bundle",
        "simulate", "template", "forget", "dashboard", "doctor",
    ]  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_takes_home_and_json_and_explains_itself(words: tuple[str, ...]) -> None:
    command = COMMANDS[words]
    options = {name for parameter in command.params for name in parameter.opts}
    assert {"--home", "--json", "--debug"} <= options
    assert command.help
    assert all(p.help for p in command.params if isinstance(p, click.Option))
    assert CliRunner().invoke(main, [*words, "--help"]).exit_code == 0


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.7", "::"])
def test_without_a_login_nobody_but_this_machine_can_be_served(address: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["dashboard", "--address", address, "--home", str(tmp_path)])
    assert result.exit_code == 2
    assert f"--address {address} was given, and without a login" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["run"],
        ["ingest"],
        ["compare", "--by", "colour", "--instrument", "hair_density", "--week", "24"],
        ["compare", "--by", "depth", "--instrument", "hair_density", "--week", "soon"],
        ["compare", "--by", "depth", "--week", "24"],
        ["simulate", "--participants", "0", "--out", "x"],
        ["simulate", "--participants", "10"],
        ["template", "--format", "docx", "--out", "x"],
        ["forget", "--source", "north"],
        ["dashboard", "--port", "70000"],
        ["quarantine"],
        ["quarantine", "list", "--limit", "0"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_usage_and_touches_nothing(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plain = CliRunner().invoke(main, words)
    machine = CliRunner().invoke(main, [*words, "--json"])
    assert list(tmp_path.iterdir()) == []
    assert (plain.exit_code, plain.stdout) == (2, "")
    assert plain.stderr
    assert (machine.exit_code, machine.stderr) == (2, "")
    assert json.loads(machine.stdout)["error"]["kind"] == "usage"


def test_forget_reads_the_id_from_standard_input_and_wants_one(tmp_path: Path) -> None:
    words = ["forget", "--source", "north", "--participant", "-", "--home", str(tmp_path / "home")]
    result = CliRunner().invoke(main, words, input="\n")
    assert result.exit_code == 2
    assert "no participant id came on standard input" in result.stderr


def test_help_loads_no_library_that_is_slow_to_load() -> None:
    code = f"import sys, pipeline.cli; print(sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"


def test_the_version_is_the_packages() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert result.exit_code == 0
    assert result.output.endswith("version 0.1.0\n")


def test_the_generated_pages_of_the_manual_are_fresh() -> None:
    assert generate.stale() == [], "run: make fix"

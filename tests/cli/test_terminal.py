"""Every way a command can end, and what is on each stream then."""

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import duckdb
import pytest
from click.testing import CliRunner

from pipeline.errors import GateError, LockedError, NeedlingError, RefusedError, UsageError
from pipeline.terminal import Document, Program, Progress, answer, shared_options

SECRET = "Jane Doe, born 1980-02-03"


class Panic(BaseException):
    """What a panic inside a compiled library looks like: no Exception."""


def program(*, raises: BaseException | None = None, document: Document | None = None, code: int = 0) -> Program:
    """A program with one command `act` that ends as told."""

    @click.group(cls=Program)
    def main() -> None: ...

    @main.command()
    @click.option("--count", type=int)
    @shared_options
    def act(settings: object, count: int | None) -> int:
        if raises is not None:
            raise raises
        return answer(document or {}, lambda d: f"text of {d}", code)

    return main


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (UsageError("no home"), "usage", 2),
        (RefusedError("no drop"), "refused", 3),
        (GateError("rule failed"), "gate", 4),
        (LockedError("another run"), "locked", 5),
        (NeedlingError("disk full"), "failed", 1),
    ],
)
def test_each_family_has_its_exit_code_and_kind(error: NeedlingError, kind: str, code: int) -> None:
    plain = CliRunner().invoke(program(raises=error), ["act"])
    assert (plain.exit_code, plain.stdout, plain.stderr) == (code, "", f"needling: {error}\n")
    machine = CliRunner().invoke(program(raises=error), ["act", "--json"])
    assert (machine.exit_code, machine.stderr) == (code, "")
    assert json.loads(machine.stdout) == {"error": {"kind": kind, "message": str(error)}}


@pytest.mark.parametrize("error", [ValueError(SECRET), KeyError(SECRET), Panic(SECRET)])
@pytest.mark.parametrize("words", [["act"], ["act", "--json"]])
def test_an_unforeseen_failure_tells_its_place_and_no_data(error: BaseException, words: list[str]) -> None:
    result = CliRunner().invoke(program(raises=error), words)
    assert result.exit_code == 1
    assert SECRET not in result.output
    assert f"unexpected {type(error).__name__} in tests/cli/test_terminal.py, line " in result.output


def test_debug_shows_the_traceback_on_standard_error_only() -> None:
    result = CliRunner().invoke(program(raises=ValueError(SECRET)), ["act", "--debug", "--json"])
    assert "Traceback" in result.stderr
    assert json.loads(result.stdout)["error"]["kind"] == "unexpected"


def test_too_little_memory_is_said_with_what_to_do_and_no_data() -> None:
    result = CliRunner().invoke(program(raises=duckdb.OutOfMemoryException(SECRET)), ["act"])
    assert result.exit_code == 1
    assert SECRET not in result.output
    assert "NEEDLING_MEMORY_MB" in result.stderr


def test_a_failure_of_the_system_names_the_file() -> None:
    result = CliRunner().invoke(program(raises=OSError(28, "No space left on device", "/home/x")), ["act"])
    assert result.exit_code == 1
    assert result.stderr.startswith("needling: No space left on device: /home/x; see that the home is whole")


def test_interruption_ends_with_130() -> None:
    result = CliRunner().invoke(program(raises=KeyboardInterrupt()), ["act", "--json"])
    assert result.exit_code == 130
    assert json.loads(result.stdout)["error"]["kind"] == "interrupted"


def interrupt_until_it_ends(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Press Ctrl-C every two seconds: DuckDB swallows one that comes while it looks for optional libraries."""
    with process:
        for _ in range(30):
            try:
                return process.communicate(timeout=2)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
        process.kill()
        return process.communicate()


def test_ctrl_c_in_the_middle_of_a_query_is_an_interruption() -> None:
    """DuckDB answers it with a RuntimeError, which must not pass for an unforeseen failure."""
    code = (
        "import click, duckdb\n"
        "from pipeline.terminal import Program, shared_options\n"
        "@click.group(cls=Program)\n"
        "def main(): ...\n"
        "@main.command()\n"
        "@shared_options\n"
        "def act(settings):\n"
        "    duckdb.execute('SET threads = 1')\n"  # or another thread has the only task, and nobody listens
        "    duckdb.execute('SELECT sum(hash(n)::HUGEINT) FROM range(100000000000) AS numbers(n)')\n"
        "main()\n"
    )
    words = [sys.executable, "-c", code, "act", "--json"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    stdout, stderr = interrupt_until_it_ends(process)
    assert (process.returncode, stderr) == (130, "")
    assert json.loads(stdout)["error"]["kind"] == "interrupted"


@pytest.mark.parametrize("words", [["act", "--count", "many"], ["act", "--nosuch"], ["nosuch"]])
def test_a_wrong_command_line_is_usage(words: list[str]) -> None:
    plain = CliRunner().invoke(program(), words)
    assert (plain.exit_code, plain.stdout) == (2, "")
    machine = CliRunner().invoke(program(), [*words, "--json"])
    assert (machine.exit_code, machine.stderr) == (2, "")
    assert json.loads(machine.stdout)["error"]["kind"] == "usage"


def test_an_answer_is_text_or_one_document_with_the_same_code() -> None:
    main = program(document={"n": 1, "word": "größer"}, code=3)
    plain = CliRunner().invoke(main, ["act"])
    assert (plain.exit_code, plain.stdout) == (3, "text of {'n': 1, 'word': 'größer'}\n")
    machine = CliRunner().invoke(main, ["act", "--json"])
    assert machine.exit_code == 3
    assert json.loads(machine.stdout) == {"n": 1, "word": "größer"}
    assert machine.stdout.isascii()


def test_a_terminal_without_unicode_is_served() -> None:
    code = "from tests.cli.test_terminal import program; program(document={'word': '≥ größer'})()"
    words = [sys.executable, "-c", code, "act"]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(words, capture_output=True, check=False, env=environment, cwd=Path(__file__).parents[2])
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("latin-1") == "text of {'word': '\\u2265 größer'}\n"


def test_a_number_that_json_has_no_word_for_is_a_failure_not_a_broken_document() -> None:
    result = CliRunner().invoke(program(document={"estimate": math.nan}), ["act", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["kind"] == "unexpected"


def test_settings_that_cannot_be_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEEDLING_SCRATCH", str(tmp_path / "home" / "scratch"))
    result = CliRunner().invoke(program(), ["act", "--home", str(tmp_path / "home")])
    assert result.exit_code == 2
    assert "lies inside the home" in result.stderr


def test_progress_is_silent_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress() as progress:
        progress("reading", 1, 2)
        progress("reading", 2, 2)
    assert capsys.readouterr() == ("", "")


def test_progress_draws_a_bar_on_a_terminal() -> None:
    master, slave = os.openpty()
    code = (
        "from pipeline.terminal import Progress\n"
        "with Progress() as progress:\n"
        "    progress('reading', 1, 2)\n"
        "    progress('writing', 3, 3)\n"
        "    progress('nothing to do', 0, 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stderr=slave, stdout=subprocess.PIPE, check=True)
    os.close(slave)
    shown = os.read(master, 65536).decode()
    os.close(master)
    assert done.stdout == b""
    assert "reading" in shown
    assert "writing" in shown


def test_a_reader_that_has_gone_away_changes_nothing(tmp_path: Path) -> None:
    code = "from pipeline.cli import main; main()"
    words = [sys.executable, "-c", code, "doctor", "--json", "--home", str(tmp_path / "home")]
    heard = subprocess.run(words, capture_output=True, check=False)
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        unheard = subprocess.run(words, stdout=write_end, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(write_end)
    assert (unheard.returncode, unheard.stderr) == (heard.returncode, b"")

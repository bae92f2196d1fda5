"""How a command meets the terminal: its shared options, one answer, progress, errors and exit codes.

Standard output carries the answer alone; progress and messages go to standard error. A failure that
nobody foresaw is told by its place in the code, never by its text, for that could quote somebody's data.
"""

import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import click

from pipeline import config, interruption
from pipeline.errors import NeedlingError, place_of

Document = Mapping[str, Any]
Command = TypeVar("Command", bound=Callable[..., int])

UNEXPECTED = 1
_DISK_ADVICE = (
    "see that the home is whole and that its disk and that of the scratch folder have room, then run again; "
    "`needling doctor` looks at both"
)
_MEMORY_ADVICE = (
    "nothing was left half done; allow more by NEEDLING_MEMORY_MB (in MiB; left alone half of the machine's), or send "
    "a long file in parts"
)
_JSON = "pipeline.terminal.json"
_PATH = click.Path(file_okay=False, path_type=Path)


class Program(click.Group):
    """The group of all commands; turns every way to end into an exit code and, with `--json`, one document."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of a day's work, not of the alphabet."""
        return list(self.commands)

    def main(  # type: ignore[override]  # click's overloads on standalone_mode; one signature serves both
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> int:
        """Run one command line. Exits with its code, or returns it where `standalone_mode` is off."""
        words = list(sys.argv[1:] if args is None else args)
        _bear_any_letter()
        with interruption.noting_interrupts() as seen:
            code = self._run(words, prog_name, extra, seen)
        if standalone_mode:
            sys.exit(code)
        return code

    def _run(self, words: list[str], prog_name: str | None, extra: dict[str, Any], seen: list[int]) -> int:
        as_json = "--json" in words
        try:
            return super().main(words, prog_name, standalone_mode=False, **extra) or 0
        except SystemExit:
            raise
        except BaseException as error:  # a panic inside Polars is no Exception
            if seen:
                interruption.ignore_further()
            if isinstance(error, click.ClickException) and not as_json:
                error.show()
                return error.exit_code
            kind, message, code = _explain(error, seen)
            if kind == "unexpected" and "--debug" in words:
                traceback.print_exc()
            return _fail(kind, message, code, as_json)


def shared_options(command: Command) -> Command:
    """Add `--home`, `--json` and `--debug`; the command receives `settings`."""
    for option in (
        click.option(
            "--debug", is_flag=True, expose_value=False, help="Show a failure's traceback; it may hold data."
        ),
        click.option(
            "--json", is_flag=True, expose_value=False, callback=_remember_json, help="Answer with one JSON document."
        ),
        click.option(
            "--home", "settings", type=_PATH, callback=_load, metavar="DIR",
            help="The warehouse; otherwise $NEEDLING_HOME, otherwise ./warehouse.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def answer(document: Document, render: Callable[[Document], str], code: int = 0) -> int:
    """Print the document, as JSON where it was asked for, and pass the exit code on."""
    as_json = click.get_current_context().meta.get(_JSON, False)
    _print(_dumps(document) if as_json else render(document))
    return code


def alarm(alerts: Sequence[str]) -> None:
    """Print what somebody has to look at now to standard error, also where the answer is JSON."""
    for alert in alerts:
        click.echo(alert, err=True)


class Progress:
    """A bar on standard error for `(label, done, total)`; where that is no terminal nothing, or with `in_lines` a
    line `done/total label` for each step."""

    def __init__(self, *, in_lines: bool = False) -> None:
        self._in_lines = in_lines
        self._bar: Any = None
        self._label = ""

    def __call__(self, label: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            if self._in_lines:
                click.echo(f"{done}/{total} {label}", err=True)
            return
        if self._bar is None or label != self._label:
            self._finish()
            self._label = label
            self._bar = click.progressbar(length=max(total, 1), label=label, file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish()

    def _finish(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


def _bear_any_letter() -> None:
    """A terminal without Unicode shows an escape for a letter it lacks, rather than make the command fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _load(context: click.Context, parameter: click.Parameter, value: Path | None) -> config.Settings:
    return config.load(value)


def _remember_json(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    context.meta[_JSON] = value


def _fail(kind: str, message: str, code: int, as_json: bool) -> int:
    if as_json:
        _print(_dumps({"error": {"kind": kind, "message": message}}))
    else:
        click.echo(f"needling: {message}", err=True)
    return code


def _explain(error: BaseException, seen: list[int]) -> tuple[str, str, int]:
    """Kind, message and exit code of a failure."""
    if seen or isinstance(error, click.exceptions.Abort):
        return "interrupted", "interrupted; the next run completes what this one began", interruption.EXIT_CODE
    if isinstance(error, click.ClickException):
        return "usage", error.format_message(), error.exit_code
    if isinstance(error, NeedlingError):
        return _kind(error), str(error), error.exit_code
    return "unexpected", _unforeseen(error), UNEXPECTED


def _kind(error: NeedlingError) -> str:
    """`usage`, `refused`, `gate`, `locked`; `failed` for what has no family of its own."""
    return "failed" if type(error) is NeedlingError else type(error).__name__.removesuffix("Error").lower()


def _unforeseen(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename or 'no file named'}; {_DISK_ADVICE}"
    if type(error).__name__ == "IOException":  # DuckDB's; its text names files, but may quote what they hold
        return f"a file could not be read or written {place_of(error)}; {_DISK_ADVICE}"
    if type(error).__name__ == "OutOfMemoryException":
        return f"the memory that a run may use does not suffice {place_of(error)}; {_MEMORY_ADVICE}"
    return f"unexpected {type(error).__name__} {place_of(error)}; --debug shows the traceback, which may hold data"


def _dumps(document: Document) -> str:
    return json.dumps(document, indent=2, allow_nan=False, default=str)


def _print(text: str) -> None:
    try:
        click.echo(text)
    except BrokenPipeError:  # whoever read us has read enough; the exit code still tells how the command ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

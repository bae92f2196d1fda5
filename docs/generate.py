"""Write the generated pages of the manual, or with --check say which are stale and edit nothing."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from benchmarks import page as benchmarks
from benchmarks.coverage import page as operating_characteristics
from benchmarks.verdicts import page as verdicts
from docs import published
from pipeline.cli import main
from pipeline.contract import dictionary

DOCS = Path(__file__).parent
WIDTH = 100
"""Columns of the help texts, the same on every terminal."""

PREAMBLE = """# Commands

Generated from the program's own help by `make fix`; do not edit. [index.md](index.md) tells the rest.
"""


def commands() -> str:
    """The help of every command, in the order of a day's work."""
    return "\n".join([PREAMBLE, *_sections(main, ("needling",), None)])


def _sections(command: click.Command, words: tuple[str, ...], parent: click.Context | None) -> list[str]:
    settings = {**command.context_settings, "max_content_width": WIDTH, "terminal_width": WIDTH}
    context = click.Context(command, info_name=words[-1], parent=parent, **settings)
    sections = [f"{'#' * (len(words) + 1)} {' '.join(words)}\n\n```text\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            sections += _sections(command.commands[name], (*words, name), context)
    return sections


PAGES: dict[str, Callable[[], str]] = {
    "benchmarks.md": benchmarks.render,
    "commands.md": commands,
    "data-dictionary.md": dictionary.render,
    "operating-characteristics.md": operating_characteristics.render,
    "evidence.md": published.render,
    "verdicts.md": verdicts.render,
}


def stale() -> list[str]:
    """Names of generated pages that differ from what the program says today."""
    return [name for name, page in PAGES.items() if not _holds(DOCS / name, page())]


def write() -> None:
    """Write every generated page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    if "--check" not in sys.argv[1:]:
        write()
    elif behind := stale():
        sys.exit(f"stale: {', '.join(f'docs/{name}' for name in behind)}; run: make fix")

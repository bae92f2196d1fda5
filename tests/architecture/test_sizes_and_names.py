"""Sizes and names: what keeps each file readable in one sitting."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("pipeline", "expectations", "dashboard", "tests", "docs", "benchmarks")
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50
EMPTY_NAMES = re.compile(r"(^|_)(utils?|helpers?|common|misc|managers?|processors?|stuff|data\d)$")
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|HA" r"CK|raise NotImplemented" r"Error)\b")

FILES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*") if p.suffix in {".py", ".sql"})
PYTHON = [path for path in FILES if path.suffix == ".py"]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, the docstring not counted."""
    first = function.body[0]
    is_docstring = ast.get_docstring(function) is not None
    documented = (first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - documented


def test_the_rooms_are_found() -> None:
    assert {name(path).split("/")[0] for path in FILES} >= {"pipeline", "expectations", "dashboard", "tests"}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_is_read_in_one_sitting(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_FILE_LINES, f"{name(path)} has {lines} lines; split it by subject"


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    long = {f.name: length(f) for f in functions(path) if length(f) > MAX_FUNCTION_LINES}
    assert not long, f"{name(path)}: {long}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_name_says_what_is_inside(path: Path) -> None:
    empty = [part for part in (*path.relative_to(ROOT).parent.parts, path.stem) if EMPTY_NAMES.search(part)]
    assert not empty, f"{name(path)}: {empty} says nothing about its content"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nothing_is_left_unfinished(path: Path) -> None:
    found = UNFINISHED.findall(path.read_text(encoding="utf-8"))
    assert not found, f"{name(path)}: {found}"


def test_most_functions_are_short() -> None:
    """Nine in ten within 31 lines, as in the code this field admires."""
    lengths = sorted(length(f) for path in PYTHON if not name(path).startswith("tests/") for f in functions(path))
    assert lengths[len(lengths) * 9 // 10] <= 31

"""A home, the command that hands back, and what a sender does with what comes."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.contract.staged import WHY_NOT_TAKEN
from tests.landing.conftest import Home

Row = dict[str, str]


class Desk:
    """A sender's desk: what came back, corrected and sent again."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._handed = 0

    def ask(self, *words: str, code: int = 0) -> dict[str, Any]:
        """The JSON document of a command that ends with `code`."""
        result = CliRunner().invoke(main, [*words, "--json", "--home", str(self.home.settings.home)])
        assert result.exit_code == code, result.output
        document: dict[str, Any] = json.loads(result.stdout)
        return document

    def hand_back(self, drop: Path | None, source: str = "north", code: int = 0) -> tuple[Path, dict[str, Any]]:
        """(the folder, the document) of `needling quarantine export`."""
        self._handed += 1
        out = self.home.folder / f"back-{self._handed}"
        words = ["quarantine", "export", "--source", source, "--out", str(out)]
        return out, self.ask(*words, *(["--drop", str(drop)] if drop else []), code=code)

    def entries(self, source: str = "north") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("quarantine", "list", "--source", source, "--limit", "10000")["entries"]
        return found


def rows_of(path: Path, encoding: str = "utf-8", delimiter: str = ",") -> list[list[str]]:
    """A CSV file as the csv module gives it; bytes that do not decode are kept."""
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as handle:
        return list(csv.reader(handle, delimiter=delimiter))


def marked_lines(path: Path, encoding: str = "utf-8", delimiter: str = ",") -> set[int]:
    """Lines of a file without spanned records that say why they were not taken."""
    rows = rows_of(path, encoding, delimiter)
    assert rows[0][-1] == WHY_NOT_TAKEN
    place = len(rows[0]) - 1
    return {number for number, row in enumerate(rows[1:], start=2) if len(row) > place and any(row[place:])}


def mend(
    path: Path, change: Callable[[Row], Row | None], encoding: str = "utf-8", delimiter: str = ",", end: str = "\n"
) -> int:
    """Correct the marked rows of a file as somebody with a spreadsheet would; None drops a row."""
    header, *rows = rows_of(path, encoding, delimiter)
    mended, n = [header], 0
    for row in rows:
        if len(row) == len(header) and not row[-1]:
            mended.append(row)
            continue
        n += 1
        why = next(cell for cell in row if "[ref " in cell)
        answer = change({**dict(zip(header, row, strict=False)), WHY_NOT_TAKEN: why})
        if answer is not None:
            mended.append([answer.get(name, "") for name in header])
    with path.open("w", encoding=encoding, errors="surrogateescape", newline="") as handle:
        csv.writer(handle, delimiter=delimiter, lineterminator=end).writerows(mended)
    return n


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)

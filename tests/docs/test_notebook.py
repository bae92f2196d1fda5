"""The manual's notebook runs, cell by cell, on a published home; Jupyter is not needed for it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.studies import small_version

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook.ipynb"


def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return found


def test_every_cell_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "warehouse"
    small_version.publish(home)
    monkeypatch.setenv("NEEDLING_HOME", str(home))
    names: dict[str, Any] = {}
    for cell in cells():
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            exec(compile(source, cell["id"], "exec"), names)  # it is our own manual
    printed = capsys.readouterr().out
    assert small_version.VERSION in printed
    assert names["answer"].gate in ("pass", "caution", "fail")
    assert names["estimates"].height == len(names["answer"].estimates)
    assert names["balance"].height > 0
    assert names["study"].diagnostics["certificate"]["version"] == small_version.VERSION
    assert 'instrument = "hair_density"' in printed


def test_it_keeps_no_output_of_anybody() -> None:
    code = [cell for cell in cells() if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert len({cell["id"] for cell in cells()}) == len(cells())

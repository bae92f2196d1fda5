"""The page says what was kept and what was not, from figures that are made up here."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.coverage import page
from benchmarks.coverage.cells import Cell, is_kept, keep
from benchmarks.coverage.tables import is_promise_kept

MACHINE = dict.fromkeys(("cpu", "cores", "system", "python", "numpy"), "m")


def figures(coverage: float, bias: float, rejected: float = 0.9) -> dict[str, Any]:
    return {
        "given": 500, "withheld": {}, "bias": bias, "bias_error": 0.02, "empirical_se": 0.5, "empirical_se_error": 0.01,
        "mean_se": 0.5, "coverage": {"share": coverage, "error": 0.01}, "rejected": {"share": rejected, "error": 0.01},
    }  # fmt: skip


def cell(effect: float, found: dict[str, Any], **flags: float) -> dict[str, Any]:
    key = Cell("", 1000, effect, 500, 20).key
    made = {
        "command": "python -m benchmarks.coverage",
        "revision": "abc",
        "measured_at": "2026-11-28",
        "machine": MACHINE,
    }
    raised = {name: {"share": share, "error": 0.01} for name, share in flags.items()}
    return {**key, **made, "methods": {"headline": found}, "flags": raised, "headline_was": {"mmrm": 500}}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    keep(tmp_path, "linear", cell(1.0, figures(0.948, 0.01)))
    keep(tmp_path, "linear", cell(0.0, figures(0.95, 0.0, rejected=0.052)))
    keep(tmp_path, "skipping", cell(1.0, figures(0.85, 0.4)))
    keep(tmp_path, "hidden", cell(1.0, figures(0.31, 1.4)))
    keep(tmp_path, "tossed", cell(1.0, figures(0.94, 0.0), simpson=0.03))
    return tmp_path


def row(told: str, opening: str) -> str:
    return next(line for line in told.splitlines() if line.startswith(opening))


def test_what_is_kept_and_what_is_broken_is_told(results: Path) -> None:
    told = page.render(results)
    assert "held the truth in 85.0 to 94.8 of 100 studies" in told
    assert "2 of 3 figures keep it" in told
    assert "Not kept: Half leave, and a third of the others skipped a visit (1,000 an arm): 85.0 ± 1.0." in told
    assert "Something unrecorded moves choice and outcome (1,000 an arm): **31.0**, off by +1.40 on average" in told
    assert "| 94.8 ± 1.0 | kept | 5.2 ± 1.0 |" in row(told, "| Straight lines, and half leave")
    assert "| 85.0 ± 1.0 | **broken** |" in row(told, "| Half leave, and a third")
    assert "| 31.0 ± 1.0 | not made |" in row(told, "| Something unrecorded moves choice and outcome |")
    assert "| 1,000 | yes | 3.0 ± 1.0 |" in row(told, "| A coin settles the arm, and nobody leaves | no |")


@pytest.mark.parametrize(
    ("share", "error", "holds"), [(0.95, 0.01, True), (0.93, 0.0, True), (0.915, 0.01, True), (0.90, 0.01, False),
                                  (0.985, 0.01, True), (0.995, 0.01, False)],
)  # fmt: skip
def test_a_promise_is_broken_beyond_chance_only(share: float, error: float, holds: bool) -> None:
    assert is_promise_kept({"share": share, "error": error}) is holds


def test_a_cell_takes_the_place_of_the_same_one_drawn_before(tmp_path: Path) -> None:
    keep(tmp_path, "linear", cell(1.0, figures(0.5, 0.0)))
    keep(tmp_path, "linear", cell(1.0, figures(0.9, 0.0)))
    (kept,) = json.loads((tmp_path / "linear.json").read_text(encoding="utf-8"))["cells"]
    assert kept["methods"]["headline"]["coverage"]["share"] == 0.9
    assert is_kept(tmp_path, Cell("linear", 1000, 1.0, 500, 20))
    assert is_kept(tmp_path, Cell("linear", 1000, 1.0, 200, 20))
    assert not is_kept(tmp_path, Cell("linear", 1000, 1.0, 1000, 20))
    assert not is_kept(tmp_path, Cell("linear", 1000, 1.0, 500, 21))

"""Estimators know arrays and each other, nothing of the database or the other rooms."""

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "pipeline" / "studies" / "estimators"
ALLOWED = {"collections", "dataclasses", "functools", "math", "numpy", "scipy", "sys", "typing"}


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_an_estimator_imports_arrays_and_estimators_only(path: Path) -> None:
    foreign = {name for name in imported(path) if name.split(".")[0] not in ALLOWED}
    assert all(name.startswith("pipeline.studies.estimators") for name in foreign), foreign

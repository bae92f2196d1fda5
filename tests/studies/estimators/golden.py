"""The golden data and numbers, as arrays."""

import csv
from functools import cache
from pathlib import Path

import numpy as np

from pipeline.studies.estimators.effect import Array, Codes, Effect, Result

FOLDER = Path(__file__).resolve().parents[2] / "golden"


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def text(table: str, column: str) -> list[str]:
    return [row[column] for row in _rows(table)]


def numbers(table: str, column: str) -> Array:
    """Empty cells become NaN."""
    return np.array([float(value or "nan") for value in text(table, column)])


def expected(case: str) -> dict[str, float]:
    """What R gave, by name."""
    return {row["name"]: float(row["value"]) for row in _rows("expected") if row["case"] == case}


def given(result: Result) -> Effect:
    assert isinstance(result, Effect), result
    return result


def lalonde() -> tuple[Array, Codes, Array]:
    """Outcome, treated, and the eight columns R makes of the seven covariates (black is the reference)."""
    race = np.array(text("lalonde", "race"))
    columns = [numbers("lalonde", name) for name in ("age", "educ", "married", "nodegree", "re74", "re75")]
    x = np.column_stack([*columns, race == "hispan", race == "white"]).astype(np.float64)
    return numbers("lalonde", "re78"), numbers("lalonde", "treat").astype(np.int64), x


def growth(table: str) -> tuple[Array, Codes]:
    """Children x four ages, and girls as 1."""
    subjects = sorted(set(text(table, "subject")))
    y = np.full((len(subjects), 4), np.nan)
    for subject, age, distance in zip(
        text(table, "subject"), numbers(table, "age"), numbers(table, "distance"), strict=True
    ):
        y[subjects.index(subject), int(age - 8) // 2] = distance
    return y, np.array([int(subject.startswith("F")) for subject in subjects])

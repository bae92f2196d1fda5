"""Comparisons of many people: from sums against a library on rows, and what each way costs as people become more."""

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from benchmarks import chart, measuring, study_people

ANSWER_SECONDS, AD_HOC_SECONDS, SEQ_DR_SECONDS = 1.0, 5.0, 10.0
MOST_TIMES_THE_SCAN = 3.0
LIBRARY_PEOPLE = 3_000
"""As many as MixedLM, with means and slopes of each visit's own, can do in a minute."""

WHAT = {
    "scan": "one grouped scan of the outcome rows: per person, number, sum, sum of squares, last visit",
    "sums": "the sums of two arms from the tables: population, visits, covariates, products, residuals; and MMRM",
    "moments": "the sums of two arms from people who are put together: covariates, products, residuals; and MMRM",
    "answer": "home.study() of a study of the catalogue, after it was published",
    "ad-hoc": "home.compare() of two arms in full: every method, its diagnostics, other landmarks",
    "headline": "home.compare(sensitivity=False): every method and its diagnostics, without the other landmarks",
    "seq-dr": "sequential doubly robust: people read from the tables, covariates coded, all models fitted",
    "mmrm": "MMRM from sums that are kept",
    "ancova": "ANCOVA (HC3) from sums that are kept",
    "mixed": "statsmodels MixedLM on rows: same means and slopes, intercept and slope of a person's own",
    "ols": "statsmodels OLS on rows, HC3",
}


def task(home: Path, name: str) -> measuring.Reading:
    """By the clock that the process kept itself."""
    reading = measuring.run_alone([measuring.PYTHON, "-m", "benchmarks.study_tasks", str(home), name])
    told = json.loads(reading.output)
    return replace(reading, seconds=told["seconds"], cpu_seconds=told["cpu_seconds"])


def against(home: Path, floor: str, subject: str, repeats: int, target: float | None = None) -> dict[str, Any]:
    """The two in turns, and what each found the last time."""
    floors, subjects = measuring.in_turns(repeats, lambda: task(home, floor), lambda: task(home, subject))
    figure = measuring.compared(
        measuring.summary(WHAT[floor], floors), measuring.summary(WHAT[subject], subjects), target
    )
    found = {name: json.loads(side[-1].output)["found"] for name, side in ((floor, floors), (subject, subjects))}
    return {**figure, "found": found}


def in_seconds(figure: Mapping[str, Any], most: float) -> dict[str, Any]:
    """The same held against seconds."""
    return {**figure, "seconds_target": most, "is_met": figure["subject"]["seconds"] <= most}


def published(folder: Path, people: int) -> Path:
    home = folder / f"home-{people}"
    home.mkdir()
    measuring.run_alone([measuring.PYTHON, "-m", "benchmarks.study_tasks", str(home), "publish", str(people)])
    return home


def grown(folder: Path, sizes: list[int]) -> dict[str, dict[str, float]]:
    """Seconds of processor time by way and number of people."""
    found: dict[str, dict[str, float]] = {}
    for people in sizes:
        home = folder / f"home-{people}"
        home = home if home.exists() else published(folder, people)
        for name in ("scan", "sums", "mmrm", "seq-dr", "answer"):
            found.setdefault(name, {})[str(people)] = round(task(home, name).cpu_seconds, 4)
    return found


@click.command()
@click.option("--people", type=click.IntRange(min=2000), default=1_000_000, show_default=True)
@click.option("--rows", type=click.IntRange(min=10_000), default=100_000_000, show_default=True, help="For the sums.")
@click.option("--repeats", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--into", type=click.Path(path_type=Path), default=measuring.RESULTS, help="Folder of the results.")
def main(people: int, rows: int, repeats: int, into: Path) -> None:
    """Measure and keep all figures."""
    before = measuring.load()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        few, many = min(LIBRARY_PEOPLE, people), people
        small, large = published(folder, few), published(folder, many) if many > few else folder / f"home-{few}"
        figures = {
            f"MMRM, {few:,} people": against(small, "mixed", "mmrm", 1),
            f"ANCOVA, {few:,} people": against(small, "ols", "ancova", repeats),
            f"ANCOVA, {many:,} people": against(large, "ols", "ancova", 1),
            "a study after publishing": in_seconds(against(large, "scan", "answer", repeats), ANSWER_SECONDS),
            "an ad-hoc comparison": in_seconds(against(large, "scan", "ad-hoc", repeats), AD_HOC_SECONDS),
            "an ad-hoc comparison, the other landmarks left for later": in_seconds(
                against(large, "scan", "headline", repeats), AD_HOC_SECONDS
            ),
            "sequential doubly robust": in_seconds(against(large, "scan", "seq-dr", repeats), SEQ_DR_SECONDS),
        }
        sizes = sorted({many // 100, many // 10, many})
        growth = grown(folder, sizes)
        wide = round(rows / study_people.ROWS_PER_PERSON)
        home = published(folder, wide)
        figures[f"sums of {rows:,} outcome rows"] = against(home, "scan", "sums", repeats, MOST_TIMES_THE_SCAN)
        figures[f"sums of {rows:,} outcome rows, their people put together before"] = against(
            home, "scan", "moments", repeats, MOST_TIMES_THE_SCAN
        )
    facts = {"people": people, "outcome_rows": rows, "repeats": repeats, "growth": growth, "figures": figures}
    measuring.write(into, "studies", measuring.command_line(), before, facts)
    (into / "studies.svg").write_text(chart.lines(growth, "people", "seconds of processor time"), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

"""docs/benchmarks.md from the results that are kept beside this file: no figure in its tables is typed by hand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import dashboard_page
from benchmarks.markdown import table

RESULTS = Path(__file__).parent / "results"
WORDS = Path(__file__).parent / "words.md"

Document = dict[str, Any]

_ORDER = ("ingest-csv", "ingest-ndjson", "ingest-parquet", "nightly-csv", "marts", "gate", "start", "studies")
_TITLES = {
    "ingest-csv": "Ingest, CSV",
    "ingest-ndjson": "Ingest, NDJSON",
    "ingest-parquet": "Ingest, Parquet",
    "nightly-csv": "Ingest, the next night",
    "marts": "Marts",
    "gate": "Gate",
    "start": "Start",
    "studies": "Studies",
}
_WAYS = {
    "scan": "scan: one grouped scan of the outcomes, per person",
    "sums": "sums: those of two arms from the tables, and MMRM",
    "mmrm": "mmrm: MMRM from sums that are kept",
    "seq-dr": "seq-dr: sequential doubly robust, from the tables",
    "answer": "answer: a study after publishing",
}
_PICTURE = "Processor time by number of people, one line for each way; the figures are those of the table"
_STORY = "## What was mended, and what was not"
"""Heads the part of the words that stands behind all figures."""
_LIBRARIES = ("duckdb", "great-expectations", "polars", "pyarrow", "numpy")


def render() -> str:
    """The whole page."""
    after, before = _results(RESULTS), _results(RESULTS / "before")
    how, story, mended = WORDS.read_text(encoding="utf-8").rstrip().partition(_STORY)
    parts = [how.rstrip(), _figures(after), _growth(after), dashboard_page.pages(RESULTS)]
    parts += [dashboard_page.openings(RESULTS), _end_to_end(), _sides(after), _changes(before, after)]
    parts += [_machine([*after.values(), *before.values()]), story + mended]
    return "\n\n".join(part for part in parts if part) + "\n"


def _results(folder: Path) -> dict[str, Document]:
    """Those of the figures that are there, in the order of the page."""
    found = {name: folder / f"{name}.json" for name in _ORDER}
    return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in found.items() if path.is_file()}


def _rows(results: dict[str, Document]) -> Iterator[tuple[str, str, Document, Document]]:
    for name, result in results.items():
        for label, figure in result["figures"].items():
            yield name, label, result, figure


def _figures(results: dict[str, Document]) -> str:
    head = "figure|rows|times the floor|of processor time|may be|met|peak memory|load|script"
    rows = [
        [
            f"{_TITLES[name]}, {label}",
            _count(result.get("sessions")),
            f"**{figure['ratio']:.2f}**",
            f"{figure['cpu_ratio']:.2f}",
            _target(figure),
            {True: "yes", False: "no", None: ""}[figure["is_met"]],
            f"{figure['subject']['peak_gib']:.2f} GiB",
            f"{result['load_average']['before']} to {result['load_average']['after']}",
            f"`{result['command']}`",
        ]
        for name, label, result, figure in _rows(results)
    ]
    return "## Figures\n\n" + table(head, rows)


def _count(n: int | None) -> str:
    return "" if n is None else f"{n:,}"


def _target(figure: Document) -> str:
    if "seconds_target" in figure:
        return f"{figure['seconds_target']} s"
    return "" if figure["target"] is None else f"{figure['target']:g}"


def _sides(results: dict[str, Document]) -> str:
    head = "figure|floor|seconds (each)|measured|seconds (each)"
    rows = [
        [
            f"{_TITLES[name]}, {label}",
            figure["floor"]["what"],
            _seconds(figure["floor"]),
            figure["subject"]["what"],
            _seconds(figure["subject"]),
        ]
        for name, label, _, figure in _rows(results)
    ]
    return "## Floors and what was measured against them\n\n" + table(head, rows)


def _seconds(side: Document) -> str:
    return f"{side['seconds']:.2f} ({', '.join(f'{s:.2f}' for s in side['each_seconds'])})"


def _changes(before: dict[str, Document], after: dict[str, Document]) -> str:
    """The ratios of the version before the mending beside those of today."""
    head = "figure|rows before|ratio before|of processor time|rows after|ratio after|of processor time"
    rows = []
    for name, label, old, figure in _rows(before):
        new = after.get(name, {}).get("figures", {}).get(label)
        if new:
            sides = ((old, figure), (after[name], new))
            told = [[_count(r["sessions"]), f"{f['ratio']:.2f}", f"{f['cpu_ratio']:.2f}"] for r, f in sides]
            rows.append([f"{_TITLES[name]}, {label}", *told[0], *told[1]])
    revisions = ", ".join(sorted({old["revision"] for old in before.values()}))
    return f"## Before and after\n\nBefore: revision {revisions}.\n\n{table(head, rows)}" if rows else ""


def _growth(results: dict[str, Document]) -> str:
    """What each way to a study's figures costs as people become more."""
    growth: dict[str, dict[str, float]] = results.get("studies", {}).get("growth", {})
    if not growth:
        return ""
    sizes = list(next(iter(growth.values())))
    rows = [[_WAYS[name], *(f"{seconds[size]:.3f}" for size in sizes)] for name, seconds in growth.items()]
    shown = table("|".join(["seconds of processor time", *(f"{int(size):,} people" for size in sizes)]), rows)
    return f"## Studies, as people become more\n\n{shown}\n\n![{_PICTURE}](../benchmarks/results/studies.svg)"


def _end_to_end() -> str:
    path = RESULTS / "end-to-end.json"
    if not path.is_file():
        return ""
    result = json.loads(path.read_text(encoding="utf-8"))
    rows = [[step, f"{s['seconds']:.1f} s", f"{s['peak_gib']:.2f} GiB"] for step, s in result["steps"].items()]
    told = f"{result['participants']:,} people, `{result['command']}`. No floor: seconds of this machine."
    return f"## The main job, end to end\n\n{told}\n\n" + table("step|time|peak memory", rows)


def _machine(results: list[Document]) -> str:
    told = dict.fromkeys(_told(result["machine"]) for result in results)
    return "## Machine\n\n" + "\n".join(f"- {line}" for line in told)


def _told(machine: Document) -> str:
    libraries = ", ".join(f"{name} {machine[name]}" for name in _LIBRARIES)
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB of memory, {machine['system']}; "
        f"Python {machine['python']}, {libraries}"
    )

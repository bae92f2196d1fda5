"""docs/verdicts.md from the results that are kept: no figure on it is typed by hand."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.verdicts.questions import RIGHT, State

RESULTS = Path(__file__).resolve().parents[1] / "results" / "verdicts.json"

PROMISE = 0.95
"""Verdicts that must be right, of each kind of question over its worlds."""

Row = Mapping[str, Any]


def right(row: Row) -> int:
    """Worlds of the row in which the verdict was right."""
    state: State = row["state"]
    return sum(n for verdict, n in row["verdicts"].items() if verdict in RIGHT[state])


def render(results: Path = RESULTS) -> str:
    """The whole page."""
    told = json.loads(results.read_text(encoding="utf-8"))
    words = (Path(__file__).parent / "words.md").read_text(encoding="utf-8").strip()
    return "\n\n".join([words, _in_short(told["rows"]), _table(told["rows"]), _wrong(told["rows"]), _made(told)]) + "\n"


def _in_short(rows: list[Row]) -> str:
    n, good = sum(row["n"] for row in rows), sum(map(right, rows))
    kinds = dict.fromkeys(row["kind"] for row in rows)
    below = [kind for kind in kinds if _share([row for row in rows if row["kind"] == kind]) < PROMISE]
    single = [f"{row['kind']} ({row['state']})" for row in rows if right(row) < PROMISE * row["n"]]
    lines = [f"Right in {good} of {n} worlds ({good / n:.1%})."]
    lines.append(
        f"Under {PROMISE:.0%} over its worlds: {', '.join(below)}."
        if below
        else f"Every kind of question is right in at least {PROMISE:.0%} of its worlds."
    )
    if single:
        lines.append(f"Single rows under {PROMISE:.0%}: {', '.join(single)}; below stands what was said there.")
    return "## In short\n\n" + " ".join(lines)


def _share(rows: list[Row]) -> float:
    return sum(map(right, rows)) / sum(row["n"] for row in rows)


def _table(rows: list[Row]) -> str:
    states = list(RIGHT)
    lines = [f"| kind of question | {' | '.join(states)} | all |", f"|---|{'---:|' * (len(states) + 1)}"]
    for kind in dict.fromkeys(row["kind"] for row in rows):
        own = {row["state"]: row for row in rows if row["kind"] == kind}
        cells = [f"{right(own[state])} of {own[state]['n']}" for state in states]
        n, share = sum(row["n"] for row in own.values()), _share(list(own.values()))
        error = math.sqrt(share * (1 - share) / n)
        lines.append(f"| {kind} | {' | '.join(cells)} | {share:.1%} ± {error:.1%} |")
    return "## Right verdicts\n\n" + "\n".join(lines) + "\n\nThe last column gives one Monte Carlo standard error."


def _wrong(rows: list[Row]) -> str:
    said = list(_said(rows))
    body = "\n".join(said) if said else "None."
    return f"## Wrong verdicts\n\n{body}"


def _said(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        wrong = {verdict: n for verdict, n in row["verdicts"].items() if verdict not in RIGHT[row["state"]]}
        if wrong:
            told = ", ".join(f"{verdict} {n}" for verdict, n in wrong.items())
            yield f"- {row['kind']}, {row['state']}: {told} of {row['n']}"


def _made(told: Row) -> str:
    studies = "\n".join(
        f"- {kind}: {', '.join(f'`{study}`' for study in names)}"
        for kind, names in {row["kind"]: row["studies"] for row in told["rows"]}.items()
    )
    machine = told["machine"]
    made = f"`{told['command']}`: {told['worlds']} worlds a row, the first of seed {told['seed']}; "
    made += f"revision {told['revision']}, {told['measured_at']}, Python {machine['python']}, NumPy {machine['numpy']}."
    counts = "Not drawn: the counts of shedding, whose rule is that of a difference, read as a ratio."
    return f"## How it was made\n\n{made}\n\n{studies}\n\n{counts}"
